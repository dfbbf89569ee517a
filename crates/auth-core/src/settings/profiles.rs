//! The profiles of a file.

use std::path::{Path, PathBuf};

use super::profile::Profile;
use super::provenance::{Provenance, shortened};
use super::{Setting, Value};
use crate::config::{document, ini};
use crate::env::Standing;
use crate::{Env, Error};

/// The profile that is meant when none is named.
const DEFAULT: &str = "default";

/// Which profile, if no argument names one.
pub(crate) const SELECTED: Setting = Setting::new("profile", "the profile, if no argument names one")
    .with_variables(&["AUTHCTL_PROFILE"])
    .with_default(DEFAULT);

/// Which config.
#[cfg(feature = "profiles")]
pub(crate) const CONFIG: Setting = Setting::new("config", "the user's config, a file in TOML")
    .with_variables(&[CONFIG_VARIABLE])
    .with_default("authctl/config.toml in the configuration folder");

#[cfg(feature = "profiles")]
const CONFIG_VARIABLE: &str = "AUTHCTL_CONFIG";

/// The longest error, in bytes, with room for the name of the source it comes from: it is one line of a log.
pub(super) const LONGEST: usize = 270;

/// The profiles of a file, each a named set of settings.
///
/// Of a credentials file in the INI format, one a section:
///
/// ```
/// use auth_core::{Env, settings::{Lookup, Profiles, Settings}};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("auth-core-profiles-{}", std::process::id()));
/// # std::fs::create_dir_all(folder.join(".acme"))?;
/// std::fs::write(folder.join(".acme/credentials"), "[default]\napi_token = t0k3n\n")?;
/// let env = Env::of([("HOME", folder.to_str().unwrap()), ("USERPROFILE", folder.to_str().unwrap())]);
///
/// let profiles = Profiles::read_ini("~/.acme/credentials", &env)?;
/// let mut settings = Settings::new(env).with_profile(profiles.profile("default")?);
/// let token = settings.require(&Lookup::new("token").secret().variables(&["ACME_TOKEN"]).keys(&["api_token"]))?;
/// assert_eq!(token.value(), "t0k3n");
/// assert!(token.provenance().to_string().ends_with("credentials:2"));
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// ```
///
/// Of a config in TOML (feature `profiles`), where a value may also stand elsewhere:
///
/// ```toml
/// [profile.work]
/// system = "watsonx"
/// region = "us-south"
/// api_key = { env = "WORK_API_KEY" }
/// project_id = "p-1"
///
/// [profile.ci]
/// type = "token"
/// endpoint = "https://api.acme.example"
/// token = { file = "/run/secrets/token" }
/// ```
///
/// What the formats are: `docs/reference/formats.md` in the repository.
#[derive(Clone, Debug)]
pub struct Profiles {
    path: PathBuf,
    profiles: Vec<Profile>,
    systems: Vec<Profile>,
    warning: Option<String>,
}

fn standing_so(profiles: Vec<Profile>, standing: Standing) -> Vec<Profile> {
    profiles.into_iter().map(|profile| profile.standing(standing)).collect()
}

