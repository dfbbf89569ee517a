//! docs/reference/authctl.md, from the definition of the commands and the settings that the library looks up. Compiled for
//! tests alone: one says when the page is behind, and `just reference` runs the same one to write it.

use std::fmt::Write;
use std::path::Path;

use clap::{Arg, Command, CommandFactory};

use crate::cli::Cli;

mod variables;

const HEAD: &str = "\
# authctl

Every command and option, the exit codes, variables and files. Written by `just reference` from what the program itself parses; a
test fails when this file is behind. [The walkthrough](../../crates/auth-cli/README.md) shows them at work,
[the guide](../guides/authctl.md) says which to use for what.
";

const TAIL: &str = "\
## Exit codes

| code | meaning | what a script does |
| --- | --- | --- |
| 0 | it did what it was asked to | goes on |
| 1 | it failed, and the same will fail again | stops, and shows stderr |
| 2 | the arguments make no sense | is repaired |
| 3 | there is no credential that could be used: none is configured, or a setting is wrong | asks for a setting |
| 4 | a person has to sign in | asks that person |
| 5 | it may work later: a network, a server that is overloaded, a limit of time | tries again, later |

`authctl exec` ends as the program that it ran.

## Variables

<!-- variables -->

The systems' own (`WATSONX_APIKEY`, `PODSTACK_API_TOKEN`, ..) are on [the page of all variables](environment.md); names in a profile are of
your own choice. An option wins over a variable. Output that is not a terminal has no colours.

## Files

| file | what it is |
| --- | --- |
| `~/.config/authctl/config.toml` | profiles: [their guide](../guides/profiles.md). `$XDG_CONFIG_HOME` and `AUTHCTL_CONFIG` move it; `%APPDATA%` on Windows |
| `~/.cache/authctl/` | tokens between two commands, for the user alone (0600); `authctl cache clear` removes them |

The systems' own files (`~/.podstack/credentials`, `~/.config/cape/auth`, ..) are where [their guides](../guides/systems) say.
";

fn page() -> String {
    let mut program = Cli::command();
    program.build();
    let mut page = HEAD.to_owned();
    page += "\n## Everywhere\n\n";
    page += &options(program.get_arguments().filter(|one| one.is_global_set()));
    page += "\n## Commands\n";
    let everywhere = passed_on(&program);
    for command in program.get_subcommands().filter(|one| is_shown(one)) {
        add(&mut page, command, "authctl", &everywhere);
    }
    page += "\n";
    page + &TAIL.replace("<!-- variables -->\n", &variables::table())
}

fn is_shown(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

/// What the commands below a command understand, too.
fn passed_on(command: &Command) -> Vec<Arg> {
    command.get_arguments().filter(|one| one.is_global_set()).cloned().collect()
}

/// Whether it is one of those. One of the same name that means something else is not.
fn is_among(inherited: &[Arg], argument: &Arg) -> bool {
    inherited.iter().any(|one| one.get_id() == argument.get_id() && one.get_help() == argument.get_help())
}

/// The section of one command, and of those below it.
fn add(page: &mut String, command: &Command, above: &str, inherited: &[Arg]) {
    let name = format!("{above} {}", command.get_name());
    let about = command.get_long_about().or(command.get_about()).expect("a test asks for one");
    write!(page, "\n### {name}\n\n{}\n", sentence(&about.to_string())).unwrap();
    let below: Vec<_> = command.get_subcommands().filter(|one| is_shown(one)).collect();
    if below.is_empty() {
        let usage = command.clone().render_usage().to_string();
        write!(page, "\n```text\n{}\n```\n", usage.trim_start_matches("Usage: ")).unwrap();
    }
    let own: Vec<_> = command.get_arguments().filter(|one| !is_among(inherited, one) && is_own(one)).collect();
    if !own.is_empty() {
        page.push('\n');
        page.push_str(&options(own.into_iter()));
    }
    if let Some(examples) = command.get_after_help() {
        write!(page, "\n```text\n{}\n```\n", examples.to_string().trim_end()).unwrap();
    }
    let passed_on = passed_on(command);
    below.into_iter().for_each(|command| add(page, command, &name, &passed_on));
}

/// What clap adds is the same everywhere.
fn is_own(argument: &Arg) -> bool {
    !argument.is_hide_set() && !["help", "version"].contains(&argument.get_id().as_str())
}

/// One line an option, with the defaults if there are any.
fn options<'a>(all: impl Iterator<Item = &'a Arg>) -> String {
    let rows: Vec<_> = all.map(|one| (shape(one), meaning(one), default(one))).collect();
    let has_default = rows.iter().any(|(.., default)| !default.is_empty());
    let mut table = if has_default {
        "| option | what it is | default |\n| --- | --- | --- |\n".to_owned()
    } else {
        "| option | what it is |\n| --- | --- |\n".to_owned()
    };
    for (shape, meaning, default) in rows {
        write!(table, "| `{shape}` | {meaning} |").unwrap();
        table += &if has_default { format!(" {default} |\n") } else { "\n".to_owned() };
    }
    table
}

/// As it is typed.
fn shape(argument: &Arg) -> String {
    let short = argument.get_short().map(|short| format!("-{short}"));
    let long = argument.get_long().map(|long| format!("--{long}"));
    let names: Vec<_> = [short, long].into_iter().flatten().collect();
    let takes_value = argument.get_action().takes_values();
    let values = argument.get_value_names().unwrap_or_default().join(" ");
    let many = if argument.get_num_args().is_some_and(|number| number.max_values() > 1) { "..." } else { "" };
    match (names.is_empty(), takes_value) {
        (true, _) => format!("{values}{many}"),
        (false, true) => format!("{} {values}", names.join(", ")),
        (false, false) => names.join(", "),
    }
}

fn meaning(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help()).expect("a test asks for one");
    let mut meaning = sentence(&help.to_string()).replace('\n', " ");
    let values: Vec<_> = argument.get_possible_values().into_iter().filter(|one| !one.is_hide_set()).collect();
    if argument.get_action().takes_values() && !values.is_empty() {
        let values: Vec<_> = values
            .iter()
            .map(|value| match value.get_help() {
                Some(help) => format!("`{}` ({help})", value.get_name()),
                None => format!("`{}`", value.get_name()),
            })
            .collect();
        write!(meaning, " {}.", values.join(", ")).unwrap();
    }
    meaning.replace('|', "\\|")
}

fn default(argument: &Arg) -> String {
    if !argument.get_action().takes_values() {
        return String::new();
    }
    argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// clap takes the full stop of a paragraph away.
fn sentence(text: &str) -> String {
    let ended = |text: &str| if text.ends_with(['.', ':']) { text.to_owned() } else { format!("{text}.") };
    text.trim_end().split("\n\n").map(ended).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn the_page_of_commands_is_what_can_be_typed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/authctl.md");
    let written = snapbox::Data::read_from(&path, Some(snapbox::data::DataFormat::Text)).raw();
    let assert = snapbox::Assert::new().action_env("SNAPSHOTS").normalize_paths(false);
    let behind = "docs/reference/authctl.md, which `just reference` writes";
    assert
        .try_eq(Some(&behind), snapbox::Data::text(page()), written)
        .unwrap_or_else(|difference| panic!("{difference}"));
}

#[test]
fn every_command_and_option_says_what_it_is_for() {
    fn check(command: &Command, above: &str) {
        let name = format!("{above} {}", command.get_name());
        assert!(command.get_about().is_some(), "{name}");
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{name}: {}", argument.get_id());
        }
        command.get_subcommands().for_each(|below| check(below, &name));
    }
    check(&Cli::command(), "");
}
