//! The variables that a helper program sees.

use std::ffi::OsString;

use crate::settings::Setting;
use crate::{Env, Secret};

/// What a program needs to run, to find its user's settings, to speak the user's language and to reach the network. Of the
/// rest an environment may hold any secret, and a helper is given one only by name.
const ALWAYS: &[&str] = if cfg!(windows) { ON_WINDOWS } else { ELSEWHERE };

const ELSEWHERE: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TMPDIR",
    "TZ",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_ADDRESS",
    "LC_COLLATE",
    "LC_CTYPE",
    "LC_IDENTIFICATION",
    "LC_MEASUREMENT",
    "LC_MESSAGES",
    "LC_MONETARY",
    "LC_NAME",
    "LC_NUMERIC",
    "LC_PAPER",
    "LC_TELEPHONE",
    "LC_TIME",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_STATE_HOME",
];

const ON_WINDOWS: &[&str] = &[
    "PATH",
    "PATHEXT",
    "COMSPEC",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "TEMP",
    "TMP",
    "USERNAME",
    "USERDOMAIN",
    "USERPROFILE",
    "HOMEDRIVE",
    "HOMEPATH",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PROGRAMFILES(X86)",
    "PROGRAMW6432",
    "COMMONPROGRAMFILES",
    "NUMBER_OF_PROCESSORS",
    "PROCESSOR_ARCHITECTURE",
    "LANG",
];

/// The way out to the network. A proxy's address may hold a password; a helper behind that proxy can't work without.
const NETWORK: &[&str] = &[
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// The same for the reference.
pub(super) const PASSED: [Setting; 3] = [
    Setting::new("passed", "passed on to a helper program as they are; not on Windows").with_variables(ELSEWHERE),
    Setting::new("passed", "the same on Windows").with_variables(ON_WINDOWS),
    Setting::new("passed", "the same everywhere: the way out to the network").with_variables(NETWORK),
];

/// The whole environment of the program: those above as they are in `env`, those in `passed` too, then those in `set`.
pub(super) fn of(env: &Env, passed: &[String], set: &[(String, Secret)]) -> Vec<(OsString, OsString)> {
    let names = ALWAYS.iter().chain(NETWORK).copied().chain(passed.iter().map(String::as_str));
    let inherited = names.filter_map(|name| Some((OsString::from(name), env.pass(name)?)));
    let given = set.iter().map(|(name, value)| (OsString::from(name), OsString::from(value.expose())));
    inherited.chain(given).collect()
}

/// The last value of a variable in such an environment.
pub(super) fn value<'a>(environment: &'a [(OsString, OsString)], name: &str) -> Option<&'a OsString> {
    environment.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed_or_named_is_passed_and_what_is_set_wins() {
        let env = Env::of([("PATH", "/bin"), ("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_PROFILE", "p"), ("LANG", "")]);
        let got = of(&env, &["AWS_PROFILE".to_owned()], &[("PATH".to_owned(), Secret::new("/opt"))]);
        let names: Vec<_> = got.iter().map(|(name, _)| name.to_str().unwrap()).collect();
        assert_eq!(names, ["PATH", "AWS_PROFILE", "PATH"]);
        assert_eq!(value(&got, "PATH").unwrap(), "/opt");
    }
}
