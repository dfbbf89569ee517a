use super::*;
use crate::corpus;

/// In the notation of the corpus.
fn outcome(output: &[u8], format: ExecFormat) -> String {
    match parse(output, format) {
        Ok(printed) => {
            let expiry = if printed.end.is_some() { " with expiry" } else { "" };
            format!("ok:{}{expiry}", printed.token.expose())
        }
        Err(OutputError::Line(reason) | OutputError::Token(reason)) => format!("err:{reason:?}"),
        Err(OutputError::Reported(code)) => format!("err:Exec({})", code.unwrap_or_default()),
        Err(reason) => format!("err:{}", format!("{reason:?}").split('(').next().unwrap_or_default()),
    }
}

/// The rows that are about running it, which `tests/exec.rs` holds.
const RUNNING: [&str; 9] = [
    "exit1_json",
    "stderr_only",
    "timeout",
    "partial_then_hang",
    "closed_stdin",
    "noexec",
    "shell_meta",
    "env_scrub",
    "",
];

#[test]
fn every_corpus_row_gets_its_reason() {
    let mut rows = 0;
    for (id, bytes, expect) in corpus::rows("exec_output") {
        if RUNNING.contains(&id.as_str()) {
            continue;
        }
        let got = outcome(&bytes, ExecFormat::Detect);
        // Some rows say more than the answer: `err:InvalidExpiry (no zone)`, `ok:tok; local-time expiry ignored, ..`.
        let wanted = match id.as_str() {
            "json_az" => "ok:tok",
            "json_docker" => "err:MissingField",
            "json_aip_fail" => "err:Exec(401)",
            "json_ts_nozone" | "json_ts_year" => "err:InvalidExpiry",
            "json_ts_frac" | "json_ts_float" => "ok:tok with expiry",
            _ => &expect,
        };
        assert!(expect.starts_with(wanted.split(" with").next().unwrap_or_default()), "{id}: {expect}");
        assert_eq!(got, wanted, "{id}");
        rows += 1;
    }
    assert_eq!(rows, 21);
}

fn check(output: &str, wanted: &str) {
    check_as(ExecFormat::Detect, output, wanted);
}

fn check_as(format: ExecFormat, output: &str, wanted: &str) {
    assert_eq!(outcome(output.as_bytes(), format), wanted, "{output}");
}

fn end(output: &str) -> Option<End> {
    parse(output.as_bytes(), ExecFormat::Detect).unwrap_or_else(|reason| panic!("{output}: {reason:?}")).end
}

fn at(seconds: u64) -> Option<End> {
    Some(End::At(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)))
}

#[test]
fn a_line_is_a_token_and_nothing_else() {
    for (output, wanted) in [
        ("NOT AUTHORISED\n", "err:InvalidTokenChar"),
        ("\n\ntok\n\n", "ok:tok"),
        ("a\nb", "err:MultiLine"),
        ("a\rb", "err:MultiLine"),
        ("Bearer tok\n", "err:SchemeInToken"),
        ("Token: a\nexpires: b\n", "err:MultiLine"),
        (" \r\n\t", "err:Empty"),
        ("\u{feff}", "err:Empty"),
        ("\u{feff}tok", "ok:tok"),
        ("<html>", "err:Placeholder"),
        ("[\"tok\"]", "err:NotObject"),
        ("tök", "err:InvalidTokenChar"),
    ] {
        check(output, wanted);
    }
    assert_eq!(outcome(b"\xff\xfet\0", ExecFormat::Detect), "err:Utf16");
    assert_eq!(outcome(b"t\xffk", ExecFormat::Detect), "err:Encoding");
    check_as(ExecFormat::Line, "{\"access_token\":\"tok\"}", "err:Placeholder");
}

