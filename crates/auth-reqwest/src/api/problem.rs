//! What an API says of its error, in the formats of the five systems and of RFC 9457.

use auth_core::adapter::fit_to_show;
use http::HeaderMap;
use serde_json::Value;

use super::error::Said;

/// How much of each is kept, as of an issuer's error.
const MAX_CODE_BYTES: usize = 64;
const MAX_MESSAGE_BYTES: usize = 200;

/// Where the request's id stands: the names of most, of IBM Cloud, and of load balancers.
const ID_HEADERS: [&str; 4] = ["x-request-id", "x-global-transaction-id", "x-correlation-id", "x-amzn-requestid"];

/// What headers and body say of an error; nothing that repeats one of `secrets`.
pub(super) fn read(headers: &HeaderMap, body: &[u8], secrets: &[&str]) -> Said {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let fit = |text: Option<String>, max| text.and_then(|text| fit_to_show(&text, secrets, max));
    let message = fit(message(&body), MAX_MESSAGE_BYTES);
    let code = fit(code(&body), MAX_CODE_BYTES).filter(|code| message.as_ref() != Some(code));
    let in_body = || first(&body, &["/trace", "/error/request_id", "/request_id", "/requestId"]);
    let request_id = request_id(headers, secrets).or_else(|| in_body().filter(|id| is_id(id, secrets)));
    Said { code, message, field: fit(field(&body), MAX_CODE_BYTES), request_id }
}

/// The id the server gave the request, from the headers alone; none that repeats one of `secrets`.
pub(super) fn request_id(headers: &HeaderMap, secrets: &[&str]) -> Option<String> {
    let mut ids = ID_HEADERS.iter().filter_map(|name| headers.get(*name)?.to_str().ok());
    ids.find(|id| is_id(id, secrets)).map(str::to_owned)
}

/// What can stand in one line of a log.
fn is_id(id: &str, secrets: &[&str]) -> bool {
    let is_visible = !id.is_empty() && id.len() <= 100 && id.bytes().all(|byte| byte.is_ascii_graphic());
    is_visible && !secrets.iter().any(|secret| shares_a_piece(id, secret))
}

fn shares_a_piece(id: &str, secret: &str) -> bool {
    let length = secret.len().min(8);
    length > 0 && secret.as_bytes().windows(length).any(|piece| id.as_bytes().windows(length).any(|it| it == piece))
}

fn message(body: &Value) -> Option<String> {
    first(
        body,
        &[
            "/error/message",
            "/error_description",
            "/errors/0/message",
            "/errors/0/detail",
            "/errors/0",
            "/errorMessage",
            "/detail",
            "/detail/0/msg",
            "/detail/message",
            "/message",
            "/title",
            "/error",
        ],
    )
}

fn code(body: &Value) -> Option<String> {
    let names = [
        "/error/code",
        "/errors/0/code",
        "/errorCode",
        "/error/http_code",
        "/error/grpc_code",
        "/error/http_status",
        "/code",
        "/error",
        "/type",
    ];
    // `type` of RFC 9457 is a URL more often than not, which says nothing to a reader.
    first(body, &names).filter(|code| !code.contains("://") && code != "about:blank")
}

fn field(body: &Value) -> Option<String> {
    let names = [
        "/error/field",
        "/errors/0/field",
        "/errors/0/target/name",
        "/errors/0/pointer",
        "/invalid-params/0/name",
        "/field",
    ];
    first(body, &names).or_else(|| {
        // As FastAPI says it: where, then a list of steps.
        let steps = body.pointer("/detail/0/loc")?.as_array()?;
        let steps: Vec<_> = steps.iter().filter_map(text).filter(|step| step != "body").collect();
        (!steps.is_empty()).then(|| steps.join("."))
    })
}

/// The first of these places that has a text or a number.
fn first(body: &Value, pointers: &[&str]) -> Option<String> {
    pointers.iter().find_map(|pointer| body.pointer(pointer).and_then(text))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, code: Option<&str>, message: Option<&str>, field: Option<&str>) {
        let said = read(&HeaderMap::new(), body.as_bytes(), &["psk_sent"]);
        let read = (said.code.as_deref(), said.message.as_deref(), said.field.as_deref());
        assert_eq!(read, (code, message, field), "{body}");
    }

    #[test]
    fn every_systems_error_is_understood() {
        let podstack = r#"{"error":{"message":"name is too long","code":"invalid_value","field":"name"}}"#;
        check(podstack, Some("invalid_value"), Some("name is too long"), Some("name"));
        check(r#"{"detail":"token expired"}"#, None, Some("token expired"), None);
        check(r#"{"detail":[{"loc":["body","items",0],"msg":"missing"}]}"#, None, Some("missing"), Some("items.0"));
        let ibm = r#"{"errors":[{"code":"invalid_request","message":"no model","target":{"type":"field","name":"model_id"}}],"trace":"abc"}"#;
        check(ibm, Some("invalid_request"), Some("no model"), Some("model_id"));
        check(r#"{"errorCode":"BXNIM0415E","errorMessage":"not found"}"#, Some("BXNIM0415E"), Some("not found"), None);
        let skyflow =
            r#"{"error":{"grpc_code":5,"http_code":404,"message":"no vault","http_status":"Not Found","details":[]}}"#;
        check(skyflow, Some("404"), Some("no vault"), None);
        let problem = r#"{"type":"https://e/x","title":"Bad","detail":"no credit","status":403,"instance":"/a"}"#;
        check(problem, None, Some("no credit"), None);
        check(r#"{"type":"about:blank","title":"Forbidden"}"#, None, Some("Forbidden"), None);
        check(
            r#"{"error":"invalid_token","error_description":"it is over"}"#,
            Some("invalid_token"),
            Some("it is over"),
            None,
        );
        check(r#"{"error":"nope"}"#, None, Some("nope"), None);
        for nothing in ["", "<html>", "[]", "null", r#"{"error":{}}"#, r#"{"message":" "}"#] {
            check(nothing, None, None, None);
        }
    }

    #[test]
    fn what_was_sent_and_what_moves_a_cursor_is_not_repeated() {
        check(r#"{"error":{"message":"bad key psk_sent","code":"psk_sent"}}"#, Some("…"), Some("bad key …"), None);
        check("{\"detail\":\"a\\u001b[31mb\\nc\"}", None, Some("a\u{fffd}[31mb c"), None);
        let long = format!(r#"{{"detail":"{}"}}"#, "word ".repeat(100));
        assert_eq!(read(&HeaderMap::new(), long.as_bytes(), &[]).message.map(|text| text.len()), Some(200));
    }

    #[test]
    fn a_request_id_comes_from_a_header_or_the_body_and_is_no_piece_of_a_secret() {
        let body = br#"{"errors":[{"message":"m"}],"trace":"0a1b2c3d"}"#;
        assert_eq!(read(&HeaderMap::new(), body, &[]).request_id.as_deref(), Some("0a1b2c3d"));
        assert_eq!(read(&HeaderMap::new(), body, &["xx0a1b2c3d"]).request_id, None);
        let headers = HeaderMap::from_iter([(http::HeaderName::from_static("x-request-id"), "r-1".parse().unwrap())]);
        assert_eq!(read(&headers, body, &[]).request_id.as_deref(), Some("r-1"));
    }
}