impl Profiles {
    /// The user's config: the file that `AUTHCTL_CONFIG` names, else `authctl/config.toml` in the configuration directory
    /// (`$XDG_CONFIG_HOME`, else `~/.config`; on Windows `%APPDATA%`).
    ///
    /// # Errors
    /// As [`read`](Self::read); a file that the variable names and that is not there is
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured).
    #[cfg(feature = "profiles")]
    #[cfg_attr(docsrs, doc(cfg(feature = "profiles")))]
    pub fn load(env: &Env) -> Result<Self, Error> {
        if let Some((path, place)) = env.choice(CONFIG_VARIABLE)? {
            let meant = |error: Error| match error.kind() {
                crate::ErrorKind::Unavailable => Error::misconfigured(error.to_string()).at(&place),
                _ => error,
            };
            return Self::read(path, env).map_err(meant);
        }
        Self::read(Self::usual_path(env)?, env)
    }

    /// Where [`load`](Self::load) looks for the config, there or not.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if no home folder is known, and
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if a file of the working directory sets the variable.
    #[cfg(feature = "profiles")]
    #[cfg_attr(docsrs, doc(cfg(feature = "profiles")))]
    pub fn config_path(env: &Env) -> Result<PathBuf, Error> {
        match env.choice(CONFIG_VARIABLE)? {
            Some((path, _)) => env.resolve(Path::new(&path)),
            None => Self::usual_path(env),
        }
    }

    #[cfg(feature = "profiles")]
    fn usual_path(env: &Env) -> Result<PathBuf, Error> {
        let folder = env.config_directory()?;
        let folder =
            folder.ok_or_else(|| Error::unavailable("no home folder is known, so no config: set AUTHCTL_CONFIG"))?;
        Ok(folder.join("authctl/config.toml"))
    }

    /// Reads a config in TOML. A relative path starts from the working directory of `env`, and `~/` is its home folder.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if there is no such file; [`Misconfigured`](crate::ErrorKind::Misconfigured)
    /// if it is longer than 1 MiB, not UTF-8, no TOML, or has tables or values that don't belong there. The message names the
    /// file and the line, and shows nothing of it.
    #[cfg(feature = "profiles")]
    #[cfg_attr(docsrs, doc(cfg(feature = "profiles")))]
    pub fn read(path: impl AsRef<Path>, env: &Env) -> Result<Self, Error> {
        Self::read_with(path.as_ref(), env, |text, path, nearby| {
            let config = crate::config::toml::parse(text, path, nearby)?;
            Ok((config.profiles, config.systems))
        })
    }

    /// Reads a file in the INI format, each of whose sections is a profile. Keys are in lower case, whatever the file has;
    /// sections are as they stand there. A relative path starts from the working directory of `env`, and `~/` is its home
    /// folder.
    ///
    /// # Errors
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if there is no such file; [`Misconfigured`](crate::ErrorKind::Misconfigured)
    /// if it is longer than 1 MiB, not UTF-8, or has a line that doesn't belong there. The message names the file and the line,
    /// and shows nothing of it.
    pub fn read_ini(path: impl AsRef<Path>, env: &Env) -> Result<Self, Error> {
        Self::read_with(path.as_ref(), env, |text, path, nearby| {
            let profile = |section: ini::Section| {
                let mut profile = Profile::new(section.name, path, nearby);
                for entry in section.entries {
                    profile.insert(entry.key, Value::Literal(entry.value), Some(entry.line));
                }
                profile
            };
            Ok((ini::parse(text)?.into_iter().map(profile).collect(), Vec::new()))
        })
    }

    fn read_with(
        path: &Path,
        env: &Env,
        parse: impl FnOnce(&str, &Path, bool) -> Result<(Vec<Profile>, Vec<Profile>), crate::config::fault::Fault>,
    ) -> Result<Self, Error> {
        let standing = env.standing(path);
        let path = env.resolve(path)?;
        let document = document::read(&path)?;
        let parsed = parse(document.text(), &path, standing.is_nearby).map_err(|fault| fault.in_file(&path))?;
        let [profiles, systems] = [parsed.0, parsed.1].map(|all| standing_so(all, standing));
        Ok(Self { path, profiles, systems, warning: document.warned() })
    }

    /// The same, of a file that is the user's own although it stands in the working directory: the program says so, because it
    /// or its user wrote it. Its profiles and systems may then refer to variables and files, run a helper program, and name
    /// the endpoint for any credential; `allow_nearby_endpoint` counts in it.
    ///
    /// Not for a file that comes with a project: whoever wrote that could have any variable and any file of the user's sent to
    /// any host.
    #[must_use]
    pub fn trusted(mut self) -> Self {
        let standing = Standing::default();
        self.profiles = standing_so(self.profiles, standing);
        self.systems = standing_so(self.systems, standing);
        self
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the profiles, as they stand in the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.profiles.iter().map(Profile::name)
    }

    /// The profile of a name, in exactly these letters.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if there is none; the message lists those that there are.
    pub fn profile(&self, name: &str) -> Result<Profile, Error> {
        self.find(name).ok_or_else(|| Error::misconfigured(self.unknown(name, None)))
    }

    /// The profile of the name that is given, else of the one that `AUTHCTL_PROFILE` has, else `default`.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if a profile is named that is not there, and
    /// [`Unavailable`](crate::ErrorKind::Unavailable) if none is named and there is no `default`. The message lists those that
    /// there are.
    pub fn select(&self, argument: Option<&str>, env: &Env) -> Result<Profile, Error> {
        self.select_by(argument, SELECTED.variables(), env)
    }

    /// The same with the variables of a system, first of them first.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn select_by(&self, argument: Option<&str>, variables: &[&str], env: &Env) -> Result<Profile, Error> {
        if let Some(name) = argument.filter(|name| !name.is_empty()) {
            let place = Provenance::Argument("profile".into());
            return self.find(name).ok_or_else(|| Error::misconfigured(self.unknown(name, Some(&place))));
        }
        for variable in variables {
            // A vendor's variable is for the vendor's own file; ours select among everything that the user has.
            let found =
                if SELECTED.variables().contains(variable) { env.choice(variable)? } else { env.look(variable)? };
            if let Some((name, place)) = found {
                return self.find(&name).ok_or_else(|| Error::misconfigured(self.unknown(&name, Some(&place))));
            }
        }
        self.find(DEFAULT).ok_or_else(|| Error::unavailable(self.unknown(DEFAULT, None)))
    }

    /// The profile that a setting of a system names. That there is none is fine as long as nobody named it.
    #[cfg(feature = "podstack")]
    pub(crate) fn named(&self, name: &super::Found) -> Result<Profile, Error> {
        let place = name.provenance();
        self.find(name.value()).ok_or_else(|| match place {
            Provenance::Default => Error::unavailable(self.unknown(name.value(), None)),
            _ => Error::misconfigured(self.unknown(name.value(), Some(place))),
        })
    }

    /// The names of the systems that the file describes.
    pub fn systems(&self) -> impl Iterator<Item = &str> {
        self.systems.iter().map(Profile::name)
    }

    /// What the file says of a system, if it describes it. A key of a table inside has a dot: `exchange.url`.
    pub fn system(&self, name: &str) -> Option<Profile> {
        self.systems.iter().find(|system| system.name() == name).map(|system| self.with_warning(system))
    }

    /// A warning about the file's permissions. It was logged when the file was read.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    fn find(&self, name: &str) -> Option<Profile> {
        self.profiles.iter().find(|profile| profile.name() == name).map(|profile| self.with_warning(profile))
    }

    fn with_warning(&self, profile: &Profile) -> Profile {
        profile.clone().with_warning(self.warning.clone())
    }

    fn unknown(&self, name: &str, place: Option<&Provenance>) -> String {
        let (name, path) = (shortened(name, 40), shortened(&self.path.display().to_string(), 60));
        let mut message = format!("there is no profile {name} in {path}");
        if let Some(place) = place {
            message += &format!(" ({})", shortened(&place.to_string(), 80));
        }
        let room = LONGEST.saturating_sub(message.len());
        message + &self.listed(room)
    }

    /// The names of the profiles, as far as there is room.
    fn listed(&self, room: usize) -> String {
        if self.profiles.is_empty() {
            return "; there is none at all".to_owned();
        }
        let (mut list, mut left) = (String::new(), self.profiles.len());
        for name in self.names() {
            let name = shortened(name, 40);
            if list.len() + name.len() + "; there are: , and 999999 more".len() > room {
                break;
            }
            if !list.is_empty() {
                list += ", ";
            }
            list += &name;
            left -= 1;
        }
        match left {
            0 => format!("; there are: {list}"),
            _ if list.is_empty() => format!("; there are {left} others"),
            _ => format!("; there are: {list} and {left} more"),
        }
    }
}

#[cfg(test)]
mod tests;
