//! Who else gets at a file or folder of secrets.

use std::fs::{self, Metadata};
use std::path::Path;

use crate::config::document;
use crate::settings::shown;

/// What is to be said about who may read or write the file or folder at `path`, other than its user: its mode, and whose it is.
/// In words that name the path and the command that mends it. `None` if nothing is, or if it can't be looked at. On Windows
/// nothing is looked at.
pub fn exposure(path: &Path) -> Option<String> {
    let meta = fs::metadata(path).ok()?;
    let name = shown(path);
    document::warning(&meta, &name).or_else(|| strange_owner(&meta, &name))
}

/// Why what stands in the file at `path` may not be its user's own words: it is another user's, or others may write it. In words
/// that name the path and the command that mends it. `None` as for [`exposure`].
pub fn tampering(path: &Path) -> Option<String> {
    let meta = fs::metadata(path).ok()?;
    let name = shown(path);
    strange_owner(&meta, &name).or_else(|| writable(&meta, &name))
}

#[cfg(unix)]
fn writable(meta: &Metadata, name: &str) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = meta.permissions().mode() & 0o777;
    (mode & 0o022 != 0).then(|| format!("{name} can be written by others (mode {mode:04o}): chmod go-w"))
}

#[cfg(not(unix))]
fn writable(_: &Metadata, _: &str) -> Option<String> {
    None
}

/// The administrator's files are as good as one's own: a secret that the platform mounts is usually theirs.
#[cfg(unix)]
fn strange_owner(meta: &Metadata, name: &str) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let (owner, user) = (meta.uid(), nix::unistd::geteuid().as_raw());
    (owner != user && owner != 0)
        .then(|| format!("{name} belongs to another user (uid {owner}, and you are {user}): chown {user}"))
}

#[cfg(not(unix))]
fn strange_owner(_: &Metadata, _: &str) -> Option<String> {
    None
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_others_may_read_is_named_with_its_cure() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "s3cret").unwrap();
        for (path, private, public, cure) in [
            (path.as_path(), 0o600, 0o644, "(mode 0644): chmod 600"),
            (folder.path(), 0o700, 0o750, "(mode 0750): chmod 700"),
        ] {
            fs::set_permissions(path, fs::Permissions::from_mode(public)).unwrap();
            assert!(exposure(path).unwrap().ends_with(cure), "{path:?}");
            fs::set_permissions(path, fs::Permissions::from_mode(private)).unwrap();
            assert_eq!(exposure(path), None);
        }
        assert_eq!(exposure(&folder.path().join("none")), None);
    }

    #[test]
    fn what_others_may_write_is_told_apart_from_what_they_may_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "s3cret").unwrap();
        for (mode, is_writable) in [(0o600, false), (0o644, false), (0o620, true), (0o602, true), (0o666, true)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(tampering(&path).is_some(), is_writable, "{mode:o}");
        }
        assert!(tampering(&path).unwrap().ends_with("(mode 0666): chmod go-w"));
    }
}
