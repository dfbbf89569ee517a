//! A token in a file that somebody rotates.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use super::token_file;
use crate::settings::shown;
use crate::{Credential, Error, FetchContext, Token, TokenSource};

/// How often a file is looked at again: often enough for a rotation with some overlap, seldom enough to cost nothing.
const RECHECK: Duration = Duration::from_secs(30);

/// A bearer token in a file, read again 30 s after the last look (by the first caller after that, in line).
///
/// While a re-read fails, the old token serves to its own end; one warning is logged, and the file is tried again every
/// 10 s. A JWT's own `exp` is respected. Let its writer put a new file in the old one's place: of a token that is written bit by
/// bit, half may be read. It is not used where the JWT before it shows that it is half; else the API's 401 leads to another look. The read blocks for as long as the file system does: on a network mount that may
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
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let bytes = token_file::read(&self.path)?;
        let bytes = if self.drop_scheme { token_file::without_bearer(&bytes) } else { &bytes };
        let token = token_file::token(&self.path, bytes)?;
        // Only while it serves: after that, whatever stands there is all there is.
        let present = cx.present().filter(|present| present.0.is_alive(cx.now()));
        let before = present.as_ref().and_then(Credential::secret);
        if before.is_some_and(|before| token_file::is_cut_off(token.expose(), before.expose())) {
            let message = format!("the token in {} is cut off: it seems to be written just now", shown(&self.path));
            return Err(Error::transient(message));
        }
        Ok(Token::bearer(token).found().recheck(self.recheck))
    }
}
