//! The refresh token that all clones of a source share.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Changed, Error, FetchContext, Secret};

pub(super) type Saving = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;
pub(super) type Hook = Arc<dyn Fn(Secret) -> Saving + Send + Sync>;

pub(super) struct Kept {
    /// Whose turn it is to redeem the token. An async lock, given back by whoever is dropped.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

/// Held for a look or a change only.
struct State {
    token: Secret,
    /// Which token it is, from 0.
    number: u64,
    saved: bool,
    hook: Option<Hook>,
    listening: Vec<Changed>,
}

impl Kept {
    pub(super) fn new(token: Secret) -> Self {
        let state = State { token, number: 0, saved: true, hook: None, listening: Vec::new() };
        Self { turn: tokio::sync::Mutex::default(), state: Mutex::new(state) }
    }

    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// The token, and its number.
    pub(super) fn current(&self) -> (Secret, u64) {
        let state = self.state();
        (state.token.clone(), state.number)
    }

    /// Keeps the successor of token `number`, unless somebody has put another in since.
    pub(super) fn rotate(&self, number: u64, next: Secret) {
        let mut state = self.state();
        if state.number == number && !state.token.same_as(&next) {
            state.put(next, false);
        }
    }

    /// Keeps a token that somebody gives, and tells who would still be waiting.
    pub(super) fn replace(&self, token: Secret) {
        let mut state = self.state();
        state.put(token, true);
        let listening = state.listening.clone();
        drop(state);
        listening.iter().for_each(Changed::notify);
    }

    pub(super) fn listen(&self, cx: &FetchContext) {
        let mut state = self.state();
        state.listening.retain(|changed| changed.is_heard() && !changed.is_same(&cx.changed));
        state.listening.push(cx.changed());
    }

    pub(super) fn set_hook(&self, hook: Hook) {
        self.state().hook = Some(hook);
    }

    /// What the hook has not been able to save so far.
    pub(super) fn unsaved(&self) -> Option<(Hook, Secret, u64)> {
        let state = self.state();
        let hook = state.hook.clone().filter(|_| !state.saved)?;
        Some((hook, state.token.clone(), state.number))
    }

    pub(super) fn saved(&self, number: u64) {
        let mut state = self.state();
        state.saved |= state.number == number;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put(&mut self, token: Secret, saved: bool) {
        (self.token, self.saved) = (token, saved);
        self.number += 1;
    }
}
