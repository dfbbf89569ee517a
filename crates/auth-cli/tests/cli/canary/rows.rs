//! Every command, as it is run here.

use std::process::Stdio;

use regex::Regex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::scenes::Scene;
use super::secrets;
use crate::rig::Ended;

/// One command line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) command: &'static str,
    /// Divided at spaces; `{..}` is a place of the scene's.
    pub(super) arguments: &'static str,
    pub(super) stdin: &'static str,
    /// Whether that is what it is for.
    pub(super) prints_token: bool,
    /// How it ends where nothing is wrong.
    pub(super) code: i32,
    /// It goes on until it is told to end, which is once these paths were asked for at the URL in its first line.
    pub(super) asked: &'static [&'static str],
}

const fn row(command: &'static str, arguments: &'static str) -> Row {
    Row { command, arguments, stdin: "", prints_token: false, code: 0, asked: &[] }
}

const fn printing(command: &'static str, arguments: &'static str) -> Row {
    Row { prints_token: true, ..row(command, arguments) }
}

const fn serving(command: &'static str, arguments: &'static str, asked: &'static [&'static str]) -> Row {
    Row { asked, ..row(command, arguments) }
}

/// In the order of the help.
pub(super) const ROWS: &[Row] = &[
    printing("token", ""),
    printing("token", "--profile file"),
    printing("token", "--profile variable"),
    printing("token", "--profile skyflow"),
    printing("token", "--profile oauth"),
    printing("token", "-o header"),
    printing("token", "-o json --force"),
    row("token", "-o expiry"),
    printing("export", ""),
    printing("export", "-f dotenv --env MINE"),
    printing("export", "-f process"),
    row("exec", "-- true"),
    row("exec", "--refresh restart -- true"),
    row("exec", "--refresh file -- true"),
    Row {
        stdin: "protocol=https\nhost=git.example\nusername=u\n\n",
        ..printing("credential-helper git", "--host git.example get")
    },
    Row {
        stdin: "protocol=https\nhost=git.example\npassword=old\n\n",
        ..row("credential-helper git", "--host git.example erase")
    },
    printing("credential-helper k8s", ""),
    printing("credential-helper process", ""),
    serving("proxy", "", &["whoami", "items", "nothing"]),
    row("whoami", ""),
    row("whoami", "--profile file --offline"),
    row("whoami", "--offline -o json"),
    row("sources", "--explain"),
    row("sources", "--explain -o json"),
    row("doctor", ""),
    row("doctor", "--json --profile skyflow"),
    printing("pat create", "--profile cape --name n"),
    row("pat list", "--profile cape"),
    Row { stdin: secrets::REFUSED, code: 1, ..row("pat list", "--profile cape --token-file -") },
    row("pat delete", "--profile cape {pat}"),
    printing("keys create", "--profile skyflow --management-url {management} --name n"),
    Row { code: 1, ..row("keys list", "--profile skyflow --management-url {management} nobody") },
    Row { code: 1, ..printing("keys rotate", "--profile skyflow --management-url {management} nobody none") },
    Row { code: 1, ..row("keys disable", "--profile skyflow --management-url {management} nobody none") },
    Row { code: 1, ..row("keys enable", "--profile skyflow --management-url {management} nobody none") },
    Row { code: 1, ..row("keys delete", "--profile skyflow --management-url {management} nobody none") },
    row("cache clear", ""),
    serving("broker", "--allow-origin https://app.example --session-secret-env SESSION_SECRET", &["token", "nothing"]),
    row("emulator", "-- true"),
    serving("emulator", "", &["api/whoami", "cape/v1/tokens"]),
    row("cache clear", ""),
    row("completions", "bash"),
];

impl Row {
    /// What came of it, at `-vv`.
    pub(super) async fn run(&self, scene: &Scene) -> Ended {
        let line = format!("-vv --timeout 10s --dotenv {} {} {}", scene.dotenv.display(), self.command, self.arguments);
        let words = line.split_whitespace().map(|word| scene.filled_in(word));
        let mut command = scene.user.authctl(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may have ended without reading it.
        let _ = child.stdin.take().unwrap().write_all(self.stdin.as_bytes()).await;
        if self.asked.is_empty() {
            return Ended::of(child.wait_with_output().await.unwrap());
        }
        let mut printed = Vec::new();
        let mut stdout = child.stdout.take().unwrap();
        while !printed.contains(&b'\n') && stdout.read_buf(&mut printed).await.unwrap() > 0 {}
        let first = String::from_utf8_lossy(&printed).into_owned();
        let url = Regex::new(r"http://127\.0\.0\.1:[0-9]+").unwrap();
        if let Some(url) = url.find(&first) {
            self.ask(url.as_str()).await;
        }
        child.start_kill().unwrap();
        stdout.read_to_end(&mut printed).await.unwrap();
        let output = child.wait_with_output().await.unwrap();
        let code = if first.is_empty() { output.status.code() } else { Some(self.code) };
        let ended = Ended::of(output);
        Ended { code, stdout: String::from_utf8(printed).unwrap(), ..ended }
    }

    /// With the right secret and with wrong ones, in every place that has one.
    async fn ask(&self, url: &str) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        for path in self.asked {
            for secret in [secrets::SESSION, secrets::REFUSED] {
                let request = client.get(format!("{url}/{path}?key={}", secrets::QUERY_SECRET)).bearer_auth(secret);
                let request = request.header("origin", "https://app.example").header("cookie", format!("s={secret}"));
                // Whatever it answers: what it says of that is looked at.
                let _ = request.send().await;
            }
        }
    }
}
