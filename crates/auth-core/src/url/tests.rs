use super::*;
use crate::corpus;

/// As a token endpoint pinned to the hosts that the corpus takes for the vendor's own.
fn pinned(input: &str) -> Result<Uri, UrlError> {
    let uri = parse(input, For::TokenEndpoint)?;
    if host_allowed(uri.host().unwrap(), &["*.example.com", "h"]) { Ok(uri) } else { Err(UrlError::HostNotAllowed) }
}

#[test]
fn every_corpus_row_gets_its_reason() {
    for (id, bytes, expect) in corpus::rows("url") {
        let input = String::from_utf8(bytes).unwrap();
        let outcome = match pinned(&input) {
            Ok(_) => "ok".to_owned(),
            Err(reason) => format!("err:{reason:?}"),
        };
        // What follows the reason is a remark.
        let reason = expect.split([' ', '/']).next().unwrap();
        let reason = if reason.starts_with("ok") { "ok" } else { reason };
        assert_eq!(outcome, reason, "{id}");
    }
}

#[test]
fn every_message_of_the_corpus_repeats_nothing() {
    for (id, bytes, expect) in corpus::rows("url") {
        let input = String::from_utf8(bytes).unwrap();
        if let Err(reason) = pinned(&input) {
            // What it asks for is no piece of the input.
            let input = input.replace("https://", "").replace("http://", "");
            corpus::check_message(&id, &reason.to_string(), input.as_bytes(), &expect);
        }
    }
}

#[test]
fn a_base_url_may_be_plain_http_but_has_no_query() {
    let check = |input, expect: Result<&str, UrlError>| {
        let uri = parse(input, For::BaseUrl).map(|uri| uri.to_string());
        assert_eq!(uri, expect.map(str::to_owned), "{input}");
    };
    check("http://sidecar:8080/v1", Ok("http://sidecar:8080/v1"));
    check("https://h/v1/", Ok("https://h/v1/"));
    check("https://h/t?tenant=a", Err(UrlError::Query));
    check("https://h?", Err(UrlError::Query));
    check("http://u@h/", Err(UrlError::UserInfo));
    check("ftp://h/", Err(UrlError::Scheme));
}

