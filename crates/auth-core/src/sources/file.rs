//! A token in a file that somebody rotates.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use super::token_file;
use crate::{Error, FetchContext, Token, TokenSource};

/// How often a file is looked at again: often enough for a rotation with some overlap, seldom enough to cost nothing.
const RECHECK: Duration = Duration::from_secs(30);

/// A bearer token in a file, read again 30 s after the last look (by the first caller after that, in line).
///
/// While a re-read fails, the old token serves to its own end; one warning is logged, and the file is tried again every
/// 10 s. A JWT's own `exp` is respected. The read blocks for as long as the file system does: on a network mount that may
/// hang, use a source of your own.
#[derive(Clone, Debug)]
pub struct FileToken {
    path: PathBuf,
    recheck: Duration,
    drop_scheme: bool,
}

impl FileToken {
    /// The file at `path`: the token and nothing else, but white space around it and one byte-order mark.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), recheck: RECHECK, drop_scheme: false }
    }

    /// Looks at the file again when the last look is this long ago. Default: 30 s.
    #[must_use]
    pub fn recheck(mut self, every: Duration) -> Self {
        self.recheck = every;
        self
    }

    /// Drops a `Bearer ` in front of the token, for a file whose writer is known to put it there (the runtimes of
    /// watsonx.ai). Default: it is an error, because it usually is a mistake.
    #[must_use]
    pub fn drop_scheme(mut self) -> Self {
        self.drop_scheme = true;
        self
    }
}

#[async_trait]
impl TokenSource for FileToken {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        let bytes = token_file::read(&self.path)?;
        let bytes = if self.drop_scheme { token_file::without_bearer(&bytes) } else { &bytes };
        Ok(Token::bearer(token_file::token(&self.path, bytes)?).found().recheck(self.recheck))
    }
}
