//! Whatever a value is, it comes back as it was.

use super::Format;
use hostile::PIECES;

#[path = "../../../tests/programs/hostile.rs"]
mod hostile;

/// Those of [`PIECES`], joined in pairs.
fn hostile() -> Vec<String> {
    let pairs = PIECES.iter().flat_map(|one| PIECES.iter().map(move |other| format!("{one}{other}")));
    pairs.chain([PIECES.concat()]).collect()
}

/// A POSIX sh evaluates the assignments and prints what it has, NUL between values.
#[cfg(unix)]
#[test]
fn a_shell_gives_every_value_back() {
    let values = hostile();
    for format in [Format::Env, Format::EnvNoExport] {
        let mut script = String::new();
        for value in &values {
            script += &format.assignment("VALUE", value).unwrap();
            script +=
                if format == Format::Env { "env printf '%s\\0' \"$VALUE\"\n" } else { "printf '%s\\0' \"$VALUE\"\n" };
        }
        // By a file: an argument can't be as long.
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), script).unwrap();
        let output = std::process::Command::new("sh").arg(file.path()).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        let printed = String::from_utf8(output.stdout).unwrap();
        let printed: Vec<&str> = printed.split_terminator('\0').collect();
        assert_eq!(printed, values);
    }
}

/// Whoever has it sourced gets the value, or the user was told that it can't be written.
#[test]
fn readers_of_env_files_and_a_shell_give_every_value_back_or_it_is_refused() {
    let (mut kept, mut refused) = (Vec::new(), 0);
    let folder = tempfile::tempdir().unwrap();
    let mut script = String::new();
    for value in hostile() {
        let Ok(line) = Format::Dotenv.assignment("VALUE", &value) else {
            let is_between = value.contains('\'') && value.contains(['\\', '"', '$', '`', '!', '\n']);
            let is_control = value.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t'));
            assert!(is_between || is_control || value.contains(r"\\") || value.ends_with('\\'), "{value:?}");
            refused += 1;
            continue;
        };
        let path = folder.path().join(format!("{}.env", kept.len()));
        std::fs::write(&path, format!("{line}AFTER=1\n")).unwrap();
        let env = auth_core::Env::empty();
        for read in [
            auth_core::settings::DotEnv::read(&path, &env).unwrap(),
            auth_core::settings::DotEnv::read_expanded(&path, &env).unwrap(),
        ] {
            assert_eq!(read.get("VALUE").unwrap().expose(), value, "{line}");
            assert_eq!(read.get("AFTER").unwrap().expose(), "1", "{line}");
        }
        script += &format!(". ./{}.env; printf '%s\\0' \"$VALUE\"\n", kept.len());
        kept.push(value);
    }
    assert!(kept.len() > 1400 && refused > 300, "{} kept, {refused} refused", kept.len());
    if cfg!(unix) {
        std::fs::write(folder.path().join("script"), script).unwrap();
        let output = std::process::Command::new("sh").arg("script").current_dir(folder.path()).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        for (printed, value) in printed.split_terminator('\0').zip(&kept) {
            assert_eq!(printed, value);
        }
        assert!(output.stderr.is_empty() && printed.matches('\0').count() == kept.len(), "{:?}", output.stderr);
    }
}

/// As the runner reads it: the first line that is the delimiter ends the value.
#[test]
fn the_runner_of_github_actions_gives_every_value_back() {
    let own = Format::GithubActions.assignment("VALUE", "x").unwrap();
    let delimiter = own.lines().last().unwrap().to_owned();
    for value in hostile().into_iter().chain([delimiter.clone(), format!("x\n{delimiter}\nEVIL<<x")]) {
        let text = Format::GithubActions.assignment("VALUE", &value).unwrap();
        let (head, rest) = text.split_once('\n').unwrap();
        let delimiter = head.strip_prefix("VALUE<<").unwrap();
        let lines: Vec<&str> = rest.strip_suffix('\n').unwrap().split('\n').collect();
        let end = lines.iter().position(|line| *line == delimiter).unwrap();
        assert_eq!(lines[..end].join("\n"), value);
        assert_eq!(end + 1, lines.len(), "nothing is behind it");
    }
}

#[test]
fn cmd_and_powershell_get_what_they_can_hold() {
    let cmd = |value| Format::Cmd.assignment("A", value);
    assert_eq!(cmd("a%b^c&d|e<f>g!h").unwrap(), "set \"A=a%%b^c&d|e<f>g!h\"\r\n");
    for unfit in ["a\nb", "a\rb", "a\"b", "é", "\u{1a}", "\0"] {
        assert!(cmd(unfit).is_err(), "{unfit:?}");
    }
    assert!(cmd(&"x".repeat(8192)).is_err());
    let powershell = |value| Format::PowerShell.assignment("A", value).unwrap();
    assert_eq!(powershell("a'b\u{2019}c$d`e\"\n"), "$env:A = 'a''b\u{2019}\u{2019}c$d`e\"\n'\n");
}

#[test]
fn what_no_environment_holds_is_refused_everywhere() {
    for format in [Format::Env, Format::Fish, Format::PowerShell, Format::Dotenv, Format::GithubActions] {
        assert!(format.assignment("A", "a\0b").is_err(), "{format:?}");
    }
}
