//! Tokens wherever they are written, and what helper programs print.

use std::time::Duration;

use auth_core::runtime::FakeRuntime;
use auth_core::settings::{Found, Provenance};
use auth_core::sources::{EnvToken, FileToken, StaticToken};
use auth_core::systems::{Cape, IbmCloud, Ivcap, Podstack, Skyflow, Watsonx};
use auth_core::{Access, Authenticator, Env, Error, TokenSource};

use super::rows::{Folder, Parser, rows};

/// What a source brings.
async fn fetched(source: impl TokenSource) -> Result<String, Error> {
    let auth = Authenticator::builder(source).anywhere().runtime(FakeRuntime::new()).build()?;
    let credential = auth.token(Duration::ZERO).await?;
    Ok(credential.secret().map(|secret| secret.expose().to_owned()).unwrap_or_default())
}

/// What a system attaches, by its own means.
async fn attached(access: Result<Access, Error>) -> Result<String, Error> {
    let auth = access?.builder().runtime(FakeRuntime::new()).build()?;
    let credential = auth.token(Duration::ZERO).await?;
    Ok(credential.secret().map(|secret| secret.expose().to_owned()).unwrap_or_default())
}

#[tokio::test]
async fn every_token_gives_its_answer_wherever_it_is_written() {
    let folder = Folder::new("values");
    let mut parsers: Vec<Parser> =
        ["argument", "handle", "setting", "variable", "file"].into_iter().map(Parser::new).collect();
    for row in rows("token_value") {
        let path = folder.write(&row.id, &row.bytes);
        parsers[4].check(&row, &path, &row.bytes, fetched(FileToken::new(&path)).await);
        // What follows takes text only; what is none has no other way in.
        let Some(text) = row.text() else {
            assert_eq!(row.reason(), Some("Encoding"), "{}", row.id);
            continue;
        };
        let given = match StaticToken::new(text) {
            Ok(source) => fetched(source).await,
            Err(error) => Err(error),
        };
        parsers[0].check(&row, "token", &row.bytes, given);
        let source = StaticToken::new("another").unwrap();
        let replaced = match source.handle().replace(text) {
            Ok(()) => fetched(source).await,
            Err(error) => Err(error),
        };
        parsers[1].check(&row, "token", &row.bytes, replaced);
        let place = Provenance::File { path: "/etc/acme".into(), line: Some(7), key: "token".into(), nearby: false };
        let found = Found::new("token", text, place).token().map(|token| token.expose().to_owned());
        parsers[2].check(&row, "/etc/acme:7", &row.bytes, found);
        let variable = fetched(EnvToken::of(Env::of([("ACME_TOKEN", text)]), "ACME_TOKEN")).await;
        parsers[3].check(&row, "ACME_TOKEN", &row.bytes, variable);
    }
}

#[tokio::test]
async fn every_token_gives_its_answer_as_the_argument_of_every_system() {
    let mut parsers: Vec<Parser> =
        ["cape", "ibm", "ivcap", "podstack", "skyflow", "watsonx"].into_iter().map(Parser::new).collect();
    for row in rows("token_value") {
        // An empty argument counts as unset, which is another answer; Skyflow and Cape read what claims to be a JWT.
        let (Some(text), false) = (row.text(), row.reason() == Some("Empty")) else { continue };
        let url = "https://us-south.ml.cloud.ibm.com";
        let answers = [
            attached(Cape::new().token(text).access()).await,
            attached(IbmCloud::new().url(url).token(text).access()).await,
            attached(Ivcap::new().url(url).token(text).access()).await,
            attached(Podstack::new().token(text).access()).await,
            attached(Skyflow::new().vault_url("https://a.vault.skyflowapis.com").token(text).access()).await,
            attached(Watsonx::new().url(url).token(text).access()).await,
        ];
        for (parser, answer) in parsers.iter_mut().zip(answers) {
            parser.check(&row, "token", &row.bytes, answer);
        }
    }
}

/// The file of IBM's runtimes, in which a scheme is dropped.
#[tokio::test]
async fn a_token_file_of_ibms_may_begin_with_bearer() {
    let folder = Folder::new("ibm");
    for row in rows("token_value") {
        let path = folder.write(&row.id, &row.bytes);
        let read = fetched(FileToken::new(&path).drop_scheme()).await;
        let drops = row.text().is_some_and(|text| text.starts_with("Bearer ") && text.trim_end() != "Bearer");
        assert_eq!(read.is_ok(), drops || row.reason().is_none(), "{}: {read:?}", row.id);
    }
}

#[cfg(unix)]
mod printed {
    use auth_core::sources::{Exec, ExecFormat};

    use super::super::rows::without_names;
    use super::*;

    /// A helper that prints a file.
    fn cat(path: &str) -> Exec {
        Exec::new("cat", [path]).in_env(Env::of([("PATH", "/usr/bin:/bin")]))
    }

    #[tokio::test]
    async fn every_token_gives_its_answer_as_a_helpers_line() {
        let folder = Folder::new("lines");
        let mut parser = Parser::new("a helper's line");
        for mut row in rows("token_value") {
            let path = folder.write(&row.id, &row.bytes);
            // Several lines are another accident here than a character that is no token's.
            let lines = row.text().map_or(0, |text| text.trim().lines().count());
            if lines > 1 {
                row.expect = "err:MultiLine".to_owned();
            }
            parser.check(&row, "cat", &row.bytes, fetched(cat(&path).format(ExecFormat::Line)).await);
            // Which JSON is none of, but for a helper that may print it.
            if row.id != "json_ws" {
                let detected = fetched(cat(&path)).await;
                assert_eq!(detected.is_ok(), row.reason().is_none(), "{}: {detected:?}", row.id);
            }
        }
    }

    #[tokio::test]
    async fn every_output_gives_its_answer() {
        let folder = Folder::new("outputs");
        let mut parser = Parser::new("a helper's output");
        for row in rows("exec_output") {
            // About how it is run, not about what it prints.
            let running =
                ["stderr=", "exit ", "sleep ", "prints,", "helper reads", "EACCES", "argument ", "child sees"];
            if running.iter().any(|start| row.expect.starts_with(start)) || row.expect.contains("Timeout") {
                continue;
            }
            let mut row = row;
            // What follows the answer is a remark.
            if row.expect.starts_with("ok:tok") {
                row.expect = "ok:tok".to_owned();
            }
            let path = folder.write(&row.id, &row.bytes);
            let secret = without_names(&row);
            parser.check(&row, "cat", secret.as_bytes(), fetched(cat(&path)).await);
        }
    }
}
