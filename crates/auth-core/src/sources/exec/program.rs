//! Which file a helper program's name means.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::{Env, Error};

/// The program as errors show it: its file's name. The folders before it are of no help, arguments may be secrets.
pub(super) fn shown(program: &Path) -> String {
    let name = program.file_name().map_or(program, Path::new);
    let name: String = crate::settings::shown(name).chars().take(60).collect();
    if name.is_empty() { "(without a name)".to_owned() } else { name }
}

/// The file to run. A bare name is looked up in the folders of the program's own `PATH`, of which only absolute ones count:
/// what happens to stand in a working directory is not run. Anything else is a path, which starts from the working
/// directory of `env` (not from the one that the program is to run in) or, by `~/`, from the home folder.
///
/// On Windows the system looks up bare names, with their extensions, in the program's `PATH` and then where it always does.
pub(super) fn find(program: &Path, path: Option<&OsStr>, env: &Env) -> Result<PathBuf, Error> {
    let is_bare = program.components().count() == 1 && program.file_name() == Some(program.as_os_str());
    if !is_bare {
        return env.resolve(program);
    }
    if cfg!(windows) {
        return Ok(program.to_path_buf());
    }
    let folders = path.map(std::env::split_paths).into_iter().flatten().filter(|folder| folder.is_absolute());
    let mut denied = false;
    for file in folders.map(|folder| folder.join(program)) {
        let Ok(meta) = file.metadata() else { continue };
        if meta.is_file() && may_run(&meta) {
            return Ok(file);
        }
        denied |= meta.is_file();
    }
    Err(if denied { Failure::Denied } else { Failure::NotInPath }.of(program))
}

#[cfg(unix)]
fn may_run(meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn may_run(_: &std::fs::Metadata) -> bool {
    true
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn found(program: &str, path: &str) -> Result<PathBuf, Error> {
        find(Path::new(program), Some(OsStr::new(path)), &Env::of([("HOME", "/home-of")]).in_directory("/here"))
    }

    #[test]
    fn a_bare_name_is_looked_up_in_the_absolute_folders_of_the_path() {
        assert!(found("sh", "/nowhere:/usr/bin:/bin").unwrap().ends_with("sh"));
        for path in ["", "bin:.:", "/nowhere", "/bin/sh"] {
            let error = found("sh", path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{path}: {error}");
        }
        let error = found("passwd", "/etc").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured, "it is there, and no program: {error}");
    }

    #[test]
    fn a_path_is_taken_as_it_is_from_the_working_directory_or_the_home_folder() {
        for (program, file) in [("/bin/x", "/bin/x"), ("./x", "/here/./x"), ("a/x", "/here/a/x"), ("~/x", "/home-of/x")]
        {
            assert_eq!(found(program, "/bin").unwrap(), PathBuf::from(file));
        }
    }

    #[test]
    fn a_program_is_shown_by_its_files_name_in_one_short_line() {
        assert_eq!(shown(Path::new("/opt/secret-folder/tool")), "tool");
        let long = shown(Path::new(&format!("/{}\n", "ü".repeat(500))));
        assert!(long.len() < 130 && !long.contains('\n'), "{long}");
        assert_eq!(shown(Path::new("")), "(without a name)");
    }
}
