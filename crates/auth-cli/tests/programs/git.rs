//! The real git asks `authctl credential-helper git`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use auth_emulator::Emulator;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::process::Command;

use crate::rig::{Ended, User, exchanging};

/// A repository over HTTP, for those with a token of the emulator's.
struct Server {
    host: String,
    state: Arc<Shared>,
}

struct Shared {
    repository: PathBuf,
    emulator: Emulator,
    /// What it asks for.
    schemes: &'static [&'static str],
    /// What it was given, one word a request: none, or the scheme and whether it was good.
    seen: Mutex<Vec<String>>,
}

impl Server {
    async fn start(repository: &Path, schemes: &'static [&'static str]) -> Self {
        let emulator = Emulator::start().await.unwrap();
        let (repository, seen) = (repository.to_owned(), Mutex::default());
        let state = Arc::new(Shared { repository, emulator, schemes, seen });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let router = Router::new().fallback(serve).with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { host, state }
    }

    fn url(&self) -> String {
        format!("http://{}/repo.git", self.host)
    }

    /// What was seen since the last look, equal ones in a row once.
    fn seen(&self) -> Vec<String> {
        let mut seen = std::mem::take(&mut *self.state.seen.lock().unwrap());
        seen.dedup();
        seen
    }
}

/// The files of a repository, which is all that git's older protocol needs.
async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let authorization = request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
    let word = match authorization.as_deref().and_then(|value| value.split_once(' ')) {
        None => "none".to_owned(),
        Some((scheme, credential)) => {
            let token = match scheme {
                "Bearer" => credential.to_owned(),
                _ => {
                    let pair = String::from_utf8(BASE64_STANDARD.decode(credential).unwrap()).unwrap();
                    pair.strip_prefix("oauth2:").unwrap().to_owned()
                }
            };
            let judged = if shared.emulator.verify(&token).is_ok() { "good" } else { "bad" };
            format!("{scheme} {judged}")
        }
    };
    shared.seen.lock().unwrap().push(word.clone());
    if !word.ends_with("good") {
        let mut headers = HeaderMap::new();
        for scheme in shared.schemes {
            headers.append(WWW_AUTHENTICATE, HeaderValue::try_from(format!("{scheme} realm=\"git\"")).unwrap());
        }
        return (StatusCode::UNAUTHORIZED, headers).into_response();
    }
    let path = request.uri().path().trim_start_matches("/repo.git/");
    match std::fs::read(shared.repository.join(path)) {
        Ok(content) => content.into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// git in the user's home, with no settings but these, and nobody to ask.
async fn git(user: &User, arguments: &[&str]) -> Ended {
    let mut command = Command::new("git");
    command.args(arguments).env_clear().current_dir(user.home());
    let authctl = user.authctl(["--version"]);
    command.envs(authctl.as_std().get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.envs([("GIT_TERMINAL_PROMPT", "0"), ("GIT_CONFIG_NOSYSTEM", "1"), ("LC_ALL", "C")]);
    command.envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "me")));
    command.envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "me@acme.example")));
    Ended::of(command.output().await.unwrap_or_else(|error| panic!("git is needed: {error}")))
}

/// A repository with a commit, to be served as files.
async fn repository(user: &User) -> PathBuf {
    for line in [
        "init -q -b main work",
        "-C work commit -q --allow-empty -m first",
        "clone -q --bare work repo.git",
        "-C repo.git update-server-info",
    ] {
        let ended = git(user, &line.split(' ').collect::<Vec<_>>()).await;
        assert_eq!(ended.code, Some(0), "git {line}: {ended:?}");
    }
    user.home().join("repo.git")
}

fn helper(options: &str) -> String {
    format!("credential.helper=!{} credential-helper git {options}", env!("CARGO_BIN_EXE_authctl"))
}

/// Whether this git takes a credential with its scheme, which it does from 2.46 on.
async fn knows_schemes(user: &User) -> bool {
    let version = git(user, &["version"]).await.data();
    let numbers: Vec<u32> = version.split(['.', ' ']).filter_map(|part| part.parse().ok()).collect();
    numbers[..2] >= [2, 46][..]
}

#[tokio::test]
async fn git_clones_with_the_token_as_a_password() {
    let user = User::new();
    let server = Server::start(&repository(&user).await, &["Basic"]).await;
    let user = user.with_config(&exchanging(&server.state.emulator));
    let helper = helper(&format!("--host {}", server.host));
    let cloned = git(&user, &["-c", &helper, "clone", "-q", &server.url(), "copy"]).await;
    assert_eq!((cloned.code, cloned.stderr.as_str()), (Some(0), ""));
    assert_eq!(server.seen(), ["none", "Basic good"]);
    assert_eq!(git(&user, &["-C", "copy", "log", "--format=%s"]).await.data(), "first\n");
    assert_eq!(server.state.emulator.token_request_count(), 1);
}

#[tokio::test]
async fn git_that_knows_schemes_sends_a_bearer_token() {
    let user = User::new();
    let server = Server::start(&repository(&user).await, &["Basic", "Bearer"]).await;
    let user = user.with_config(&exchanging(&server.state.emulator));
    let helper = helper(&format!("--host {}", server.host));
    let listed = git(&user, &["-c", &helper, "ls-remote", &server.url()]).await.data();
    assert!(listed.contains("refs/heads/main"), "{listed}");
    let expected = if knows_schemes(&user).await { "Bearer good" } else { "Basic good" };
    assert_eq!(server.seen(), ["none", expected]);
}

#[tokio::test]
async fn another_host_gets_nothing() {
    let user = User::new();
    let server = Server::start(&repository(&user).await, &["Basic"]).await;
    let user = user.with_config(&exchanging(&server.state.emulator));
    let ended = git(&user, &["-c", &helper("--host git.example"), "ls-remote", &server.url()]).await;
    assert_eq!(ended.code, Some(128), "{ended:?}");
    assert_eq!(server.seen(), ["none"]);
    assert_eq!(server.state.emulator.token_request_count(), 0);
}

#[tokio::test]
async fn a_token_that_was_revoked_is_replaced_at_the_next_try() {
    let user = User::new();
    let server = Server::start(&repository(&user).await, &["Basic"]).await;
    let user = user.with_config(&exchanging(&server.state.emulator));
    let helper = helper(&format!("--host {}", server.host));
    let url = server.url();
    let list = ["-c", &helper, "ls-remote", &url];
    git(&user, &list).await.data();
    server.state.emulator.revoke_all();
    server.seen();
    assert_eq!(git(&user, &list).await.code, Some(128), "git asks once, and tells that it was refused");
    assert_eq!(server.seen(), ["none", "Basic bad"]);
    git(&user, &list).await.data();
    assert_eq!(server.seen(), ["none", "Basic good"]);
}

/// git asks authctl, whose profile asks git.
#[tokio::test]
async fn a_circle_by_way_of_git_ends_with_its_name() {
    let user = User::new();
    let helper = helper("--profile round").replace('\'', "");
    let script = format!("printf 'protocol=https\\nhost=api.acme.example\\n\\n' | git -c '{helper}' credential fill");
    let config = format!(
        "[profile.round]\ntype = \"exec\"\ncommand = [\"sh\", \"-c\", {script:?}]\nendpoint = \"https://api.acme.example\"\n"
    );
    let user = user.with_config(&config);
    user.run("token --profile round").await.failed(3, &["call each other in a circle: round -> round"]);
}
