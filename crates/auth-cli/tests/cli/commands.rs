//! What can be typed, as `--help` lists it: tests that need something of every command learn here which there are.

use crate::rig::User;

/// Every command that does something, such as `token` and `pat create`, in the order of the help.
pub(crate) async fn all() -> Vec<String> {
    let user = User::new();
    let (mut found, mut open) = (Vec::new(), vec![String::new()]);
    while let Some(above) = open.pop() {
        let help = user.run(&format!("{above} --help")).await.data();
        let below = listed(&help);
        if below.is_empty() {
            found.push(above);
        } else {
            open.extend(below.iter().rev().map(|name| format!("{above} {name}").trim().to_owned()));
        }
    }
    assert!(found.iter().any(|command| command == "token") && found.len() > 1, "{found:?}");
    found
}

/// The names under the help's heading.
fn listed(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // What goes on from the line above is indented further.
    let names = lines.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect()
}

#[tokio::test]
async fn every_help_fits_into_a_hundred_columns() {
    for command in all().await {
        let words: Vec<_> = command.split(' ').collect();
        for end in 0..=words.len() {
            for flag in ["-h", "--help"] {
                let help = User::new().run(&format!("{} {flag}", words[..end].join(" "))).await.data();
                let long: Vec<_> = help.lines().filter(|line| line.chars().count() > 100).collect();
                assert!(long.is_empty(), "authctl {} {flag}: {long:#?}", words[..end].join(" "));
            }
        }
    }
}
