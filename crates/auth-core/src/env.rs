//! Environment variables, as an argument. The one file that reads the process's own.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::Error;
use crate::settings::{DotEnv, Provenance, Setting, shown};

const HOME: &str = "HOME";
const HOME_ON_WINDOWS: &str = "USERPROFILE";
const CONFIG: &str = "XDG_CONFIG_HOME";
const CONFIG_ON_WINDOWS: &str = "APPDATA";
const CACHE: &str = "XDG_CACHE_HOME";
const CACHE_ON_WINDOWS: &str = "LOCALAPPDATA";

/// The variables that say where the user's own files are.
pub(crate) const SETTINGS: [Setting; 6] = [
    Setting::new("home", "the user's home folder, where `~/` starts; not on Windows").with_variables(&[HOME]),
    Setting::new("home", "the same on Windows").with_variables(&[HOME_ON_WINDOWS]),
    Setting::new("config_directory", "where the user's settings are, if it is absolute; not on Windows")
        .with_variables(&[CONFIG])
        .with_default("~/.config"),
    Setting::new("config_directory", "the same on Windows")
        .with_variables(&[CONFIG_ON_WINDOWS])
        .with_default("~/.config"),
    Setting::new("cache_directory", "where programs keep what they can do without, if it is absolute; not on Windows")
        .with_variables(&[CACHE])
        .with_default("~/.cache"),
    Setting::new("cache_directory", "the same on Windows").with_variables(&[CACHE_ON_WINDOWS]).with_default("~/.cache"),
];

/// A set of environment variables: the process's, or one of your own.
///
/// An empty variable counts as unset. Files in the `.env` format can be put behind it. The home folder and the working directory, which some files are looked for in, belong
/// to it too.
#[derive(Clone, Default)]
pub struct Env {
    variables: Option<Arc<HashMap<String, String>>>,
    files: Arc<Vec<DotEnv>>,
    working_directory: Option<Arc<Path>>,
    without_builder_hints: bool,
}

impl Env {
    /// The process's environment, read anew at every look.
    pub fn process() -> Self {
        Self::default()
    }

    /// No variables at all: what is not said by an argument is not there.
    pub fn empty() -> Self {
        Self::of::<String, String>([])
    }

