//! From what a helper program printed to a token.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use thiserror::Error;

use super::document;
use super::format::ExecFormat;
use crate::ErrorKind;
use crate::token_value::{self, TokenValueError};
use crate::{Secret, Token};

/// Why an output is no token. No message repeats any of the output.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum OutputError {
    /// It printed nothing.
    #[error("it printed nothing")]
    Empty,
    /// A warning, perhaps, and then the token.
    #[error("it printed more than one line; make it print the token alone")]
    MultiLine,
    /// A line that is no token.
    #[error("{0}")]
    Line(TokenValueError),
    /// No JSON, or something besides.
    #[error("it is not JSON, or not JSON alone; make it print one JSON object and no log lines")]
    NotJson,
    /// JSON, but no object.
    #[error("it is JSON, but no object")]
    NotObject,
    /// Something that has to be there is not.
    #[error("it has no `{0}`")]
    MissingField(&'static str),
    /// A field that is known is given more than once.
    #[error("it gives `{0}` more than once")]
    DuplicateField(Cow<'static, str>),
    /// A field is of another JSON type than it has to be.
    #[error("its `{0}` is not of the right JSON type")]
    WrongType(&'static str),
    /// A token inside JSON that can't be sent.
    #[error("its token can't be sent: {0}")]
    Token(TokenValueError),
    /// A type of token that can't be sent as a bearer token.
    #[error("its token is not of the type Bearer")]
    UnsupportedTokenType,
    /// A version of its format that we don't know.
    #[error("its version is not 1, which is the only one known")]
    UnsupportedVersion,
    /// An end that is none.
    #[error("the end of the token's life is neither a date of RFC 3339 with its zone nor seconds since 1970")]
    InvalidExpiry,
    /// Another kind of Kubernetes object.
    #[error("its `kind` is not ExecCredential")]
    WrongKind,
    /// Another API version than was asked for.
    #[error("its `apiVersion` is not the one that was asked for, one of client.authentication.k8s.io")]
    WrongApiVersion,
    /// Half of a client certificate.
    #[error("it has a client certificate without its key, or a key without its certificate")]
    HalfCertificate,
    /// A client certificate in place of a token.
    #[error("it brings a client certificate and no token: this is for programs that authenticate by TLS")]
    CertificateOnly,
    /// Keys that sign requests.
    #[error(
        "it brings AWS access keys, which sign requests and are no token; for the session token choose the format `aws`"
    )]
    AccessKeys,
    /// It says by itself that it failed, perhaps with a code.
    #[error("it says that it failed{}; run it by hand to see why", if .0.is_some() { " with this code" } else { "" })]
    Reported(Option<String>),
}

impl OutputError {
    pub(super) fn kind(&self) -> ErrorKind {
        match self {
            Self::CertificateOnly | Self::AccessKeys => ErrorKind::Misconfigured,
            Self::Reported(Some(code)) if matches!(code.as_str(), "400" | "401" | "403") => ErrorKind::Rejected,
            Self::Reported(_) => ErrorKind::Transient,
            _ => ErrorKind::Malformed,
        }
    }
}

/// A token and its end, as a helper states them.
#[derive(Debug)]
pub(super) struct Printed {
    pub(super) token: Secret,
    pub(super) end: Option<End>,
}

/// When it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    At(SystemTime),
    In(Duration),
}

impl Printed {
    /// Puts the end on a token made of the secret. It was found: helpers keep what they were given, and print it again.
    pub(super) fn tell(&self, token: Token) -> Token {
        match self.end {
            Some(End::At(end)) => token.expires_at(end),
            Some(End::In(lifetime)) => token.expires_in(lifetime),
            None => token,
        }
        .found()
    }
}

/// Reads what a helper printed.
pub(super) fn parse(output: &[u8], format: ExecFormat) -> Result<Printed, OutputError> {
    let text = output.strip_prefix(b"\xef\xbb\xbf").unwrap_or(output).trim_ascii();
    if text.is_empty() {
        return Err(OutputError::Empty);
    }
    match format {
        ExecFormat::Line => line(output),
        // A list is no token either, though it may be made of a token's characters.
        ExecFormat::Detect if !text.starts_with(b"{") && !text.starts_with(b"[") => line(output),
        _ => document::parse(text, format),
    }
}

fn line(output: &[u8]) -> Result<Printed, OutputError> {
    let token = token_value::clean(output).map_err(|reason| {
        let inner = output.trim_ascii();
        match reason {
            TokenValueError::Empty => OutputError::Empty,
            TokenValueError::Utf16 | TokenValueError::Encoding | TokenValueError::TooLong => OutputError::Line(reason),
            _ if inner.contains(&b'\n') || inner.contains(&b'\r') => OutputError::MultiLine,
            _ => OutputError::Line(reason),
        }
    })?;
    Ok(Printed { token: Secret::from(token), end: None })
}

#[cfg(test)]
mod tests {
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
        check(
            &kubernetes(r#""status":{"token":"tok","expirationTimestamp":"2026-11-22T01:00:00"}"#),
            "err:InvalidExpiry",
        );
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
}