#[test]
fn what_known_programs_print_is_understood() {
    let az = r#"{"accessToken":"tok","expiresOn":"2026-11-22 03:00:00.000000","expires_on":1795309200,
        "subscription":"s","tenant":"t","tokenType":"Bearer"}"#;
    check(az, "ok:tok with expiry");
    assert_eq!(end(az), at(1_795_309_200));
    let gcloud = r#"{"configuration":{"active_configuration":"default","properties":{"core":{"project":"p"}}},
        "credential":{"access_token":"tok","id_token":"eyJ.a.b","token_expiry":"2026-11-22T01:00:00Z"},
        "sentinels":{"config_sentinel":"/c"}}"#;
    check(gcloud, "ok:tok with expiry");
    assert_eq!(end(gcloud), at(1_795_309_200));
    let databricks = r#"{"access_token":"tok","token_type":"Bearer","expiry":"2026-11-22T02:00:00.5+01:00"}"#;
    let half = Duration::from_millis(1_795_309_200_500);
    assert_eq!(end(databricks), Some(End::At(SystemTime::UNIX_EPOCH + half)));
    let google = r#"{"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:id_token",
        "id_token":"tok","expiration_time":1795309200}"#;
    assert_eq!(end(google), at(1_795_309_200));
    check(&google.replace("id_token\",\n", "saml2\",\n"), "err:UnsupportedTokenType");
    let code_artifact = r#"{"authorizationToken":"tok","expiration":1795309200.25}"#;
    check(code_artifact, "ok:tok with expiry");
    check(r#"{"token":"tok"}"#, "ok:tok");
}