    /// A fixed set, for tests and for programs that bring their own. Its working directory is the process's, unless
    /// [`in_directory`](Self::in_directory) says otherwise.
    pub fn of<K: Into<String>, V: Into<String>>(variables: impl IntoIterator<Item = (K, V)>) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { variables: Some(Arc::new(variables)), ..Self::default() }
    }

    /// The same, with another working directory.
    #[must_use]
    pub fn in_directory(mut self, path: impl AsRef<Path>) -> Self {
        self.working_directory = Some(path.as_ref().into());
        self
    }

    /// The same, whose errors about what is missing name variables, files and keys of profiles, but no argument of a builder: for a
    /// program whose user can't give one, such as a command.
    #[must_use]
    pub fn without_builder_hints(mut self) -> Self {
        self.without_builder_hints = true;
        self
    }

    /// Whether an error names arguments of builders.
    pub(crate) fn has_builder_hints(&self) -> bool {
        !self.without_builder_hints
    }

    /// The same, and behind it the assignments of a file: `.env`, or any other name. A variable that is set already, here or
    /// by an earlier file, stays as it is; the process's own environment is never changed. No file is read unless it is named
    /// here: who wrote the working directory's is not always who runs the program.
    ///
    /// Values are taken literally: a token may have a `$`. A relative path starts from the working directory, and `~/` is the
    /// home folder. That others can read the file is a warning, in the log and in every
    /// [`Explanation`](crate::settings::Explanation).
    ///
    /// # Errors
    /// As [`DotEnv::read`].
    pub fn with_dotenv(mut self, path: impl AsRef<Path>) -> Result<Self, Error> {
        let file = DotEnv::read(path, &self)?;
        Arc::make_mut(&mut self.files).push(file);
        Ok(self)
    }

    /// The same, with values for `${NAME}`: of the lines above, else of this environment.
    ///
    /// # Errors
    /// As [`DotEnv::read_expanded`].
    pub fn with_dotenv_expanded(mut self, path: impl AsRef<Path>) -> Result<Self, Error> {
        let file = DotEnv::read_expanded(path, &self)?;
        Arc::make_mut(&mut self.files).push(file);
        Ok(self)
    }

    /// The value of a variable, or `None` if it is not set or empty.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if it is not UTF-8; the message names it.
    pub fn get(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.look(name)?.map(|(value, _)| value))
    }

    /// The value of a variable, and where it came from.
    pub(crate) fn look(&self, name: &str) -> Result<Option<(String, Provenance)>, Error> {
        if let Some(value) = self.variable(name)? {
            return Ok(Some((value, Provenance::Variable(name.to_owned()))));
        }
        let found = self.files.iter().find_map(|file| file.look(name));
        Ok(found.map(|(value, place)| (value.expose().to_owned(), place)))
    }

    /// The value of a variable that says where other settings stand, or which of them count, such as `AUTHCTL_SOURCE`: not for a
    /// file of the working directory to say.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if it stands in such a file, and as [`get`](Self::get).
    pub fn chosen(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.choice(name)?.map(|(value, _)| value))
    }

    /// The same, with its place.
    pub(crate) fn choice(&self, name: &str) -> Result<Option<(String, Provenance)>, Error> {
        match self.look(name)? {
            Some((_, place)) if place.is_nearby() => Err(Error::misconfigured(format!(
                "{place}, a file in the working directory, must not set {name}: set the variable itself, or take it out"
            ))),
            found => Ok(found),
        }
    }

    /// What is to be said about the files behind it.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter_map(DotEnv::warning)
    }

    /// The value of a variable, files not considered.
    fn variable(&self, name: &str) -> Result<Option<String>, Error> {
        let value = match &self.variables {
            Some(variables) => variables.get(name).cloned(),
            None => std::env::var_os(name)
                .map(OsString::into_string)
                .transpose()
                .map_err(|_| Error::misconfigured(format!("the environment variable {name} is not UTF-8")))?,
        };
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// The value of a variable as a child process gets it, UTF-8 or not; `None` if it is not set or empty.
    #[cfg(feature = "exec")]
    pub(crate) fn pass(&self, name: &str) -> Option<OsString> {
        let value = match &self.variables {
            Some(variables) => variables.get(name).map(OsString::from),
            None => std::env::var_os(name),
        };
        value.filter(|value| !value.is_empty())
    }

    /// The folder that relative paths start from.
    pub(crate) fn working_directory(&self) -> Option<PathBuf> {
        match &self.working_directory {
            Some(path) => Some(path.to_path_buf()),
            None => std::env::current_dir().ok(),
        }
    }

    /// The user's home folder: `HOME`, on Windows `USERPROFILE`. A file does not move it.
    pub(crate) fn home(&self) -> Result<Option<PathBuf>, Error> {
        let name = if cfg!(windows) { HOME_ON_WINDOWS } else { HOME };
        Ok(self.variable(name)?.map(PathBuf::from))
    }

    /// Where the user's programs keep their settings: `XDG_CONFIG_HOME` (XDG Base Directory Specification) if it is absolute,
    /// else `~/.config`; on Windows `APPDATA`. `None` if neither it nor an absolute home folder is known. A file does not move it.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn config_directory(&self) -> Result<Option<PathBuf>, Error> {
        self.base_directory(if cfg!(windows) { CONFIG_ON_WINDOWS } else { CONFIG }, ".config")
    }

    /// Where the user's programs keep what they can do without: `XDG_CACHE_HOME` (XDG Base Directory Specification) if it is
    /// absolute, else `~/.cache`; on Windows `LOCALAPPDATA`. `None` if neither it nor an absolute home folder is known. A file does
    /// not move it.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn cache_directory(&self) -> Result<Option<PathBuf>, Error> {
        self.base_directory(if cfg!(windows) { CACHE_ON_WINDOWS } else { CACHE }, ".cache")
    }

    fn base_directory(&self, name: &str, at_home: &str) -> Result<Option<PathBuf>, Error> {
        let named = self.variable(name)?.map(PathBuf::from).filter(|path| path.is_absolute());
        let home = self.home()?.filter(|home| home.is_absolute());
        Ok(named.or(home.map(|home| home.join(at_home))))
    }

    /// A path as it is meant here: `~/` is the home folder, and what is relative starts from the working directory.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if it is in the home folder, and none is known. A folder called `~` is
    /// somebody else's.
    pub(crate) fn resolve(&self, path: &Path) -> Result<PathBuf, Error> {
        if let Ok(rest) = path.strip_prefix("~") {
            let home = self.home()?;
            let nowhere = || Error::unavailable(format!("no home folder is known, so there is no {}", shown(path)));
            return Ok(home.ok_or_else(nowhere)?.join(rest));
        }
        Ok(self.working_directory().map_or_else(|| path.to_path_buf(), |folder| folder.join(path)))
    }

    /// How a file stands to the working directory, where whoever wrote the project may have put it. Below the home folder it
    /// has nothing to do with it, when the program runs there: those are the user's own.
    pub(crate) fn standing(&self, path: &Path) -> Standing {
        let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| plain(path));
        // Services are started at the root, and nobody's project is there.
        let Some(folder) = self.working_directory().filter(|folder| plain(folder).parent().is_some()) else {
            return Standing::default();
        };
        let Ok(whole) = self.resolve(path) else { return Standing::default() };
        let (named, lies) = (plain(&whole), canonical(&whole));
        let folders = [plain(&folder), canonical(&folder)];
        let homes = self.home().ok().flatten().map(|home| [plain(&home), canonical(&home)]);
        let is_at_home = |path: &Path| {
            let is_above = |home: &&PathBuf| folders.iter().any(|folder| home.starts_with(folder));
            homes.iter().flatten().filter(is_above).any(|home| path.starts_with(home))
        };
        let is_below = |path: &Path| folders.iter().any(|folder| path.starts_with(folder)) && !is_at_home(path);
        let from_here = path.is_relative() && !path.starts_with("~") && !is_at_home(&lies);
        Standing { is_nearby: from_here || is_below(&named) || is_below(&lies), is_own: is_below(&lies) }
    }
}

