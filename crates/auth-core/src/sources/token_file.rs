//! A file that holds a token and nothing else.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::settings::shown;
use crate::{Error, Secret, token_value};

/// A token is at most 64 KiB; one byte more shows that there is more.
const READ_LIMIT: u64 = 64 * 1024 + 16;

/// The bytes of the file at `path`.
///
/// # Errors
/// [`Unavailable`](crate::ErrorKind::Unavailable) if there is none, [`Misconfigured`](crate::ErrorKind::Misconfigured) if it
/// must not be read, [`Transient`](crate::ErrorKind::Transient) for what may pass: a volume that is being mounted.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    let read = File::open(path).and_then(|file| file.take(READ_LIMIT).read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| {
        let path = shown(path);
        match error.kind() {
            io::ErrorKind::NotFound => Error::unavailable(format!("there is no token file {path}")),
            io::ErrorKind::PermissionDenied => {
                Error::misconfigured(format!("the token file {path} can't be read: permission denied"))
            }
            kind => Error::transient(format!("the token file {path} can't be read: {kind}")),
        }
    })
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
