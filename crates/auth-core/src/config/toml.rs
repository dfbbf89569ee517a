//! The TOML config: `[profile.NAME]` and `[system.NAME]` tables.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeArray, DeInteger, DeTable, DeValue};

use super::fault::Fault;
use crate::Secret;
use crate::settings::{Profile, Value};

/// What a config holds.
#[derive(Debug, Default)]
pub(crate) struct Config {
    pub(crate) profiles: Vec<Profile>,
    pub(crate) systems: Vec<Profile>,
}

/// Reads a config, whose profiles say that they are from `path`.
///
/// # Errors
/// The first line that belongs to none. The parser's own message is not told: it may quote the text.
pub(crate) fn parse(text: &str, path: &Path, nearby: bool) -> Result<Config, Fault> {
    let reader = Reader { lines: starts_of_lines(text), path, nearby };
    let table = DeTable::parse(text).map_err(|error| {
        let reason = match error.message() {
            "duplicate key" => "the same key stands above already",
            _ => "no TOML; strings need quotes",
        };
        Fault::syntax(reader.line(error.span().map_or(0, |span| span.start)), reason)
    })?;
    reader.config(table.get_ref())
}

struct Reader<'a> {
    /// Where each line starts, so that a key's line is not counted from the top for every key.
    lines: Vec<usize>,
    path: &'a Path,
    nearby: bool,
}

/// Whether a table may hold tables.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Flat,
    Deep,
}

impl Reader<'_> {
    fn config(&self, table: &DeTable<'_>) -> Result<Config, Fault> {
        let mut config = Config::default();
        for (key, value) in in_order(table) {
            let (found, depth) = match key.get_ref().as_ref() {
                "profile" => (&mut config.profiles, Depth::Flat),
                "system" => (&mut config.systems, Depth::Deep),
                _ => return Err(self.fault(key, "only [profile.NAME] and [system.NAME] tables belong here")),
            };
            let wanted = "a table is needed here: [profile.NAME] or [system.NAME]";
            let tables = value.get_ref().as_table().ok_or_else(|| self.fault(key, wanted))?;
            for (name, value) in in_order(tables) {
                let table = value.get_ref().as_table().ok_or_else(|| self.fault(name, wanted))?;
                let mut profile = Profile::new(name.get_ref().as_ref(), self.path, self.nearby);
                self.fill(&mut profile, "", table, depth)?;
                found.push(profile);
            }
        }
        Ok(config)
    }

    fn fill(&self, profile: &mut Profile, above: &str, table: &DeTable<'_>, depth: Depth) -> Result<(), Fault> {
        for (key, value) in in_order(table) {
            let name = format!("{above}{}", key.get_ref());
            let value = match value.get_ref() {
                DeValue::String(text) => Value::Literal(Secret::new(text.as_ref())),
                DeValue::Boolean(value) => Value::Literal(Secret::new(value.to_string())),
                DeValue::Integer(number) => {
                    Value::Literal(self.integer(number).ok_or_else(|| self.fault(key, "this number is too large"))?)
                }
                DeValue::Array(array) => Value::List(
                    strings(array)
                        .ok_or_else(|| self.fault(key, "a list holds strings in quotes, and nothing else"))?,
                ),
                DeValue::Table(table) => match (reference(table), depth) {
                    (Some(reference), _) => reference,
                    (None, Depth::Deep) => {
                        self.fill(profile, &format!("{name}."), table, depth)?;
                        continue;
                    }
                    (None, Depth::Flat) => {
                        let reason = "a table here is { env = \"NAME\" } or { file = \"path\" }, and nothing else";
                        return Err(self.fault(key, reason));
                    }
                },
                DeValue::Float(_) | DeValue::Datetime(_) => {
                    return Err(self.fault(key, "this value needs quotes; only integers and booleans go without"));
                }
            };
            profile.insert(name, value, Some(self.line(key.span().start)));
        }
        Ok(())
    }

    fn integer(&self, number: &DeInteger<'_>) -> Option<Secret> {
        i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| Secret::new(number.to_string()))
    }

    fn fault<T>(&self, at: &Spanned<T>, reason: &'static str) -> Fault {
        Fault::syntax(self.line(at.span().start), reason)
    }

    fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|&start| start <= at)
    }
}