#[test]
fn an_absolute_end_wins_because_helpers_print_again_what_they_kept() {
    assert_eq!(end(r#"{"access_token":"t","expires_in":3600,"expires_at":1795309200}"#), at(1_795_309_200));
    let hour = Some(End::In(Duration::from_secs(3600)));
    assert_eq!(end(r#"{"access_token":"t","expires_in":3600}"#), hour);
    assert_eq!(end(r#"{"access_token":"t","expires_in":"3600"}"#), hour);
    assert_eq!(end(r#"{"access_token":"t","expires_on":"1795309200"}"#), at(1_795_309_200));
    assert_eq!(end(r#"{"access_token":"t","expires_at":null}"#), None);
    for wrong in ["\"soon\"", "\"\"", "-1", "1e300", "1795309200000", "true", "[]", "\"2026-11-22\""] {
        check(&format!(r#"{{"access_token":"t","expires_at":{wrong}}}"#), "err:InvalidExpiry");
    }
}

#[test]
fn json_that_is_no_token_gets_its_reason() {
    for (output, wanted) in [
        ("{", "err:NotJson"),
        ("{}", "err:MissingField"),
        ("{\"access_token\":\"tok\"}{}", "err:NotJson"),
        ("{\"access_token\":null}", "err:MissingField"),
        ("{\"access_token\":7}", "err:WrongType"),
        ("{\"access_token\":\" tok\"}", "err:InvalidTokenChar"),
        ("{\"access_token\":\"tok\",\"token_type\":\"mac\"}", "err:UnsupportedTokenType"),
        ("{\"access_token\":\"tok\",\"token_type\":\"\"}", "ok:tok"),
        ("{\"access_token\":\"tok\",\"version\":\"1\"}", "ok:tok"),
        ("{\"access_token\":\"tok\",\"version\":1.5}", "err:UnsupportedVersion"),
        ("{\"access_token\":\"a\",\"expires_at\":1,\"expires_at\":2}", "err:DuplicateField"),
        ("{\"credential\":{\"access_token\":\"a\",\"access_token\":\"b\"}}", "err:DuplicateField"),
        ("{\"credential\":{}}", "err:MissingField"),
        ("{\"credential\":\"a\"}", "err:WrongType"),
        ("{\"success\":false}", "err:Exec()"),
        ("{\"success\":false,\"code\":\"a-secret-in-the-code\"}", "err:Exec()"),
        ("{\"success\":false,\"code\":503}", "err:Exec(503)"),
        ("{\"success\":\"yes\",\"id_token\":\"t\"}", "err:WrongType"),
    ] {
        check(output, wanted);
    }
}

fn kubernetes(rest: &str) -> String {
    format!(r#"{{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",{rest}}}"#)
}

#[test]
fn a_kubernetes_credential_is_read_strictly() {
    let token = r#""status":{"token":"tok","expirationTimestamp":"2026-11-22T01:00:00Z"}"#;
    check(&kubernetes(token), "ok:tok with expiry");
    check(&kubernetes(token).replace("/v1\"", "/v1beta1\""), "ok:tok with expiry");
    check(&kubernetes(token).replace("/v1\"", "/v1alpha1\""), "err:WrongApiVersion");
    check(&kubernetes(token).replace("ExecCredential", "Secret"), "err:WrongKind");
    check(&format!("{{{token}}}"), "err:WrongKind");
    check_as(ExecFormat::Kubernetes, &kubernetes(token), "ok:tok with expiry");
    check_as(ExecFormat::KubernetesV1Beta1, &kubernetes(token), "err:WrongApiVersion");
    check_as(ExecFormat::Kubernetes, "tok", "err:NotJson");
    check_as(ExecFormat::Kubernetes, r#"{"access_token":"tok"}"#, "err:WrongKind");
    check(&kubernetes(r#""status":{"token":"tok","expirationTimestamp":"2026-11-22T01:00:00"}"#), "err:InvalidExpiry");
    check(&kubernetes(r#""status":{"token":"tok","expirationTimestamp":null}"#), "ok:tok");
    check(&kubernetes(r#""spec":{}"#), "err:MissingField");
    check(&kubernetes(r#""status":{}"#), "err:MissingField");
    check(&kubernetes(r#""status":{"token":""}"#), "err:Empty");
    check(&kubernetes(r#""status":{"token":"a","token":"b"}"#), "err:DuplicateField");
    check(&kubernetes(r#""status":{"token":"a","clientCertificateData":"c"}"#), "err:HalfCertificate");
    check(&kubernetes(r#""status":{"clientKeyData":"c"}"#), "err:HalfCertificate");
    check(&kubernetes(r#""status":{"clientCertificateData":"c","clientKeyData":"k"}"#), "err:CertificateOnly");
    check(&kubernetes(r#""status":{"token":"a","clientCertificateData":"c","clientKeyData":"k"}"#), "ok:a");
}

#[test]
fn aws_keys_are_no_token_unless_the_session_token_is_asked_for() {
    let keys = r#"{"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"s","SessionToken":"tok",
        "Expiration":"2026-11-22T01:00:00Z"}"#;
    check(keys, "err:AccessKeys");
    check_as(ExecFormat::AwsCredentialProcess, keys, "ok:tok with expiry");
    let format = ExecFormat::AwsCredentialProcess;
    check_as(format, &keys.replace("1,", "2,"), "err:UnsupportedVersion");
    check(&keys.replace("1,", "2,"), "err:UnsupportedVersion");
    check_as(format, r#"{"SessionToken":"tok"}"#, "err:MissingField");
    check_as(format, r#"{"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"s"}"#, "err:MissingField");
}

#[test]
fn a_docker_secret_is_a_token_only_if_it_was_asked_for() {
    let output = r#"{"ServerURL":"https://r","Username":"<token>","Secret":"tok"}"#;
    check(output, "err:MissingField");
    check_as(ExecFormat::Docker, output, "ok:tok");
    check_as(ExecFormat::Docker, r#"{"Username":"u"}"#, "err:MissingField");
    check_as(ExecFormat::Docker, r#"{"Username":"u","Secret":""}"#, "err:Empty");
}

#[test]
fn no_output_makes_it_panic_and_no_message_is_long_or_quotes_it() {
    corpus::probe_all("exec_output", b"{}[]\",:\n\0 ", |bytes| {
        for format in [ExecFormat::Detect, ExecFormat::Kubernetes, ExecFormat::AwsCredentialProcess] {
            if let Err(reason) = parse(bytes, format) {
                let message = reason.to_string();
                assert!(message.len() < 150 && !message.contains("SECRET"), "{message}");
            }
        }
    });
}
