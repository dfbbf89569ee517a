//! The assignments of a `.env` file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Found, Provenance};
use crate::config::document;
use crate::config::dotenv::{self, Entry};
use crate::config::expand::{self, Drawn, Parts};
use crate::env::Standing;
use crate::{Env, Error, Secret};

/// The assignments of a `.env` file, or of one of another name in that format.
///
/// To put one behind the environment, [`Env::with_dotenv`] is all that is needed. This type is for files that are looked at by
/// themselves, such as `ibm-credentials.env`. What the format is: `docs/reference/formats.md` in the repository.
#[derive(Clone)]
pub struct DotEnv {
    path: PathBuf,
    standing: Standing,
    entries: BTreeMap<String, Entry>,
    /// Where values came from that were put where `${NAME}` stands, by the key.
    drawn: Drawn,
    warning: Option<String>,
}

impl DotEnv {
    /// Reads a file. A relative path starts from the working directory of `env`, and `~/` is its home folder. Values are taken
    /// literally: a token may have a `$`.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if there is no such file; [`Misconfigured`](crate::ErrorKind::Misconfigured)
    /// if it is longer than 1 MiB or not UTF-8, or has a line that is no assignment. The message names the file and the line.
    pub fn read(path: impl AsRef<Path>, env: &Env) -> Result<Self, Error> {
        Self::read_with(path.as_ref(), env, |_, _| Ok(Drawn::default()))
    }

    /// The same, with the values of the lines above and of `env` where `${NAME}` stands. Only for files without secrets, or
    /// with secrets in single quotes, where it stands for itself. A value that is put together is, as a credential, no more the
    /// file's own than its parts.
    ///
    /// # Errors
    /// As [`read`](Self::read), and [`Misconfigured`](crate::ErrorKind::Misconfigured) if a name has no value.
    pub fn read_expanded(path: impl AsRef<Path>, env: &Env) -> Result<Self, Error> {
        Self::read_with(path.as_ref(), env, |entries, path| expand::expand(entries, path, env))
    }

    fn read_with(
        path: &Path,
        env: &Env,
        change: impl FnOnce(&mut [Entry], &Path) -> Result<Drawn, Error>,
    ) -> Result<Self, Error> {
        let standing = env.standing(path);
        let path = env.resolve(path)?;
        let document = document::read(&path)?;
        let mut entries = dotenv::parse(document.text()).map_err(|fault| fault.in_file(&path))?;
        let drawn = change(&mut entries, &path)?;
        let warning = document.warned();
        // Of the same key the last one stays.
        let entries = entries.into_iter().map(|entry| (entry.key.clone(), entry)).collect();
        Ok(Self { standing, path, entries, drawn, warning })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names that are assigned to.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The value of a name, which may be empty. Of several assignments the last one counts.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.entries.get(name).map(|entry| &entry.value)
    }

    /// The value of a name as that of the setting `what`, or `None` if there is none, or an empty one.
    pub fn find(&self, what: &str, name: &str) -> Option<Found> {
        self.look(name).map(|(value, place)| Found::new(what, value.clone(), place))
    }

    /// A warning about the file's permissions. It was logged when the file was read.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    pub(crate) fn look(&self, name: &str) -> Option<(&Secret, Provenance)> {
        let Entry { key, value, line, .. } = self.entries.get(name).filter(|entry| !entry.value.expose().is_empty())?;
        let (path, key) = (self.path.clone(), key.clone());
        let Standing { is_nearby, is_own } = self.standing;
        let own =
            Provenance::File { path, line: Some(*line), key: key.clone(), nearby: false }.judged(is_nearby, is_own);
        let place = match self.drawn.get(&key) {
            Some(Parts { foreign: Some(name), tainted }) if is_nearby || tainted.is_some() => chosen(name),
            Some(Parts { tainted: Some(name), .. }) if !is_nearby => chosen(name),
            _ => own,
        };
        Some((value, place))
    }
}

/// The place of a value into which that of a variable was put, by a file or from a file that is not to be trusted with it.
fn chosen(variable: &str) -> Provenance {
    Provenance::Variable(variable.to_owned()).judged(true, false)
}

