//! `authctl sources`.

use auth_emulator::Emulator;
use serde_json::Value;

use crate::rig::{Ended, User, exchanging};

async fn listed(user: &User, line: &str) -> Vec<(String, String, String)> {
    let ended = user.run(&format!("sources -o json {line}")).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let all: Value = serde_json::from_str(&ended.stdout).unwrap();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let rows = all["sources"].as_array().unwrap().iter();
    rows.map(|row| (text(row, "source"), text(row, "state"), text(row, "reason"))).collect()
}

fn state<'a>(rows: &'a [(String, String, String)], name: &str) -> &'a str {
    rows.iter().find(|row| row.0 == name).map_or("not listed", |row| &row.1)
}

#[tokio::test]
async fn the_first_that_is_configured_is_used_and_the_next_is_available() {
    let user =
        User::new().with("IVCAP_URL", "https://ivcap.example").with("IVCAP_JWT", "t").with("PODSTACK_API_KEY", "t");
    let rows = listed(&user, "").await;
    let names: Vec<&str> = rows.iter().map(|row| row.0.as_str()).collect();
    assert_eq!(names, ["profile default", "cape", "ibm", "ivcap", "podstack", "skyflow", "watsonx"]);
    assert_eq!(
        [state(&rows, "cape"), state(&rows, "ivcap"), state(&rows, "podstack")],
        ["not configured", "used", "available"]
    );
    let Ended { stdout, stderr, .. } = user.run("sources").await;
    let line = |name: &str| stdout.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    assert!(line("ORDER").starts_with("ORDER  SOURCE           STATE"), "{stdout}");
    assert!(line(" ivcap").contains("token: the variable IVCAP_JWT"), "{stdout}");
    // Each in its column.
    for (column, value) in [("PROVENANCE", "token: the variable"), ("REASON", "the first that is configured")] {
        assert_eq!(line("ORDER").find(column), line(" ivcap").find(value), "{stdout}");
    }
    assert!(line(" watsonx").contains("set WATSONX_APIKEY"), "{stdout}");
    assert!(stderr.contains("config.toml (not there)"), "{stderr}");
}

#[tokio::test]
async fn one_that_is_broken_is_not_passed_over() {
    let user = User::new().with_config(
        "[profile.default]\ntype = \"token\"\nendpoint = \"https://a.example\"\ntoken = \"t\"\ntokn = \"t\"\n",
    );
    let user = user.with("PODSTACK_API_KEY", "t");
    let rows = listed(&user, "").await;
    assert_eq!([state(&rows, "profile default"), state(&rows, "podstack")], ["broken", "available"]);
    assert!(!rows.iter().any(|row| row.1 == "used"), "{rows:?}");

    let user = User::new().with_config("[profile.default\n");
    let rows = listed(&user, "").await;
    assert_eq!(state(&rows, "profile default"), "broken");
    assert!(rows[0].2.contains("config.toml:1"), "{}", rows[0].2);
}

#[tokio::test]
async fn what_is_pinned_alone_is_asked_and_the_others_say_how_to_name_them() {
    let emulator = Emulator::start().await.unwrap();
    let config =
        exchanging(&emulator) + "[profile.other]\ntype = \"token\"\nendpoint = \"https://a.example\"\ntoken = \"t\"\n";
    let user = User::new().with_config(&config).with("PODSTACK_API_KEY", "t");
    for (line, used, reason) in [
        ("", "profile default", "the first that is configured"),
        ("--profile other", "profile other", "--profile chooses it"),
        ("--system podstack", "podstack", "--system chooses it"),
    ] {
        let rows = listed(&user, line).await;
        let row = rows.iter().find(|row| row.1 == "used").unwrap();
        assert_eq!((row.0.as_str(), row.2.as_str()), (used, reason), "{line}");
        assert_eq!(state(&rows, "podstack"), if used == "podstack" { "used" } else { "available" }, "{line}");
        assert_eq!(rows.iter().filter(|row| row.0.starts_with("profile ")).count(), 2, "{rows:?}");
    }
    let chosen = user.with("AUTHCTL_SOURCE", "podstack");
    let rows = listed(&chosen, "").await;
    assert_eq!([state(&rows, "profile default"), state(&rows, "podstack")], ["available", "used"]);
    let ended = chosen.run("sources").await;
    assert!(ended.stderr.contains("AUTHCTL_SOURCE chooses"), "{}", ended.stderr);
}

#[tokio::test]
async fn explain_has_each_setting_with_its_place_and_no_secret() {
    let user = User::new().with("PODSTACK_API_KEY", "S3CR3T-T0K3N").with("PODSTACK_PROJECT", "p-1");
    for line in ["sources --explain", "sources -v"] {
        let ended = user.run(line).await;
        assert!(ended.stdout.contains("  project: p-1 (the variable PODSTACK_PROJECT)\n"), "{}", ended.stdout);
        assert!(ended.stdout.contains("  token: set, not shown (the variable PODSTACK_API_KEY)\n"), "{}", ended.stdout);
    }
    let text = user.run("sources --explain -o json").await.data();
    let all: Value = serde_json::from_str(&text).unwrap();
    let podstack = all["sources"].as_array().unwrap().iter().find(|row| row["source"] == "podstack").unwrap();
    let token = podstack["settings"].as_array().unwrap().iter().find(|setting| setting["name"] == "token").unwrap();
    assert_eq!((token["secret"].as_bool(), token["value"].as_str()), (Some(true), None), "{text}");
}