#[test]
fn what_passes_comes_back_in_one_form() {
    for (input, expect) in [
        ("HTTPS://IAM.Example.COM/Token", "https://iam.example.com/Token"),
        ("https://h", "https://h/"),
        ("https://h:0443/t", "https://h:443/t"),
        ("https://h?a=b", "https://h/?a=b"),
        ("https://h/t?a=../b", "https://h/t?a=../b"),
        ("https://h/a@b:c", "https://h/a@b:c"),
        ("https://h/.well-known/a..b/%41", "https://h/.well-known/a..b/%41"),
        ("https://[0:0:0:0:0:0:0:1]:8443/t", "https://[::1]:8443/t"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ("https://a_b-c.example.com./", "https://a_b-c.example.com./"),
    ] {
        let uri = parse(input, For::TokenEndpoint).map(|uri| uri.to_string());
        assert_eq!(uri.as_deref(), Ok(expect), "{input}");
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    use UrlError::*;
    for (input, expect) in [
        ("", Parse),
        ("h/t", Parse),
        ("https", Parse),
        ("https:", Parse),
        ("https:h/t", Parse),
        ("https:/h/t", Parse),
        ("https:///t", Parse),
        ("https://?a", Parse),
        ("https://:443/t", Parse),
        ("https://::1/t", Parse),
        ("https://[::1/t", Parse),
        ("https://[::1]x/t", Parse),
        ("https://[127.0.0.1]/t", Parse),
        ("https://h:443:1/t", Parse),
        ("https://h:+443/t", Parse),
        ("1https://h/t", Parse),
        ("<https://h/t>", Parse),
        ("https://h/{tenant}", Parse),
        ("https://h/t\u{f6}k", Parse),
        ("https://h/%zz", Parse),
        ("https://h/%4", Parse),
        ("https://h/?a=%", Parse),
        ("localhost:8080/t", Scheme),
        ("ftp://h/t", Scheme),
        ("data:text/plain,a", Scheme),
        ("http://h/t", InsecureScheme),
        ("http://localhost@evil.com/", InsecureScheme),
        ("http://127.0.0.1.evil.com/t", InsecureScheme),
        ("http://0177.0.0.1/t", InsecureScheme),
        ("http://2130706433/t", InsecureScheme),
        ("http://[::ffff:127.0.0.1]/t", InsecureScheme),
        ("http://[::]/t", InsecureScheme),
        ("http://loc%61lhost/t", InsecureScheme),
        ("https://u@h/t", UserInfo),
        ("https://@h/t", UserInfo),
        ("https://a@b:c@h/t", UserInfo),
        ("http://evil.com@localhost/t", UserInfo),
        ("https://h#@evil.com/", Fragment),
        ("https://h/t#", Fragment),
        ("https://h/t ", Whitespace),
        ("https://h/a b", Whitespace),
        ("https://h\u{a0}/t", Whitespace),
        ("https://h\\@evil.com/", Backslash),
        ("https://h/a\\b", Backslash),
        ("https://h:/t", Port),
        ("https://h:65536/t", Port),
        ("https://h/.", Path),
        ("https://h/a/..", Path),
        ("https://h/%2E%2e/t", Path),
        ("https://h/a/.%2e?b", Path),
        ("https://h/..%2ft", Path),
        ("https://h/a%5c..%5ct", Path),
        ("https://${HOST}/t", HostNotAllowed),
        ("https://h..example.com/t", HostNotAllowed),
        ("https://.example.com/t", HostNotAllowed),
        ("https://./t", HostNotAllowed),
        ("https://0x7f000001/t", HostNotAllowed),
        ("https://2130706433/t", HostNotAllowed),
        ("https://127.1/t", HostNotAllowed),
        ("https://127.0.0.1./t", HostNotAllowed),
        ("https://\u{456}am.example.com/t", HostNotAllowed),
        ("https://iam.example.com\u{3002}evil.com/t", HostNotAllowed),
        ("https://a*b.example.com/t", HostNotAllowed),
    ] {
        assert_eq!(parse(input, For::TokenEndpoint), Err(expect), "{input}");
        assert!(expect.to_string().len() < 200, "{expect}");
    }
    let long = format!("https://h/{}", "a".repeat(MAX_URL_BYTES));
    assert_eq!(parse(&long, For::TokenEndpoint), Err(Parse));
}

#[test]
fn loopback_is_127_8_or_1_or_localhost_and_nothing_like_them() {
    for host in ["127.0.0.1", "127.255.255.254", "::1", "[::1]", "localhost", "LocalHost"] {
        assert!(is_loopback(host), "{host}");
    }
    for host in [
        "",
        "localhost.",
        "127.1",
        "0177.0.0.1",
        "127.0.0.01",
        "127.0.0.1.",
        "0.0.0.0",
        "[::]",
        "128.0.0.1",
        "[::ffff:127.0.0.1]",
        "[localhost]",
        "[127.0.0.1]",
        "a.localhost",
        "::1%lo",
    ] {
        assert!(!is_loopback(host), "{host}");
    }
}

#[test]
fn a_pin_covers_subdomains_at_any_depth_and_not_the_domain_itself() {
    let pins = ["*.Example.com", "api.vendor.net", "*evil.com", "*"];
    for host in ["a.example.com", "a.b.EXAMPLE.com", "api.vendor.net", "127.0.0.1", "[::1]"] {
        assert!(host_allowed(host, &pins), "{host}");
    }
    for host in [
        "example.com",
        ".example.com",
        "evilexample.com",
        "a.example.com.evil.com",
        "evil.com",
        "a.example.com.",
        "x.api.vendor.net",
        "vendor.net",
        "notevil.com",
        "localhost.",
        "",
    ] {
        assert!(!host_allowed(host, &pins), "{host}");
    }
    assert!(!host_allowed("a.example.com", &[]));
}

#[test]
fn no_input_makes_it_panic_and_what_passes_is_stable() {
    let probe = |input: &str| {
        for purpose in [For::TokenEndpoint, For::BaseUrl] {
            if let Ok(uri) = parse(input, purpose) {
                assert_eq!(parse(&uri.to_string(), purpose), Ok(uri), "{input}");
            }
        }
    };
    for first in '\0'..='\u{ff}' {
        probe(&first.to_string());
        for second in '\0'..='\u{ff}' {
            probe(&String::from_iter([first, second]));
            probe(&format!("https://{first}{second}/t"));
        }
    }
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for (_, bytes, _) in corpus::rows("url") {
        let input: Vec<char> = String::from_utf8(bytes).unwrap().chars().collect();
        for _ in 0..1000 {
            let mut input = input.clone();
            for _ in 0..3 {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                let at = (random >> 16) as usize % (input.len() + 1);
                let special = ['/', ':', '@', '[', ']', '%', '.', '?', '#', '\u{ff0f}', '0', 'a'];
                match random % 4 {
                    0 => input.insert(at, char::from((random >> 8) as u8)),
                    1 => input.insert(at, special[(random >> 8) as usize % special.len()]),
                    2 => input.truncate(at),
                    _ => input.extend_from_within(at..),
                }
            }
            probe(&String::from_iter(input));
        }
    }
}