/// How a file stands to the working directory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Standing {
    /// Whoever wrote the project wrote it, or chose it: by its name or a link's it is there, or it was named from there.
    pub(crate) is_nearby: bool,
    /// It lies there.
    pub(crate) is_own: bool,
}

/// A path without `.` and `..`, as it is written.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be secrets; even the names of the process's variables are nobody's business.
        f.write_str(if self.variables.is_some() { "Env(fixed)" } else { "Env(process)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It would be another folder in each working directory, and made there.
    #[test]
    fn a_folder_of_the_user_never_starts_from_the_working_directory() {
        let home = std::env::temp_dir();
        let of = |home: &str, base: &str| {
            let names = if cfg!(windows) {
                [HOME_ON_WINDOWS, CACHE_ON_WINDOWS, CONFIG_ON_WINDOWS]
            } else {
                [HOME, CACHE, CONFIG]
            };
            let env = Env::of(names.into_iter().zip([home, base, base]));
            (env.cache_directory().unwrap(), env.config_directory().unwrap())
        };
        let absolute = home.to_str().unwrap();
        assert_eq!(of(absolute, "rel"), (Some(home.join(".cache")), Some(home.join(".config"))));
        assert_eq!(of("rel", absolute), (Some(home.clone()), Some(home.clone())));
        assert_eq!(of("rel", "rel"), (None, None));
        assert_eq!(of("rel", ""), (None, None));
    }
}