fn starts_of_lines(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// As they stand in the file, so that the first fault is told.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Spanned<toml::de::DeString<'i>>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

fn strings(array: &DeArray<'_>) -> Option<Vec<Secret>> {
    array.iter().map(|value| value.get_ref().as_str().map(Secret::new)).collect()
}

/// `{ env = "NAME" }` or `{ file = "path" }`.
fn reference(table: &DeTable<'_>) -> Option<Value> {
    let mut entries = table.iter();
    let (Some((key, value)), None) = (entries.next(), entries.next()) else { return None };
    let value = value.get_ref().as_str()?;
    match key.get_ref().as_ref() {
        "env" => Some(Value::Variable(value.to_owned())),
        "file" => Some(Value::File(PathBuf::from(value))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Env, Error};

    fn read(text: &str) -> Result<Config, Fault> {
        parse(text, Path::new("/etc/acme/config.toml"), false)
    }

    #[test]
    fn values_become_strings_and_know_their_lines() -> Result<(), Error> {
        let config = read(
            "[profile.work]\ntype = 'static'\nport = 0x1F\nquiet = true\nkey = { env = \"KEY\" }\n\n\
             scopes = [\n  \"a\",\n  \"b\",\n]\nempty = \"\"\n[profile.\"a b\"]\nurl = \"\\u00e9\"\n",
        );
        let config = config.unwrap();
        let (env, work) = (Env::of([("KEY", "k3y")]), &config.profiles[0]);
        for (key, value, place) in [
            ("type", "static", "type in /etc/acme/config.toml:2"),
            ("port", "31", "port in /etc/acme/config.toml:3"),
            ("quiet", "true", "quiet in /etc/acme/config.toml:4"),
            ("key", "k3y", "the variable KEY"),
        ] {
            let found = work.find("setting", key, &env)?.unwrap();
            assert_eq!((found.value(), found.provenance().to_string().as_str()), (value, place));
        }
        assert!(work.find("setting", "empty", &env)?.is_none() && work.find("setting", "none", &env)?.is_none());
        let scopes = work.list("scopes", "scopes", &env)?;
        assert_eq!(scopes.iter().map(|scope| scope.value()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(scopes[0].provenance().to_string(), "scopes in /etc/acme/config.toml:7");
        assert_eq!(work.list("type", "type", &env)?.len(), 1);
        assert_eq!(work.list("none", "none", &env)?.len(), 0);
        let error = work.find("scopes", "scopes", &env).unwrap_err().to_string();
        assert!(error.starts_with("scopes in /etc/acme/config.toml:7 is a list"), "{error}");
        let error = work.find("key", "key", &Env::of([("X", "")])).unwrap_err().to_string();
        assert_eq!(error, "key in /etc/acme/config.toml:5 names the variable KEY, which is not set");
        assert_eq!(config.profiles[1].name(), "a b");
        assert_eq!(config.profiles[1].find("url", "url", &env)?.unwrap().value(), "é");
        Ok(())
    }

    #[test]
    fn a_reference_to_a_file_is_read_when_it_is_needed() -> Result<(), Error> {
        let folder = crate::testing::Folder::new();
        folder.write("key.txt", "k3y\n");
        let text = "[profile.p]\nkey = { file = \"key.txt\" }\nnone = { file = \"none.txt\" }\n";
        let config = parse(text, &folder.path().join("config.toml"), false).unwrap();
        let found = config.profiles[0].find("key", "key", &Env::process())?.unwrap();
        assert_eq!(found.value(), "k3y");
        assert!(found.provenance().to_string().ends_with("/key.txt"));
        let error = config.profiles[0].find("key", "none", &Env::process()).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Misconfigured, "who names a file means it: {error}");
        assert!(error.to_string().contains("config.toml:3 names the file"), "{error}");
        Ok(())
    }

    #[test]
    fn a_system_may_have_tables_inside() {
        let config = read(
            "[system.acme]\nendpoint = \"https://a\"\n[system.acme.token]\nvariables = [\"A\"]\nkey = { env = \"B\" }\n\
             [system.acme.exchange]\nfields.grant = \"x\"\n",
        );
        let system = &config.unwrap().systems[0];
        let keys: Vec<_> = system.keys().collect();
        assert_eq!(keys, ["endpoint", "exchange.fields.grant", "token.key", "token.variables"]);
        assert_eq!(system.place("token.key").unwrap().to_string(), "token.key in /etc/acme/config.toml:5");
    }

    #[test]
    fn a_config_of_the_longest_size_is_read_in_one_pass() {
        let tables = 50_000;
        let text: String = (0..tables).map(|n| format!("[system.a{n}]\na=1\n")).collect();
        assert!(text.len() > 900 * 1024 && text.len() < 1024 * 1024, "{}", text.len());
        let config = read(&text).unwrap();
        assert_eq!(config.systems.len(), tables);
        for (n, system) in config.systems.iter().enumerate() {
            let place = system.place("a").unwrap().to_string();
            assert!(place.ends_with(&format!(":{}", 2 * (n + 1))), "{place}");
        }
    }

    #[test]
    fn what_does_not_belong_is_an_error_on_its_line() {
        for (text, line) in [
            ("\n[profil.x]\n", 2),
            ("profile = 1\n", 1),
            ("[profile]\nx = \"S3cr3tS3cr3t\"\n", 2),
            ("[[profile.x]]\n", 1),
            ("[profile.x]\na = 1\n\na = \"S3cr3tS3cr3t\"\n", 4),
            ("[profile.x]\n[profile.x]\n", 2),
            ("[profile.x]\na = 1.5\n", 2),
            ("[profile.x]\na = 2026-11-22\n", 2),
            ("[profile.x]\na = 9223372036854775808\n", 2),
            ("[profile.x]\nb = 1\na = [\"a\", 1]\n", 3),
            ("[profile.x]\na = [[\"a\"]]\n", 2),
            ("[profile.x]\na = { evn = \"S3cr3tS3cr3t\" }\n", 2),
            ("[profile.x]\na = { env = 1 }\n", 2),
            ("[profile.x]\na = { env = \"A\", file = \"b\" }\n", 2),
            ("[profile.x]\na = {}\n", 2),
            ("[profile.x.y]\na = 1\n", 1),
            ("[[system.x]]\n", 1),
            ("[system.x]\n[[system.x.y]]\n", 2),
            ("[profile.x]\ntoken = S3cr3tS3cr3t\n", 2),
            ("[profile.x]\ntoken = \"S3cr3tS3cr3t\n", 2),
            ("[profile.x]\ntoken = \"\"\"S3cr3t\nS3cr3t\n", 4),
            ("S3cr3tS3cr3t", 1),
            ("[profile.x]\na = \"\u{1b}\"\n", 2),
            ("[a]\n[profile.x]\nb = 1.5", 1),
        ] {
            let fault = read(text).unwrap_err();
            let message = fault.in_file(Path::new("c.toml")).to_string();
            assert!(message.starts_with(&format!("c.toml:{line} ")), "{text}: {message}");
            assert!(message.len() < 300 && !message.contains("S3cr3t"), "{message}");
        }
    }
}
