//! Lists are read to their end, and wherever they lead, the token stays at home.

use auth_reqwest::{ApiErrorKind, Paging};
use serde_json::{Value, json};

use super::api_stage::{ApiStage, BASE, access, answer, project};

/// All items of a list whose pages are these, or the error; and what was asked.
fn read(stage: &ApiStage, paging: Paging, pages: &[Value]) -> (Result<Vec<u64>, auth_reqwest::ApiError>, Vec<String>) {
    pages.iter().for_each(|page| stage.server.then(answer(200, page)));
    let result = stage.run(stage.client.pages("/things", paging).query("limit", 2).query("sort", "up").all()).0;
    let asked = stage.server.asked().iter().map(|asked| asked.replace(&format!("GET {BASE}"), "")).collect();
    (result, asked)
}

fn page(items: &[u64], next: impl Into<Value>) -> Value {
    json!({ "items": items, "next": next.into() })
}

#[test]
fn a_links_query_is_used_on_our_own_path_whatever_host_it_names() {
    let paging = || Paging::links("/next").query_only();
    let pages = [page(&[1, 2], "https://evil.example/x?limit=1&page=abc"), page(&[3], Value::Null)];
    let (items, asked) = read(&ApiStage::new(), paging(), &pages);
    assert_eq!(items.unwrap(), [1, 2, 3]);
    assert_eq!(asked, ["/things?limit=2&sort=up", "/things?limit=1&page=abc&sort=up"]);
}

#[test]
fn a_link_of_the_same_origin_is_followed_and_one_elsewhere_is_an_error_that_sends_nothing() {
    for link in [format!("{BASE}/more?page=2"), "/v1/more?page=2".to_owned(), "more?page=2".to_owned()] {
        let (items, asked) = read(&ApiStage::new(), Paging::links("/next"), &[page(&[1], link), page(&[2], "")]);
        assert_eq!(items.unwrap(), [1, 2]);
        assert_eq!(asked, ["/things?limit=2&sort=up", "/more?page=2"]);
    }
    for link in [
        "https://evil.example/v1/things?page=2",
        "http://api.acme.example/v1/things?page=2",
        "https://api.acme.example:444/v1/things?page=2",
        "//evil.example/?page=2",
        "https://user:pw@api.acme.example/v1/things?page=2",
        "\\\\evil.example/things",
        "javascript:alert(1)",
        "https://",
    ] {
        let stage = ApiStage::new();
        let (items, asked) = read(&stage, Paging::links("/next"), &[page(&[1], link)]);
        let error = items.unwrap_err();
        assert_eq!((error.kind(), asked.len()), (ApiErrorKind::Decode, 1), "{link}");
        assert!(!error.to_string().contains("evil"), "{error}");
    }
}

#[test]
fn a_link_header_is_followed_within_the_origin() {
    let stage = ApiStage::of(&access().with_context(project()));
    stage.server.then(answer(200, "[1]").header("link", "</v1/things?page=2>; rel=\"next\", </>; rel=first"));
    stage.server.then(answer(200, "[2]").header("link", "</v1/things>; rel=first"));
    let items = stage.run(stage.client.pages::<u64>("/things", Paging::link_header()).all()).0.unwrap();
    assert_eq!(items, [1, 2]);
    let queries: Vec<_> = stage.server.got().iter().map(|got| got.url.query().map(str::to_owned)).collect();
    assert_eq!(queries, [Some("version=2026-10-14".into()), Some("page=2&version=2026-10-14".into())]);

    let stage = ApiStage::new();
    stage.server.then(answer(200, "[1]").header("link", "<https://evil.example/v1/things?page=2>; rel=next"));
    let error = stage.run(stage.client.pages::<u64>("/things", Paging::link_header()).all()).0.unwrap_err();
    assert!(error.to_string().contains("another origin"), "{error}");
    assert_eq!(stage.server.got().len(), 1);
}

#[test]
fn a_cursor_and_an_offset_go_on_until_they_end() {
    let cursor = |next: Value| json!({ "items": [1], "meta": { "cursor": next } });
    let pages = [cursor("a b".into()), cursor(7.into()), cursor(Value::Null)];
    let (items, asked) = read(&ApiStage::new(), Paging::cursor("after", "/meta/cursor"), &pages);
    assert_eq!(items.unwrap(), [1, 1, 1]);
    let after = ["/things?limit=2&sort=up", "/things?after=a+b&limit=2&sort=up", "/things?after=7&limit=2&sort=up"];
    assert_eq!(asked, after);

    let stage = ApiStage::new();
    for page in [json!({ "things": [1, 2] }), json!({ "things": [3, 4] }), json!({ "things": [] })] {
        stage.server.then(answer(200, page));
    }
    let paging = Paging::offset(2).items_at(["/things"]);
    assert_eq!(stage.run(stage.client.pages::<u64>("/things", paging).all()).0.unwrap(), [1, 2, 3, 4]);
    let queries: Vec<_> = stage.server.got().iter().map(|got| got.url.query().unwrap().to_owned()).collect();
    assert_eq!(queries, ["limit=2&offset=0", "offset=2&limit=2", "offset=4&limit=2"]);
}

