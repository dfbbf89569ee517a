//! A file that holds a token and nothing else.

use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::adapter::io_reason;
use crate::config::document;
use crate::settings::shown;
use crate::{Error, Secret, token_value};

/// A token is at most 64 KiB; one byte more shows that there is more.
const READ_LIMIT: u64 = 64 * 1024 + 16;

/// The bytes of the file at `path`.
///
/// # Errors
/// [`Unavailable`](crate::ErrorKind::Unavailable) if there is none, [`Misconfigured`](crate::ErrorKind::Misconfigured) if it
/// must not be read or is no regular file, [`Transient`](crate::ErrorKind::Transient) for what may pass: a volume that is being mounted.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::unavailable(format!("there is no token file {}", shown(path))),
        io::ErrorKind::PermissionDenied => refused(path, "permission denied"),
        kind => Error::transient(format!("the token file {} can't be read: {}", shown(path), io_reason(kind))),
    };
    let Some((file, _)) = document::open(path).map_err(unreadable)? else {
        return Err(refused(path, "it is no regular file"));
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    file.take(READ_LIMIT).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn refused(path: &Path, reason: &str) -> Error {
    Error::misconfigured(format!("the token file {} can't be read: {reason}", shown(path)))
}

/// The token in these bytes of the file at `path`.
///
/// # Errors
/// [`Misconfigured`](crate::ErrorKind::Misconfigured) with the path and the reason.
pub(super) fn token(path: &Path, bytes: &[u8]) -> Result<Secret, Error> {
    token_value::clean(bytes)
        .map(Secret::from)
        .map_err(|reason| Error::misconfigured(format!("the token in {} is not usable: {reason}", shown(path))))
}

/// The bytes without a `Bearer ` in front of the token.
pub(super) fn without_bearer(bytes: &[u8]) -> &[u8] {
    const SCHEME: &[u8] = b"Bearer ";
    let text = bytes.trim_ascii_start();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
    match text.split_at_checked(SCHEME.len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(SCHEME) => rest,
        _ => bytes,
    }
}

/// Whether `token` is only the beginning of one, as far as the one `before` it tells: a JWS has three parts (RFC 7515 section
/// 7.1), and under the same header signatures of the same length. Of what is no JWS nothing can be told.
pub(super) fn is_cut_off(token: &str, before: &str) -> bool {
    const BEGINNING: &str = "eyJ";
    let (before, token): (Vec<_>, Vec<_>) = (before.split('.').collect(), token.split('.').collect());
    match (&before[..], &token[..]) {
        ([header, ..], _) if !header.starts_with(BEGINNING) => false,
        ([header, _, signature], [same, _, shorter]) => same == header && shorter.len() < signature.len(),
        ([_, _, _], [first] | [first, _]) => first.starts_with(BEGINNING) || BEGINNING.starts_with(first),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_refused_and_not_waited_for() {
        let folder = crate::testing::Folder::new();
        let fifo = folder.path().join("fifo");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        for path in [folder.path(), Path::new("/dev/zero"), &fifo] {
            let error = read(path).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Misconfigured, "{error}");
            assert!(error.to_string().ends_with("it is no regular file"), "{error}");
        }
    }

    #[test]
    fn a_scheme_is_dropped_once_and_only_where_a_token_follows() {
        for (input, expect) in [
            ("Bearer abc\n", Some("abc")),
            ("\u{feff} bearer   abc", Some("abc")),
            ("abc", Some("abc")),
            ("Bearerabc", Some("Bearerabc")),
            ("Bearer Bearer abc", None),
            ("Bearer \n", None),
            ("Bearer", None),
            ("Basic abc", None),
        ] {
            let token = token(Path::new("t"), without_bearer(input.as_bytes()));
            assert_eq!(token.ok().as_ref().map(Secret::expose), expect, "{input:?}");
        }
    }

    #[test]
    fn a_token_is_cut_off_if_the_one_before_it_says_so() {
        for (token, before, expect) in [
            ("", "eyJh.eyJi.c2ln", true),
            ("ey", "eyJh.eyJi.c2ln", true),
            ("eyJh", "eyJh.eyJi.c2ln", true),
            ("eyJ4.eyJ", "eyJh.eyJi.c2ln", true),
            ("eyJh.eyJi.", "eyJh.eyJi.c2ln", true),
            ("eyJh.eyJj.c2l", "eyJh.eyJi.c2ln", true),
            ("eyJh.eyJj.c2ln", "eyJh.eyJi.c2ln", false),
            ("eyJ4.eyJj.c2", "eyJh.eyJi.c2ln", false), // another key, perhaps another algorithm
            ("eyJh.k.iv.text.tag", "eyJh.eyJi.c2ln", false), // encrypted (RFC 7516)
            ("opaque", "eyJh.eyJi.c2ln", false),
            ("eyJh", "eyJoIjoi", false),
            ("a.b", "a.b.c", false),
            ("eyJh", "opaque", false),
        ] {
            assert_eq!(is_cut_off(token, before), expect, "{token:?} after {before:?}");
        }
    }
}
