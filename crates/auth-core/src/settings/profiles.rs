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
const LONGEST: usize = 270;

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
        let folder = env.config_directory()?;
        let folder =
            folder.ok_or_else(|| Error::unavailable("no home folder is known, so no config: set AUTHCTL_CONFIG"))?;
        Self::read(folder.join("authctl/config.toml"), env)
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
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::settings::{Lookup, Settings};
    use crate::testing::Folder;

    const CREDENTIALS: &str =
        "\u{feff}# mine\r\n[default]\r\nAPI_Token = t0k3n\r\n\r\n[Prod]\r\napi_token=\"quoted\"\r\n[prod]\r\n";

    fn credentials(folder: &Folder, text: &str) -> (Env, Profiles) {
        folder.write("credentials", text);
        let env = Env::of([("X", "")]).in_directory(folder.path());
        let profiles = Profiles::read_ini("credentials", &env).unwrap();
        (env, profiles)
    }

    fn token(env: Env, profile: Profile) -> Result<crate::Secret, Error> {
        let lookup = Lookup::new("token").secret().variables(&["TOKEN"]).keys(&["api_token"]);
        Settings::new(env).with_profile(profile).require(&lookup)?.token()
    }

    #[test]
    fn a_section_is_a_profile_and_knows_its_lines() -> Result<(), Error> {
        let folder = Folder::new();
        let (env, profiles) = credentials(&folder, CREDENTIALS);
        assert_eq!(profiles.names().collect::<Vec<_>>(), ["default", "Prod", "prod"]);
        let profile = profiles.profile("default")?;
        assert_eq!(token(env.clone(), profile.clone())?.expose(), "t0k3n");
        let found = profile.find("token", "api_token", &env)?.unwrap();
        assert!(found.provenance().is_nearby() && found.provenance().to_string().ends_with("credentials:3"));
        Ok(())
    }

    #[test]
    fn a_token_in_quotes_is_an_error_that_says_so() -> Result<(), Error> {
        let folder = Folder::new();
        let (env, profiles) = credentials(&folder, CREDENTIALS);
        let error = token(env, profiles.profile("Prod")?).unwrap_err().to_string();
        assert!(error.contains("quotes; remove them") && error.contains("credentials:6"), "{error}");
        assert!(!error.contains("quoted"), "{error}");
        Ok(())
    }

    #[test]
    fn an_unknown_profile_lists_the_known_ones() {
        let folder = Folder::new();
        let (_, profiles) = credentials(&folder, CREDENTIALS);
        let error = profiles.profile("PROD").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        let text = error.to_string();
        assert!(
            text.starts_with("there is no profile PROD in ") && text.ends_with("there are: default, Prod, prod"),
            "{text}"
        );
    }

    #[test]
    fn the_list_of_profiles_stays_short() {
        let folder = Folder::new();
        let many: String = (0..3000).map(|n| format!("[section-number-{n}]\n")).collect();
        let huge = format!("[{}]\n[{}]\n", "é".repeat(300), "b".repeat(4000));
        for (text, end) in [(many.as_str(), " more"), (&huge, "b"), ("", "none at all")] {
            let (env, profiles) = credentials(&folder, text);
            for name in ["x", &"y".repeat(5000)] {
                let error = profiles.select(Some(name), &env).unwrap_err().to_string();
                assert!(error.len() < 280 && (error.ends_with(end) || name.len() > 1), "{error}");
            }
        }
    }

    #[test]
    fn the_argument_wins_over_the_variable_and_both_over_the_default() -> Result<(), Error> {
        let folder = Folder::new();
        let (env, profiles) = credentials(&folder, CREDENTIALS);
        let set = Env::of([("AUTHCTL_PROFILE", "Prod"), ("PODSTACK_PROFILE", "nope")]);
        assert_eq!(profiles.select(None, &env)?.name(), "default");
        assert_eq!(profiles.select(Some(""), &set)?.name(), "Prod");
        assert_eq!(profiles.select(Some("prod"), &set)?.name(), "prod");
        let error = profiles.select_by(None, &["PODSTACK_PROFILE"], &set).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("the variable PODSTACK_PROFILE"), "{error}");
        let (env, profiles) = credentials(&folder, "[other]\n");
        assert_eq!(profiles.select(None, &env).unwrap_err().kind(), ErrorKind::Unavailable, "nobody named one");
        Ok(())
    }

    #[test]
    fn a_file_that_is_not_there_and_a_wrong_line_are_named() {
        let folder = Folder::new();
        let env = Env::process().in_directory(folder.path());
        assert_eq!(Profiles::read_ini("credentials", &env).unwrap_err().kind(), ErrorKind::Unavailable);
        folder.write("credentials", "[default]\nS3cr3tS3cr3t\n");
        let error = Profiles::read_ini("credentials", &env).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("credentials:2 ") && !error.to_string().contains("S3cr3t"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_a_note_of_the_explanation() -> Result<(), Error> {
        let folder = Folder::new();
        folder.write_as("credentials", "[default]\n", 0o640);
        let env = Env::process().in_directory(folder.path());
        let profile = Profiles::read_ini("credentials", &env)?.profile("default")?;
        let settings = Settings::new(env).with_profile(profile);
        assert!(settings.explain().to_string().contains("mode 0640"), "{}", settings.explain());
        Ok(())
    }

    #[cfg(feature = "profiles")]
    #[test]
    fn the_config_is_where_the_variable_says_or_in_the_configuration_directory() {
        let folder = Folder::new();
        let home = folder.path().to_str().unwrap();
        let path = folder.write("authctl/config.toml", "[profile.default]\n");
        let variable = if cfg!(windows) { "APPDATA" } else { "XDG_CONFIG_HOME" };
        assert_eq!(Profiles::load(&Env::of([(variable, home)])).unwrap().path(), path);
        folder.write(".config/authctl/config.toml", "[profile.default]\n[profile.b]\n");
        if !cfg!(windows) {
            assert_eq!(Profiles::load(&Env::of([("HOME", home)])).unwrap().names().count(), 2);
        }
        let named = Env::of([("AUTHCTL_CONFIG", "authctl/config.toml")]).in_directory(folder.path());
        assert_eq!(Profiles::load(&named).unwrap().path(), path);
        let error =
            Profiles::load(&Env::of([("AUTHCTL_CONFIG", "nope.toml")]).in_directory(folder.path())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().ends_with("nope.toml (from the variable AUTHCTL_CONFIG)"), "{error}");
        for env in [Env::of([("X", "")]), Env::of([(variable, home), ("HOME", "/nowhere")])] {
            std::fs::remove_dir_all(folder.path().join("authctl")).ok();
            assert_eq!(Profiles::load(&env).unwrap_err().kind(), ErrorKind::Unavailable);
        }
    }
}
