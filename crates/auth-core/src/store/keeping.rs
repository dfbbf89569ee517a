//! A source whose tokens are kept.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::folder::{self, Place};
use super::kept_token::{KeptToken, Standing};
use super::lock::{Lock, was_tried};
use super::{TokenStore, clear, write_private};
use crate::cache::lifetime_of;
use crate::{Error, ErrorKind, FetchContext, Identity, Reason, Token, TokenSource};

/// A source, and before it the file with the token that another process, or an earlier one, had from it.
///
/// A token that serves for a while answers. In the time in which the engine would refresh it ahead of its end, one process
/// refreshes it, in line, because there is nobody to do it in the background of a command; all others are answered with it. In
/// its last moments, and without one, all wait for the process that fetches, and look again.
pub(super) struct Keeping {
    store: TokenStore,
    source: Arc<dyn TokenSource>,
    identity: Identity,
}

impl Keeping {
    pub(super) fn new(store: TokenStore, source: Arc<dyn TokenSource>, identity: Identity) -> Self {
        Self { store, source, identity }
    }

    async fn fetch_at(&self, place: &Place, cx: &FetchContext) -> Result<Token, Error> {
        let lock = match self.look(place, cx) {
            Look::Answer(token) => return Ok(answer(&token, cx)),
            Look::Tired(token) => {
                let now = cx.now().wall();
                if was_tried(&place.lock, token.pause(), now) {
                    return Ok(answer(&token, cx));
                }
                match Lock::at_once(&place.lock) {
                    Ok(Some(lock)) => Ok(lock),
                    Ok(None) => return Ok(answer(&token, cx)),
                    Err(error) => Err(error),
                }
            }
            Look::Fetch(_) => self.wait(place, cx).await,
        };
        let lock = lock.inspect_err(|error| self.store.tell(error)).ok();
        // Whoever had the lock before may have brought one.
        let spare = match self.look(place, cx) {
            Look::Answer(token) => return Ok(answer(&token, cx)),
            Look::Tired(token) => Some(token),
            Look::Fetch(spare) => spare,
        };
        if let (Some(lock), Some(_)) = (&lock, &spare) {
            lock.note_attempt(cx.now().wall());
        }
        match self.fetch_new(spare.is_some(), cx).await {
            Ok(token) => {
                self.keep(place, &token, cx);
                Ok(token)
            }
            Err(error) => match spare.filter(|spare| spare.left(cx.now().wall()) > cx.margin) {
                Some(spare) => {
                    tracing::warn!(target: "auth_core", %error, "no new token can be had: the kept one goes on serving");
                    Ok(answer(&spare, cx))
                }
                None => Err(error),
            },
        }
    }

    /// From the source. With something to fall back on, it does not get all the time there is.
    async fn fetch_new(&self, has_spare: bool, cx: &FetchContext) -> Result<Token, Error> {
        let mut fetch = pin!(self.source.fetch(cx));
        if has_spare {
            let limit = time_left(cx) / 2;
            if let Some(result) = cx.timeout(limit, fetch.as_mut()).await {
                return result;
            }
            // What works only once is not given up while its answer is on the way.
            if !cx.limits.is_single_use() {
                return Err(Error::new(ErrorKind::Timeout, "the source did not answer in time"));
            }
        }
        fetch.await
    }

    /// Waits for the lock: for as long as one fetch may take, or half of what is left of the acquisition. The fetch gets the time
    /// it would have had.
    async fn wait(&self, place: &Place, cx: &FetchContext) -> Result<Lock, Error> {
        let (began, whole) = (cx.now().monotonic(), time_left(cx));
        let of_all = Duration::from_nanos(cx.limits.flight_deadline()).saturating_sub(began);
        let patience = whole.min(of_all / 2);
        // To be able to tell that it was too long, and not to be cut off there.
        cx.allow(since_start(cx) + patience + whole);
        Lock::wait(&place.lock, patience, cx).await
    }

    /// What is kept, and what to do about it.
    fn look(&self, place: &Place, cx: &FetchContext) -> Look {
        if !self.store.answers {
            return Look::Fetch(None);
        }
        let kept = match folder::read(&place.token) {
            Ok(Some(text)) => match KeptToken::of_json(&text) {
                Some(kept) => kept,
                None => {
                    self.store.tell(&folder::refused(&place.token, "it holds no token, and is replaced"));
                    return Look::Fetch(None);
                }
            },
            Ok(None) => return Look::Fetch(None),
            Err(error) => {
                self.store.tell(&error);
                return Look::Fetch(None);
            }
        };
        let present = cx.present();
        if matches!(cx.reason(), Reason::Rejected { .. }) && present.as_ref().is_some_and(|present| kept.is(present)) {
            // Nobody else need learn that it is no good. That it can't be removed is no news to whoever replaces it.
            let _ = std::fs::remove_file(&place.token);
        }
        let now = cx.now().wall();
        let may_serve = match &present {
            Some(present) => kept.is_newer_than(present),
            // It was forgotten, so the kept one may be it, unless somebody has brought it just now.
            None => cx.reason() == Reason::First || kept.was_written_since(cx.started().wall()),
        };
        match kept.standing(now) {
            _ if !may_serve => Look::Fetch(None),
            Standing::Over => Look::Fetch(None),
            // It can't be had newer than this.
            _ if kept.was_written_since(cx.started().wall()) => Look::Answer(kept),
            // The engine takes none that lives for no longer than its margin.
            _ if kept.left(now) <= cx.margin || kept.left(now) < cx.wanted() + cx.margin => Look::Fetch(Some(kept)),
            Standing::Fresh => Look::Answer(kept),
            Standing::Soft => Look::Tired(kept),
            Standing::Hard => Look::Fetch(Some(kept)),
        }
    }

    fn keep(&self, place: &Place, token: &Token, cx: &FetchContext) {
        let now = cx.now().wall();
        let Some(length) = lifetime_of(token, cx.started(), Duration::MAX).length else { return };
        let Some(end) = cx.started().wall().checked_add(length).filter(|end| *end > now) else { return };
        let Some(text) = KeptToken::new(token.clone(), now, end).to_json() else { return };
        match write_private(&place.token, &text) {
            Ok(()) => {
                tracing::info!(target: "auth_core", remaining = ?end.duration_since(now).unwrap_or_default(), "the token is kept");
                clear::what_is_over(self.store.folder(), &place.token, now);
            }
            Err(error) => self.store.tell(&error),
        }
    }
}

fn answer(kept: &KeptToken, cx: &FetchContext) -> Token {
    tracing::info!(target: "auth_core", remaining = ?kept.left(cx.now().wall()), "a kept token answers");
    kept.token()
}

/// What a look at the file comes to.
enum Look {
    /// It answers.
    Answer(KeptToken),
    /// It answers, and somebody should replace it.
    Tired(KeptToken),
    /// A new one is to be fetched; if that fails, this one serves.
    Fetch(Option<KeptToken>),
}

fn since_start(cx: &FetchContext) -> Duration {
    cx.now().monotonic().saturating_sub(cx.started().monotonic())
}

fn time_left(cx: &FetchContext) -> Duration {
    cx.deadline().saturating_sub(cx.now().monotonic())
}

#[async_trait]
impl TokenSource for Keeping {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        // A file that can't be read is for the source to complain about.
        let Some(digest) = self.identity.digest() else { return self.source.fetch(cx).await };
        match self.store.folder.place(digest) {
            Ok(place) => self.fetch_at(&place, cx).await,
            Err(error) => {
                self.store.tell(&error);
                self.source.fetch(cx).await
            }
        }
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests;
