//! The operating system's reasons, in words for people.

use std::io::ErrorKind;

/// Why the operating system refused something, in words that can stand behind a colon: `no such file or folder`. The standard
/// library's own are for programmers (`entity not found`), or say nothing.
pub fn io_reason(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::NotFound => "no such file or folder",
        ErrorKind::StorageFull => "the disk is full",
        ErrorKind::QuotaExceeded => "all the room that this user may take is taken",
        ErrorKind::FileTooLarge => "the file would be too large",
        ErrorKind::InvalidFilename => "the name is too long, or no name here",
        ErrorKind::ReadOnlyFilesystem => "it can only be read there, not written",
        ErrorKind::NotADirectory => "what should be a folder is none",
        ErrorKind::IsADirectory => "it is a folder",
        ErrorKind::DirectoryNotEmpty => "the folder is not empty",
        ErrorKind::AlreadyExists => "it is there already",
        ErrorKind::UnexpectedEof => "it ends too early",
        ErrorKind::InvalidInput => "the system does not take this name or value",
        ErrorKind::Other => "the system does not say why",
        kind => {
            let words = kind.to_string();
            // What the standard library has no public name for.
            let is_silent = words == "uncategorized error";
            return if is_silent { "the system does not say why".to_owned() } else { words };
        }
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn no_reason_has_words_of_programmers() {
        for (kind, words) in [
            (ErrorKind::NotFound, "no such file or folder"),
            (ErrorKind::StorageFull, "the disk is full"),
            (ErrorKind::PermissionDenied, "permission denied"),
            (ErrorKind::Other, "the system does not say why"),
            // Linux' EUCLEAN, for which there is no kind.
            (io::Error::from_raw_os_error(117).kind(), "the system does not say why"),
        ] {
            assert_eq!(io_reason(kind), words, "{kind:?}");
        }
    }
}
