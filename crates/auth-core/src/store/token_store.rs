//! Tokens in a folder, from one run of a program to the next.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::folder::Folder;
use super::{clear, forget, keeping};
use crate::{Access, Env, Error, Identity, Secret, TokenSource};

/// Where they are, below the user's cache directory.
const FOLDER: &str = "authctl/tokens";

type Notice = Arc<dyn Fn(&Error) + Send + Sync>;

/// Keeps tokens in a folder, so that a program that lives for one command does not exchange its credential each time, and
/// many that run at once exchange it once.
///
/// Only the user can read the folder and what is in it. A token stands there as it is: whoever can read the user's files can
/// use it until it ends. What it was exchanged for does not stand there, and can't be guessed from it. A folder or file
/// that others could read, or that is somebody else's, is not used.
///
/// Nothing that goes wrong with the folder makes a fetch fail: the token is then fetched, as without a store, and
/// [`on_trouble`](Self::on_trouble) hears why.
///
/// Not for a program that runs for long and alone: its [`Authenticator`](crate::Authenticator) keeps the token already. What
/// is kept is [`found`](crate::Token::found) again, with its absolute end by this machine's clock. A token without a known end is not kept.
///
/// ```
/// use auth_core::{Env, store::TokenStore, systems::from_env};
///
/// # fn access(env: &Env, transport: impl auth_core::Transport) -> Result<(), auth_core::Error> {
/// let access = from_env("watsonx", env)?;
/// let access = match TokenStore::of_user(env)? {
///     Some(store) => store.wrap(access),
///     None => access, // no home folder
/// };
/// let auth = access.authenticator(transport)?;
/// # let _ = auth;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TokenStore {
    pub(super) folder: Arc<Folder>,
    pub(super) answers: bool,
    notice: Option<Notice>,
    /// What was told already: one trouble is met at each look.
    told: Arc<Mutex<BTreeSet<String>>>,
}

impl TokenStore {
    /// Tokens in this folder, which is made when the first one is kept.
    pub fn in_folder(path: impl Into<PathBuf>) -> Self {
        Self { folder: Arc::new(Folder::at(path.into())), answers: true, notice: None, told: Arc::default() }
    }

    /// Tokens in `authctl/tokens` below the user's [cache directory](Env::cache_directory); `None` if that is not known.
    ///
    /// # Errors
    /// As [`Env::cache_directory`].
    pub fn of_user(env: &Env) -> Result<Option<Self>, Error> {
        Ok(env.cache_directory()?.map(|folder| Self::in_folder(folder.join(FOLDER))))
    }

    /// The same, which answers nothing with what is kept: each token is fetched, and kept for others (`--force` of a command).
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.answers = false;
        self
    }

    /// Hears why something is not kept or not read, once of each trouble. Default: a warning in the log.
    #[must_use]
    pub fn on_trouble(mut self, notice: impl Fn(&Error) + Send + Sync + 'static) -> Self {
        self.notice = Some(Arc::new(notice));
        self
    }

    /// The access, with its tokens kept here, if it says that they are [such as are kept](Access::with_identity); else as it was.
    #[must_use]
    pub fn wrap(&self, access: Access) -> Access {
        match access.identity() {
            Some(identity) => access.over(|source| self.wrap_source(source, identity)),
            None => access,
        }
    }

    /// The source, with its tokens kept here for this identity: everything that leads to them has to be in it, secrets included, or
    /// one user's token is taken for another's.
    pub fn wrap_source(&self, source: impl TokenSource, identity: Identity) -> Arc<dyn TokenSource> {
        Arc::new(keeping::Keeping::new(self.clone(), Arc::new(source), identity))
    }

    /// Removes the token that is kept for the access, if it is this one, which its API has refused. Says whether it was. For
    /// programs that only hand tokens on; an [`Authenticator`](crate::Authenticator) does it by itself.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if the folder can't be used, or with the file that can't be removed.
    pub fn forget(&self, access: &Access, token: &Secret) -> Result<bool, Error> {
        forget::token(self, access, token)
    }

    /// Removes all tokens, and what a killed process left of one. Says how many there were. Nothing else that is in the folder
    /// is touched.
    ///
    /// Nobody is waited for: what is being fetched at this moment is kept when it arrives. A process that uses a token goes on
    /// using it.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if the folder can't be used, or with the file that can't be removed.
    pub fn clear(&self) -> Result<usize, Error> {
        clear::all(&self.folder)
    }

    /// Where the tokens are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn tell(&self, trouble: &Error) {
        if !self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(trouble.to_string()) {
            return;
        }
        match &self.notice {
            Some(notice) => notice(trouble),
            None => {
                tracing::warn!(target: "auth_core", reason = %trouble, "the token cache is not used as it should be");
            }
        }
    }
}

impl fmt::Debug for TokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenStore").field("folder", &self.folder.path()).finish_non_exhaustive()
    }
}
