//! What a command runs into.

use std::fmt::Write;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use auth_emulator::{Answer, ClosedPort, Emulator, StatusCode};

use super::secrets;
use crate::rig::User;

/// How those are named that a command may be for.
pub(super) const TOKEN: &str = "a token";

/// A user, whose every setting has a secret in it, and the servers that are there.
pub(super) struct Scene {
    pub(super) name: &'static str,
    pub(super) user: User,
    pub(super) dotenv: PathBuf,
    /// Whether nothing is wrong.
    pub(super) succeeds: bool,
    pat: String,
    /// Those that were made for it.
    made: Vec<(String, String)>,
    emulator: Emulator,
    /// Held for as long as nobody is to listen there.
    _nobody: Option<ClosedPort>,
}

/// Makes one.
pub(super) type Make = fn() -> Pin<Box<dyn Future<Output = Scene> + Send>>;

pub(super) const ALL: [Make; 6] = [
    || Box::pin(good()),
    || Box::pin(answered("refused, in words with secrets", StatusCode::BAD_REQUEST, "invalid_grant")),
    || Box::pin(answered("not known, in words with secrets", StatusCode::UNAUTHORIZED, "invalid_client")),
    || Box::pin(nobody()),
    || Box::pin(torn()),
    || Box::pin(misplaced()),
];

impl Scene {
    /// All that may not be seen.
    pub(super) fn secrets(&self) -> Vec<(String, String)> {
        let planted = secrets::ALL.iter().map(|(name, secret)| ((*name).to_owned(), (*secret).to_owned()));
        let issued = self.emulator.issued_tokens().into_iter().map(|token| (TOKEN.to_owned(), token));
        planted.chain(self.made.iter().cloned()).chain(issued).collect()
    }

    /// What the user wrote.
    #[cfg(unix)]
    pub(super) fn own_files(&self) -> Vec<PathBuf> {
        let home = self.user.home();
        [".config/authctl/config.toml", "token", "helper.toml"]
            .map(|name| home.join(name))
            .into_iter()
            .chain([self.dotenv.clone()])
            .collect()
    }

    /// The servers.
    #[cfg(unix)]
    pub(super) fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// `{api}` and `{management}` are URLs of the emulator's, `{pat}` a personal access token's id.
    pub(super) fn filled_in(&self, word: &str) -> String {
        let word = word.replace("{management}", &self.emulator.skyflow().management_url());
        word.replace("{api}", &self.emulator.api_url()).replace("{pat}", &self.pat)
    }
}

/// All is well.
pub(super) async fn good() -> Scene {
    scene("all well", |config| config, true).await
}

/// By servers that repeat what they know.
async fn answered(name: &'static str, status: StatusCode, error: &str) -> Scene {
    let scene = scene(name, |config| config, false).await;
    let (answer, key, jwt) = (secrets::ANSWER, secrets::API_KEY, scene.emulator.issue_token());
    let body = serde_json::json!({
        "error": error, "error_description": format!("{key} is none, says {answer}"), "errorMessage": jwt,
        "message": format!("Bearer {jwt} is refused"), "detail": answer,
    });
    let answer = Answer::new(status).with_body("application/json", body.to_string());
    scene.emulator.token_faults().always(answer.clone());
    scene.emulator.api_faults().always(answer);
    scene
}

/// A port where nobody listens, in URLs with secrets.
async fn nobody() -> Scene {
    let nobody = ClosedPort::new().unwrap();
    let port = nobody.address().port();
    let scene = scene("nobody listens", move |config| in_place_of_port(&config, port), false).await;
    Scene { _nobody: Some(nobody), ..scene }
}

fn in_place_of_port(config: &str, port: u16) -> String {
    let mut parts = config.split("http://127.0.0.1:");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |all, part| {
        format!("{all}http://127.0.0.1:{port}{}", part.trim_start_matches(|c: char| c.is_ascii_digit()))
    })
}

