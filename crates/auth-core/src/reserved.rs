//! Variables that mean something to shells, loaders and interpreters.

/// Words of POSIX shells, of csh, zsh and PowerShell, of Windows, and of loaders and interpreters: where they find programs,
/// code and files, or what they run. They are one text, because none of them is a setting of ours.
const NAMES: &str = "PATH HOME IFS ENV BASH_ENV SHELLOPTS BASHOPTS PS1 PS2 PS3 PS4 PROMPT PROMPT_COMMAND TERM USER LOGNAME SHELL PWD \
    OLDPWD CDPATH FPATH ZDOTDIR UID EUID PPID _ TMPDIR TMP TEMP USERPROFILE APPDATA LOCALAPPDATA COMSPEC PATHEXT SYSTEMROOT WINDIR \
    PSMODULEPATH EDITOR VISUAL PAGER BROWSER SSH_ASKPASS SUDO_ASKPASS NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS PERLLIB RUBYOPT RUBYLIB \
    RUBYSHELL CLASSPATH JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS GCONV_PATH LOCPATH GLIBC_TUNABLES";

/// Each with more of the same kind.
const PREFIXES: &str = "LD_ DYLD_ GIT_ PYTHON PERL5 BASH_FUNC_";

/// Whether a token in this variable would break or steer the program that gets it. In any case of letters: they are alike on
/// Windows, and zsh and csh have `path` for `PATH`.
pub(crate) fn is_reserved(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    NAMES.split_whitespace().any(|known| known == name)
        || PREFIXES.split_whitespace().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_programs_is_reserved_and_what_holds_tokens_is_not() {
        for name in
            ["PATH", "path", "Path", "IFS", "BASH_ENV", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "GIT_SSH_COMMAND"]
        {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["GITHUB_TOKEN", "NODE_AUTH_TOKEN", "RUBYGEMS_API_KEY", "VAULT_TOKEN", "AUTHCTL_TOKEN", "HOMEPAGE"]
        {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
