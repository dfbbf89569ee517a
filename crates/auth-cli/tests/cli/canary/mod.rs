//! No secret where it has no business: every command, with secrets in all that it reads and is answered, at `-vv`, whether it
//! succeeds or fails. stderr never shows one; stdout shows a token where that is what the command is for, and nothing else.
//!
//! | file | what it has |
//! | --- | --- |
//! | [`rows`] | the commands, as they are run here. A new one fails until it has a row |
//! | [`scenes`] | what they run into |
//! | [`secrets`] | the secrets that are planted |
//! | [`elsewhere`] | what is neither stdout nor stderr: files, what programs are given, what the proxy says itself |
//! | [`plants`] | ten leaks there, which are found |

#[cfg(unix)]
mod elsewhere;
#[cfg(unix)]
mod plants;
mod rows;
mod scenes;
mod secrets;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use tokio::task::JoinSet;

use self::rows::{ROWS, Row};
use self::scenes::Scene;
use crate::commands;
use crate::hunt::Hunt;
use crate::rig::Ended;

static JWT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+").unwrap());

#[tokio::test]
async fn every_command_has_a_row() {
    let there: BTreeSet<_> = commands::all().await.into_iter().collect();
    let rows: BTreeSet<_> = ROWS.iter().map(|row| row.command.to_owned()).collect();
    assert_eq!(there, rows, "the commands of `authctl --help`, and the rows here");
}

// While one answer is looked at, the emulators serve the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_shows_a_secret_that_it_was_not_asked_for() {
    for make in scenes::ALL {
        // At once, because some wait; each in a scene of its own, because one must not spare another its failure.
        let mut running: JoinSet<()> = ROWS.iter().map(|row| check(row, make)).collect();
        while let Some(checked) = running.join_next().await {
            checked.unwrap();
        }
    }
}

async fn check(row: &'static Row, make: scenes::Make) {
    let scene = make().await;
    let ended = row.run(&scene).await;
    let what = format!("authctl {} {}, {}", row.command, row.arguments, scene.name);
    let hunt = after(&scene);
    if let Err(leak) = judge(row, &scene, &hunt, &ended) {
        panic!("{what}: {leak}\n{ended:#?}");
    }
    #[cfg(unix)]
    assert_eq!(elsewhere::left_behind(&scene, &hunt), None, "{what}: {ended:#?}");
    if scene.succeeds {
        assert_eq!(ended.code, Some(row.code), "{what}: {ended:#?}");
    } else if row.command == "token" && row.arguments.is_empty() {
        assert!(ended.code > Some(0) && !ended.stderr.is_empty(), "{what} is no failure: {ended:#?}");
    }
}

fn after(scene: &Scene) -> Hunt {
    Hunt::after(scene.secrets().iter().map(|(name, secret)| (name.as_str(), telling(secret))))
}

/// What of the scene's secrets is shown, and should not be.
fn judge(row: &Row, scene: &Scene, hunt: &Hunt, ended: &Ended) -> Result<(), String> {
    let secrets = scene.secrets();
    if let Some(found) = hunt.find(&ended.stderr) {
        return Err(format!("stderr shows {found}"));
    }
    let mut rest = ended.stdout.clone();
    if row.prints_token {
        // What it made itself is in no list, and is for stdout alone.
        let made = ended
            .stdout
            .split(|c: char| c.is_whitespace() || "\"'=".contains(c))
            .filter(|word| word.len() >= 40 && !word.starts_with('/'));
        if Hunt::after(made.map(|word| ("what is on stdout", telling(word)))).find(&ended.stderr).is_some() {
            return Err("stderr shows what is on stdout".to_owned());
        }
        // One that was made by the command itself is in no list.
        let jwts = JWT.find_iter(&ended.stdout).map(|jwt| jwt.as_str());
        let listed =
            secrets.iter().filter(|(name, _)| name.starts_with(scenes::TOKEN)).map(|(_, token)| token.as_str());
        let shown: BTreeSet<_> = listed.filter(|token| ended.stdout.contains(token)).chain(jwts).collect();
        if shown.len() > 1 {
            return Err("stdout shows more tokens than one".to_owned());
        }
        shown.iter().for_each(|token| rest = rest.replace(token, ""));
    }
    hunt.find(&rest).map_or(Ok(()), |found| Err(format!("stdout shows {found}")))
}

/// What makes a token one: the beginning of its signature. Before that it is much like others, and long.
fn telling(secret: &str) -> &str {
    match secret.rsplit_once('.') {
        Some((_, signature)) if secret.starts_with("eyJ") => &signature[..signature.len().min(64)],
        _ => secret,
    }
}

#[tokio::test]
async fn a_leak_would_be_noticed() {
    let scene = scenes::good().await;
    let token = ROWS.iter().find(|row| row.command == "token").unwrap();
    let ended = token.run(&scene).await;
    let hunt = after(&scene);
    assert_eq!(judge(token, &scene, &hunt, &ended), Ok(()));
    assert!(ended.stdout.starts_with("eyJ"), "{ended:?}");
    // The same by a command that is not for it.
    let other = Row { prints_token: false, ..*token };
    assert_eq!(judge(&other, &scene, &hunt, &ended), Err(format!("stdout shows {}", scenes::TOKEN)));
    for (leak, name) in [
        (ended.stdout.clone(), scenes::TOKEN),
        (format!("warning: the key {:?} is refused", secrets::API_KEY), "the API key"),
        (secrets::PASSWORD.bytes().map(|byte| format!("%{byte:02x}")).collect(), "percent-encoded"),
    ] {
        let leaking =
            Ended { stderr: format!("{}{leak}", ended.stderr), ..Ended { stdout: String::new(), ..ended_as(&ended) } };
        assert!(judge(token, &scene, &hunt, &leaking).unwrap_err().contains(name), "{leak}");
    }
}

fn ended_as(ended: &Ended) -> Ended {
    Ended { code: ended.code, stdout: ended.stdout.clone(), stderr: ended.stderr.clone() }
}