/// A config that ends in the middle of a secret.
async fn torn() -> Scene {
    let cut = |config: String| config.lines().map(|line| line.trim_end_matches('"').to_owned() + "\n").collect();
    scene("a config with no closing quotes", cut, false).await
}

/// URLs with a password and a query, keys with a line's end.
async fn misplaced() -> Scene {
    let urls =
        format!("http://u:{}@127.0.0.1:1/{}?key={}", secrets::PASSWORD, secrets::PASSWORD, secrets::QUERY_SECRET);
    let change = move |config: String| {
        let line = |line: &str| match line.split_once(" = ") {
            Some((name, value)) if value.starts_with("\"http") => format!("{name} = \"{urls}\"\n"),
            Some((name, value)) if name != "system" && name != "type" => {
                format!("{name} = {}\\n\"\n", value.strip_suffix('"').unwrap_or(value))
            }
            _ => format!("{line}\n"),
        };
        config.lines().map(line).collect()
    };
    scene("secrets in the wrong places", change, false).await
}

async fn scene(name: &'static str, change: impl FnOnce(String) -> String + Send, succeeds: bool) -> Scene {
    let emulator = Emulator::start().await.unwrap();
    emulator.set_api_keys([secrets::API_KEY]);
    let (mut config, mut made) = (String::new(), Vec::new());
    for account in emulator.accounts() {
        writeln!(config, "\n[profile.{}]", account.name()).unwrap();
        for (name, value) in account.settings() {
            writeln!(config, "{name} = {}", serde_json::json!(value)).unwrap();
            match *name {
                "token" | "api_token" => made.push((TOKEN.to_owned(), value.clone())),
                "client_secret" => made.push((format!("the {name} of {}", account.name()), value.clone())),
                "credentials" => made.push(("a private key".to_owned(), key_of(value))),
                _ => {}
            }
        }
    }
    let user = User::new().with("UNRELATED", secrets::ENV_VALUE).with("SESSION_SECRET", secrets::SESSION);
    let tmp = user.home().join("tmp");
    std::fs::create_dir(&tmp).unwrap();
    let user = user.with("TMPDIR", tmp.to_str().unwrap());
    let dotenv = user.write("secrets.env", &format!("OTHER_TOKEN={}\n", secrets::DOTENV_VALUE));
    let file = user.write("token", secrets::FILE_CONTENT);
    let by_reference = format!(
        "\n[profile.variable]\ntype = \"token\"\nendpoint = \"{0}\"\ntoken = {{ env = \"UNRELATED\" }}\n\
         \n[profile.file]\ntype = \"token\"\nendpoint = \"{0}\"\ntoken = {{ file = {1} }}\n",
        emulator.api_url(),
        serde_json::json!(file)
    );
    let user = user.with_config(&(change(config) + &by_reference));
    let token = emulator.cape().create_token("nightly").unwrap();
    let pat = id_of(&token, &emulator).await;
    made.push((TOKEN.to_owned(), token));
    Scene { name, user, dotenv, succeeds, pat, made, emulator, _nobody: None }
}

/// By which Cape knows it.
async fn id_of(token: &str, emulator: &Emulator) -> String {
    let url = format!("{}/v1/tokens", emulator.cape().url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let listed = client.get(url).bearer_auth(token).send().await.unwrap().text().await.unwrap();
    let id = regex::Regex::new(r#""id":\s*"([^"]+)""#).unwrap();
    id.captures(&listed).unwrap_or_else(|| panic!("{listed}"))[1].to_owned()
}

/// The middle of the first key in a file of credentials: its beginning is that of every key.
fn key_of(credentials: &str) -> String {
    let credentials: serde_json::Value = serde_json::from_str(credentials).unwrap();
    let pem = credentials["privateKey"].as_str().unwrap();
    pem.lines().nth(2).unwrap().to_owned()
}
