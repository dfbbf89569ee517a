//! How a list continues.

use std::borrow::Cow;

use http::HeaderMap;
use serde_json::Value;

use super::link;

/// How an API says where a list goes on, and where its items stand. Wherever it says to go, the credential goes to the
/// endpoint's origin and nowhere else.
///
/// | the API has | use |
/// | --- | --- |
/// | a link in the body | [`links`](Self::links) |
/// | the header `Link: <..>; rel="next"` | [`link_header`](Self::link_header) |
/// | a cursor for the next request | [`cursor`](Self::cursor) |
/// | a limit and an offset | [`offset`](Self::offset) |
#[derive(Clone, Debug)]
pub struct Paging {
    pub(super) how: How,
    items_at: Vec<Cow<'static, str>>,
    pub(super) query_only: bool,
    pub(super) max_pages: usize,
    pub(super) max_page_bytes: usize,
}

#[derive(Clone, Debug)]
pub(super) enum How {
    Links { at: Cow<'static, str> },
    LinkHeader,
    Cursor { parameter: Cow<'static, str>, at: Cow<'static, str> },
    Offset { limit: usize },
}

/// What a page says of the next one.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    End,
    Link(String),
    Parameter(Cow<'static, str>, String),
}

/// A list of more pages than that is a mistake of the server's, or of the question.
const MAX_PAGES: usize = 1000;

/// A page becomes JSON values, which may take sixteen times the memory of their text.
const MAX_PAGE_BYTES: usize = 8 * 1024 * 1024;

/// Where answers say how many items there are in all.
const TOTAL_AT: [&str; 4] = ["/total", "/meta/total", "/pagination/total", "/total_count"];

impl Paging {
    fn new(how: How) -> Self {
        // The list itself, or under one of the usual names.
        let items_at = ["", "/items", "/data", "/results"].map(Cow::from).into();
        Self { how, items_at, query_only: false, max_pages: MAX_PAGES, max_page_bytes: MAX_PAGE_BYTES }
    }

    /// A link in the body, at this JSON pointer (RFC 6901): a text, an object with a `next`, or a list of objects with
    /// `rel` and `href`. A link to another origin is an error, unless [only its query](Self::query_only) counts.
    pub fn links(at: impl Into<Cow<'static, str>>) -> Self {
        Self::new(How::Links { at: at.into() })
    }

    /// The header `Link` (RFC 8288). A link to another origin is an error, unless [only its query](Self::query_only) counts.
    pub fn link_header() -> Self {
        Self::new(How::LinkHeader)
    }

    /// A cursor in the body, at this JSON pointer (RFC 6901), which the next request says as the query parameter
    /// `parameter`. None, an empty one or `null` ends the list.
    pub fn cursor(parameter: impl Into<Cow<'static, str>>, at: impl Into<Cow<'static, str>>) -> Self {
        Self::new(How::Cursor { parameter: parameter.into(), at: at.into() })
    }

    /// The query parameters `limit` and `offset`; [`Pages::limit`](super::Pages::limit) asks for another number than this.
    ///
    /// A page without items ends the list, and so does one with fewer than `limit`, unless the answer has a `total` that was
    /// not reached. **A server that gives fewer than it is asked for, and has no `total`, seems to end after its first page**:
    /// do not ask such a one for more than it gives.
    pub fn offset(limit: usize) -> Self {
        Self::new(How::Offset { limit })
    }