impl fmt::Debug for DotEnv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the names: a token that ends in `=` is one.
        f.debug_struct("DotEnv").field("path", &self.path).field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::settings::{Lookup, Settings};
    use crate::testing::Folder;

    #[test]
    fn a_file_stands_behind_the_environment_and_before_those_that_come_later() -> Result<(), Error> {
        let folder = Folder::new();
        folder.write(".env", "A=1\nB=1\nC=\n");
        folder.write(".dbg-env", "# x\nB=2\nC=2\nD=2\nD=3\n");
        let env = Env::of([("A", "0"), ("B", "")]).in_directory(folder.path());
        let env = env.with_dotenv(".env")?.with_dotenv(folder.path().join(".dbg-env"))?;
        for (name, value) in [("A", Some("0")), ("B", Some("1")), ("C", Some("2")), ("D", Some("3")), ("E", None)] {
            assert_eq!(env.get(name)?.as_deref(), value, "{name}");
        }
        let (_, place) = env.look("D")?.unwrap();
        assert!(place.is_nearby());
        assert_eq!(place.to_string(), format!("D in {}:5", folder.path().join(".dbg-env").display()));
        assert_eq!(env.look("A")?.unwrap().1, Provenance::Variable("A".into()));
        Ok(())
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let folder = Folder::new();
        let error = Env::of([("A", "0")]).in_directory(folder.path()).with_dotenv(".dbg-env").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.to_string().ends_with("/.dbg-env"), "{error}");
    }

    #[test]
    fn a_line_that_is_wrong_is_named_and_not_shown() {
        let folder = Folder::new();
        folder.write(".env", "A=1\nS3cr3tS3cr3t\n");
        let error = Env::process().in_directory(folder.path()).with_dotenv(".env").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains(".env:2 ") && !error.to_string().contains("S3cr3t"), "{error}");
    }

    #[test]
    fn a_reference_is_expanded_on_request_only() -> Result<(), Error> {
        let folder = Folder::new();
        let text = "HOST=h\nURL=https://${HOST}/${ROOM}/$HOST/${HOST:-x}/${}\nRAW='${HOST}'\nHOST=\"${URL}\"\n";
        folder.write(".env", text);
        let env = Env::of([("ROOM", "r"), ("HOST", "")]).in_directory(folder.path());
        let literal = env.clone().with_dotenv(".env")?;
        assert_eq!(literal.get("URL")?.unwrap(), "https://${HOST}/${ROOM}/$HOST/${HOST:-x}/${}");
        let expanded = env.with_dotenv_expanded(".env")?;
        assert_eq!(expanded.get("URL")?.unwrap(), "https://h/r/$HOST/${HOST:-x}/${}");
        assert_eq!(expanded.get("RAW")?.unwrap(), "${HOST}");
        assert_eq!(expanded.get("HOST")?, expanded.get("URL")?);
        Ok(())
    }

    #[test]
    fn a_reference_to_nothing_is_an_error_on_its_line() {
        let folder = Folder::new();
        folder.write(".env", "A=1\nB=${C}\nC=1\n");
        let error = Env::of([("X", "")]).in_directory(folder.path()).with_dotenv_expanded(".env").unwrap_err();
        assert!(error.to_string().contains(".env:2 "), "{error}");
    }

    #[test]
    fn references_to_references_stop_at_a_limit() {
        let folder = Folder::new();
        let doubled = (1..100).map(|n| format!("A{n}=${{A{}}}${{A{}}}\n", n - 1, n - 1));
        folder.write(".env", &format!("A0=aaaaaaaa\n{}", doubled.collect::<String>()));
        let error = Env::of([("X", "")]).in_directory(folder.path()).with_dotenv_expanded(".env").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("1 MiB"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_a_note_of_the_explanation() -> Result<(), Error> {
        let folder = Folder::new();
        folder.write_as(".env", "A=1", 0o644);
        folder.write_as("private.env", "A=1", 0o600);
        let env = Env::process().in_directory(folder.path());
        let mut settings = Settings::new(env.clone().with_dotenv(".env")?);
        assert_eq!(settings.require(&Lookup::new("a").variables(&["A"]))?.value(), "1");
        let explained = settings.explain().to_string();
        assert!(explained.contains(".env:1)\nnote: ") && explained.contains("mode 0644"), "{explained}");
        assert!(Settings::new(env.with_dotenv("private.env")?).explain().notes().is_empty());
        Ok(())
    }

    #[test]
    fn the_home_folder_and_what_stands_in_it_are_the_users_own() {
        let folder = Folder::new();
        folder
            .write(".env", "HOME=/elsewhere\nXDG_CONFIG_HOME=/elsewhere\nUSERPROFILE=/elsewhere\nAPPDATA=/elsewhere\n");
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let home = Env::of([(name, folder.path().to_str().unwrap())]).in_directory(folder.path());
        let home = home.with_dotenv(".env").unwrap();
        assert!(!home.look("APPDATA").unwrap().unwrap().1.is_nearby());
        assert!(home.config_directory().unwrap().unwrap().starts_with(folder.path()), "a file does not move the home");
        let project = Env::of([(name, "/users/u")]).in_directory(folder.path()).with_dotenv(".env").unwrap();
        assert!(project.look("APPDATA").unwrap().unwrap().1.is_nearby());
    }
}
