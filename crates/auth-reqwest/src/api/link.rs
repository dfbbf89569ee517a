//! The `Link` header, RFC 8288.

use http::HeaderMap;
use http::header::LINK;

/// The target of the first link whose relation is `next`, as it stands there.
pub(super) fn next(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(links).find(|link| link.is_next).map(|link| link.target.to_owned())
}

struct Link<'a> {
    target: &'a str,
    is_next: bool,
}

/// The links of one value. What can't be read ends it.
fn links(value: &str) -> Vec<Link<'_>> {
    let (mut links, mut rest) = (Vec::new(), value);
    while let Some((target, after)) =
        rest.trim_start_matches([' ', '\t', ',']).strip_prefix('<').and_then(|link| link.split_once('>'))
    {
        let (parameters, others) = split(after, ',');
        links.push(Link { target, is_next: is_next(parameters) });
        rest = others;
    }
    links
}

/// Whether one of the relations is `next`. The first `rel` counts (RFC 8288 section 3.3).
fn is_next(mut parameters: &str) -> bool {
    while !parameters.is_empty() {
        let (parameter, others) = split(parameters, ';');
        if let Some((name, value)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("rel")
        {
            let mut relations = value.trim().trim_matches('"').split([' ', '\t']);
            return relations.any(|relation| relation.eq_ignore_ascii_case("next"));
        }
        parameters = others;
    }
    false
}

/// What stands before and behind the first such character that does not stand in quotes.
fn split(text: &str, at: char) -> (&str, &str) {
    let (mut quoted, mut escaped) = (false, false);
    let end = text.find(|c| {
        let is_end = c == at && !quoted;
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        is_end
    });
    end.map_or((text, ""), |end| (&text[..end], &text[end + at.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expect: Option<&str>) {
        let headers = HeaderMap::from_iter([(LINK, value.parse().unwrap())]);
        assert_eq!(next(&headers).as_deref(), expect, "{value}");
    }

    #[test]
    fn the_next_link_is_found_among_others() {
        check("</a?page=2>; rel=\"next\"", Some("/a?page=2"));
        check(
            "<https://h/a?x=1,2>; rel=prev, <https://h/b?x=3,4>; title=\"a, b\"; REL=\"last Next\"",
            Some("https://h/b?x=3,4"),
        );
        check("<a>;rel=first,<b>;rel=next,<c>;rel=next", Some("b"));
        check("<a>; title=\"\\\", <x>; rel=next\", <b>; rel=next", Some("b"));
        for none in ["", "<a>", "<a>; rel=nextish", "a; rel=next", "<a; rel=next", "<a>; rev=next"] {
            check(none, None);
        }
    }
}