#[test]
fn a_list_that_runs_in_circles_or_without_end_is_an_error() {
    let loops = [
        (Paging::links("/next").query_only(), "https://api.acme.example/v1/things?limit=2&sort=up"),
        (Paging::links("/next").query_only(), "/nowhere"),
        (Paging::links("/next"), "/v1/things?limit=2&sort=up"),
    ];
    for (paging, link) in loops {
        let (items, asked) = read(&ApiStage::new(), paging, &[page(&[1], link), page(&[1], link)]);
        let error = items.unwrap_err();
        assert!(error.to_string().contains("read already"), "{error}");
        assert_eq!(asked.len(), 1, "{link}");
    }
    let (items, asked) = read(&ApiStage::new(), Paging::cursor("after", "/next"), &[page(&[1], "a"), page(&[1], "a")]);
    assert!(items.unwrap_err().to_string().contains("read already"));
    assert_eq!(asked.len(), 2);

    let stage = ApiStage::new();
    let pages: Vec<_> = (1..=3).map(|n| page(&[n], n)).collect();
    let (items, asked) = read(&stage, Paging::cursor("after", "/next").max_pages(3), &pages);
    assert!(items.unwrap_err().to_string().contains("max_pages"));
    assert_eq!(asked.len(), 3);
}

#[test]
fn a_page_that_is_no_list_is_an_error_and_a_failed_page_is_asked_for_again() {
    let (items, _) = read(&ApiStage::new(), Paging::offset(2), &[json!({ "error": "secret" })]);
    assert_eq!(items.unwrap_err().kind(), ApiErrorKind::Decode);
    let (items, _) = read(&ApiStage::new(), Paging::offset(2), &[json!({ "items": ["secret"] })]);
    assert!(!items.unwrap_err().to_string().contains("secret"));

    let stage = ApiStage::new();
    stage.server.then(answer(500, ""));
    stage.server.then(answer(200, "[1]"));
    let mut pages = stage.client.pages::<u64>("/things", Paging::link_header());
    assert_eq!(stage.run(pages.next()).0.unwrap_err().kind(), ApiErrorKind::Server);
    assert_eq!(stage.run(pages.next()).0.unwrap(), Some(vec![1]));
    assert_eq!(stage.run(pages.next()).0.unwrap(), None);
}

/// What is asked for a list of so many items from a server that gives at most so many on a page.
fn offsets(limit: usize, cap: usize, all: u64, total: bool) -> (usize, Vec<String>) {
    let stage = ApiStage::new();
    let items: Vec<u64> = (0..all).collect();
    for page in items.chunks(cap.min(limit)).chain([&[][..]]) {
        stage.server.then(answer(200, if total { json!({ "items": page, "total": all }) } else { json!(page) }));
    }
    let pages = stage.client.pages::<u64>("/things", Paging::offset(20)).limit(limit);
    let read = stage.run(pages.all()).0.unwrap().len();
    (read, stage.server.got().iter().map(|got| got.url.query().unwrap().to_owned()).collect())
}

#[test]
fn another_limit_takes_the_place_of_the_first_and_the_list_is_read_to_its_end() {
    assert_eq!(offsets(2, 50, 5, false).1, ["limit=2&offset=0", "offset=2&limit=2", "offset=4&limit=2"]);
    assert_eq!(offsets(2, 50, 5, false).0, 5, "a limit below that of the paging");
    assert_eq!((offsets(50, 20, 45, true).0, offsets(50, 20, 45, true).1.len()), (45, 3), "the server gives fewer");
    assert_eq!(offsets(20, 20, 40, false).0, 40);
    assert_eq!(offsets(20, 20, 0, true), (0, vec!["limit=20&offset=0".to_owned()]));

    let stage = ApiStage::new();
    stage.server.then(answer(200, "[1]"));
    stage.server.then(answer(200, "[]"));
    let pages = stage.client.pages::<u64>("/things", Paging::offset(20)).query("limit", "all").query("offset", 3);
    assert_eq!(stage.run(pages.query("tag", "a").query("tag", "b").all()).0.unwrap(), [1]);
    let queries: Vec<_> = stage.server.got().iter().map(|got| got.url.query().unwrap().to_owned()).collect();
    assert_eq!(queries, ["limit=all&offset=3&tag=a&tag=b", "offset=4&limit=all&tag=a&tag=b"]);
}

#[test]
fn a_page_of_more_than_eight_mebibytes_is_not_read_unless_the_program_says_so() {
    let long = format!("[{}0]", "0,".repeat(4 * 1024 * 1024));
    let read = |paging: Paging| {
        let stage = ApiStage::new();
        stage.server.then(answer(200, &long));
        stage.run(stage.client.pages::<u8>("/things", paging).all()).0
    };
    let error = read(Paging::link_header()).unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Decode);
    assert!(error.to_string().contains("max_page_bytes"), "{error}");
    assert!(read(Paging::link_header().max_page_bytes(16 * 1024 * 1024)).is_ok());
}
