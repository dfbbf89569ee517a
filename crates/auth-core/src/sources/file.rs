//! A token in a file that somebody rotates.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::{Error, FetchContext, Secret, Token, TokenSource, token_value};

/// How often a file is looked at again: often enough for a rotation with some overlap, seldom enough to cost nothing.
const RECHECK: Duration = Duration::from_secs(30);

/// A token is at most 64 KiB; one byte more shows that there is more.
const READ_LIMIT: u64 = 64 * 1024 + 16;

/// A bearer token in a file, read again 30 s after the last look (by the first caller after that, in line).
///
/// While a re-read fails, the old token serves to its own end; one warning is logged, and the file is tried again every
/// 10 s. A JWT's own `exp` is respected. The read blocks for as long as the file system does: on a network mount that may
/// hang, use a source of your own.
#[derive(Clone, Debug)]
pub struct FileToken {
    path: PathBuf,
    recheck: Duration,
}

impl FileToken {
    /// The file at `path`: the token and nothing else, but white space around it and one byte-order mark.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), recheck: RECHECK }
    }

    /// Looks at the file again when the last look is this long ago. Default: 30 s.
    #[must_use]
    pub fn recheck(mut self, every: Duration) -> Self {
        self.recheck = every;
        self
    }

    fn read(&self) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
        File::open(&self.path)?.take(READ_LIMIT).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[async_trait]
impl TokenSource for FileToken {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        let path = self.path.display();
        let bytes = self.read().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::unavailable(format!("there is no token file {path}")),
            io::ErrorKind::PermissionDenied => {
                Error::misconfigured(format!("the token file {path} can't be read: permission denied"))
            }
            kind => Error::transient(format!("the token file {path} can't be read: {kind}")),
        })?;
        let token = token_value::clean(&bytes)
            .map_err(|reason| Error::misconfigured(format!("the token in {path} is not usable: {reason}")))?;
        Ok(Token::bearer(Secret::from(token)).found().recheck(self.recheck))
    }
}