    /// Where the items stand: the first of these JSON pointers (RFC 6901) that has a list; `""` is the whole body. Default:
    /// the whole body, `/items`, `/data`, `/results`.
    #[must_use]
    pub fn items_at<I>(mut self, pointers: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Cow<'static, str>>,
    {
        self.items_at = pointers.into_iter().map(Into::into).collect();
        self
    }

    /// Of a link only the query counts: the next request goes to the same path as the first, whatever host the link names.
    /// For APIs behind a gateway that does not know its own name (IVCAP).
    #[must_use]
    pub fn query_only(mut self) -> Self {
        self.query_only = true;
        self
    }

    /// After how many pages it is an error. Default: 1000.
    #[must_use]
    pub fn max_pages(mut self, max: usize) -> Self {
        self.max_pages = max;
        self
    }

    /// How long a page may be, in bytes. Default: 8 MiB, which take up to 128 MiB of memory while they are read.
    #[must_use]
    pub fn max_page_bytes(mut self, max: usize) -> Self {
        self.max_page_bytes = max;
        self
    }

    /// The items of a page, taken out of it.
    pub(super) fn take_items(&self, body: &mut Value) -> Option<Vec<Value>> {
        self.items_at.iter().find_map(|at| match body.pointer_mut(at) {
            Some(Value::Array(items)) => Some(std::mem::take(items)),
            _ => None,
        })
    }

    /// What the page says of the next one; `items` is how many items it has, and `read` how many there are before it.
    pub(super) fn next(&self, headers: &HeaderMap, body: &Value, items: usize, read: usize) -> Next {
        match &self.how {
            How::Links { at } => body.pointer(at).and_then(link_in).map_or(Next::End, Next::Link),
            How::LinkHeader => link::next(headers).map_or(Next::End, Next::Link),
            How::Cursor { parameter, at } => match body.pointer(at) {
                Some(Value::String(cursor)) if !cursor.is_empty() => Next::Parameter(parameter.clone(), cursor.clone()),
                Some(Value::Number(cursor)) => Next::Parameter(parameter.clone(), cursor.to_string()),
                _ => Next::End,
            },
            How::Offset { limit } => {
                let total = || TOTAL_AT.iter().find_map(|at| body.pointer(at)?.as_u64());
                let read = read + items;
                let goes_on = items >= *limit || total().is_some_and(|total| total > read as u64);
                if items > 0 && goes_on { Next::Parameter("offset".into(), read.to_string()) } else { Next::End }
            }
        }
    }
}

fn link_in(value: &Value) -> Option<String> {
    let link = match value {
        Value::String(link) => Some(link.as_str()),
        Value::Object(links) => match links.get("next") {
            Some(Value::Object(next)) => next.get("href").and_then(Value::as_str),
            next => next.and_then(Value::as_str),
        },
        Value::Array(links) => {
            let is_next = |link: &&Value| link["rel"].as_str().is_some_and(|rel| rel.eq_ignore_ascii_case("next"));
            links.iter().find(is_next).and_then(|link| link["href"].as_str())
        }
        _ => None,
    };
    link.filter(|link| !link.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_link_is_found_in_the_forms_that_apis_write_it() {
        let paging = Paging::links("/links");
        let link = |links: Value| paging.next(&HeaderMap::new(), &json!({ "links": links }), 1, 0);
        let found = Next::Link("/a?page=2".to_owned());
        assert_eq!(link(json!("/a?page=2")), found);
        assert_eq!(link(json!({"self": "/a", "next": "/a?page=2"})), found);
        assert_eq!(link(json!({"next": {"href": "/a?page=2"}})), found);
        assert_eq!(link(json!([{"rel": "self", "href": "/a"}, {"rel": "next", "href": "/a?page=2"}])), found);
        for end in
            [json!(null), json!(""), json!({}), json!({"next": null}), json!([]), json!([{"rel": "next"}]), json!(1)]
        {
            assert_eq!(link(end.clone()), Next::End, "{end}");
        }
    }

    #[test]
    fn an_offset_goes_on_as_long_as_pages_are_full() {
        let next = |items, read| Paging::offset(20).next(&HeaderMap::new(), &Value::Null, items, read);
        assert_eq!(next(20, 40), Next::Parameter("offset".into(), "60".into()));
        assert_eq!((next(19, 40), next(0, 0)), (Next::End, Next::End));
        let capped = |items, read| Paging::offset(100).next(&HeaderMap::new(), &json!({ "total": 45 }), items, read);
        assert_eq!(
            capped(20, 0),
            Next::Parameter("offset".into(), "20".into()),
            "the server gives fewer than asked for"
        );
        assert_eq!((capped(5, 40), capped(0, 20)), (Next::End, Next::End));
        assert_eq!(Paging::offset(0).next(&HeaderMap::new(), &Value::Null, 0, 0), Next::End, "it would never end");
    }
}
