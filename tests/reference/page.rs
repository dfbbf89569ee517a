//! The page of all variables, from what the library looks up.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use auth_core::settings::Setting;
use auth_core::systems::reference;

/// What stands above the tables.
const HEAD: &str = "\
# Environment variables

Every variable that these crates look up, and every key that a profile may have for the same. Written by `just reference` from
the settings that the code uses (`auth_core::systems::reference()`); a test fails when this file is behind, and another when the
code names a variable that is not here.

* An argument wins over a variable, a variable over a key of the profile, that over the default. Of several variables or keys in
  a row the first that is set wins. Where a system has it otherwise, its [guide](../guides/systems) says so.
* An empty variable counts as unset.
* The process's environment is looked at where a program says so (`from_env(&Env::process())`), and never changed. A `.env` file is
  put behind it on request: [profiles](../guides/profiles.md#env-files).
* Profiles that describe a system of their own name their own variables: [a system in TOML](../guides/custom-system.md).
* **Secret** ones are never shown, neither in errors nor by `explain()`.

Not here: what HTTP clients read by themselves. reqwest takes proxies from `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and
`NO_PROXY`, unless it is told not to.
";

/// The headings, in the order of the page: what [`reference`] calls the part, what it is called, and a word about it.
const PARTS: [(&str, &str, &str); 11] = [
    ("profiles", "Profiles", "[Profiles](../guides/profiles.md) of a program's own and `authctl`'s."),
    ("chain", "Chains", "A [chain](../../crates/auth-core/src/sources/chain/source.rs) looks it up at every fetch."),
    ("folders", "Folders", "Taken from the process alone: a `.env` file does not move them."),
    (
        "exec",
        "Helper programs",
        "A [helper program](../../crates/auth-core/src/sources/exec/source.rs) gets these and no others, but for those that its \
         source names (`pass_env`, `env`).",
    ),
    (
        "exports",
        "Programs that are given a token",
        "What `authctl exec` and `authctl export` set. A program of a system finds it under the names of its own as well: those of the \
         settings `token`, `token_file`, `url` or `endpoint`, `project` and `account` below. The SDKs of IBM Cloud's services each \
         have a prefix of their own, so there `--env` says the name.",
    ),
    ("cape", "Cape", "[Guide](../guides/systems/cape.md). Without a token, the login in `~/.config/cape/auth`."),
    (
        "ibm",
        "IBM Cloud",
        "[Guide](../guides/systems/watsonx.md#other-services-of-ibm-cloud). `<SERVICE>` is the service's name in upper case, \
         with `_` for `-` and space. The first of credentials file, variables and bound services that says anything counts whole.",
    ),
    ("ivcap", "IVCAP", "[Guide](../guides/systems/ivcap.md)."),
    ("podstack", "Podstack", "[Guide](../guides/systems/podstack.md). Keys stand in `~/.podstack/credentials`, too."),
    ("skyflow", "Skyflow", "[Guide](../guides/systems/skyflow.md)."),
    ("watsonx", "watsonx.ai", "[Guide](../guides/systems/watsonx.md)."),
];

/// Where the page is.
pub(crate) fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/environment.md")
}

/// What it says.
pub(crate) fn text() -> String {
    let all = reference();
    let mut page = HEAD.to_owned();
    for (system, title, about) in PARTS {
        let rows: Vec<&Setting> = all.iter().filter(|row| row.0 == system).map(|row| &row.1).collect();
        assert!(!rows.is_empty(), "nothing is there of {system}: is its feature on?");
        write!(page, "\n## {title}\n\n{about}\n\n").unwrap();
        page += &table(&rows);
    }
    let missing = all.iter().find(|row| PARTS.iter().all(|(system, ..)| *system != row.0));
    assert!(missing.is_none(), "there is no heading for {missing:?}");
    page += "\n## By name\n\n| variable | where |\n| --- | --- |\n";
    for (variable, places) in by_name(&all) {
        writeln!(page, "| `{variable}` | {} |", places.join(", ")).unwrap();
    }
    page
}

/// One line a setting, with the columns that have something in them.
fn table(rows: &[&Setting]) -> String {
    let has_keys = rows.iter().any(|row| !row.keys().is_empty());
    let has_default = rows.iter().any(|row| row.default().is_some());
    let columns = ["variables", "setting", "what it is"].into_iter();
    let columns: Vec<&str> =
        columns.chain(has_keys.then_some("keys")).chain(has_default.then_some("default")).collect();
    let mut table = format!("| {} |\n|{}\n", columns.join(" | "), " --- |".repeat(columns.len()));
    for row in rows {
        let secret = if row.is_secret() { "**Secret**: " } else { "" };
        write!(table, "| {} | {} | {secret}{} |", quoted(row.variables()), row.name(), row.about()).unwrap();
        if has_keys {
            write!(table, " {} |", quoted(row.keys())).unwrap();
        }
        if has_default {
            write!(table, " {} |", row.default().unwrap_or_default()).unwrap();
        }
        table.push('\n');
    }
    table
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Each variable, and the parts of the page that it is in.
fn by_name(all: &[(&'static str, Setting)]) -> BTreeMap<&'static str, Vec<String>> {
    let mut index: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for (part, setting) in all {
        let title = PARTS.iter().find(|(system, ..)| system == part).map_or(*part, |(_, title, _)| title);
        let link = format!("[{title}](#{})", title.to_lowercase().replace(' ', "-").replace('.', ""));
        for variable in setting.variables() {
            let places = index.entry(variable).or_default();
            if !places.contains(&link) {
                places.push(link.clone());
            }
        }
    }
    index
}
