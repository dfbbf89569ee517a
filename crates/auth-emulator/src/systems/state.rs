//! What the systems remember while the emulator runs.

use std::{io, path::PathBuf};

use super::{
    cape, handed_out::HandedOut, ibm, ivcap, oauth, podstack, refresh_tokens::RefreshTokens, remote, replays::Replays,
    skyflow,
};
use crate::signing_key::SigningKey;

pub(crate) struct State {
    pub(crate) cape: cape::Tokens,
    pub(crate) handed_out: HandedOut,
    pub(crate) ibm: ibm::Resources,
    pub(crate) ivcap: ivcap::Devices,
    pub(crate) oauth: oauth::Registry,
    pub(crate) podstack: podstack::Book,
    pub(crate) refresh_tokens: RefreshTokens,
    pub(crate) remote: remote::Sessions,
    pub(crate) replays: Replays,
    pub(crate) skyflow: skyflow::Accounts,
}

impl State {
    pub(crate) fn new(key: &'static SigningKey, cape_state: Option<PathBuf>) -> io::Result<Self> {
        Ok(Self {
            cape: cape::Tokens::open(key, cape_state)?,
            handed_out: HandedOut::default(),
            ibm: ibm::Resources::default(),
            ivcap: ivcap::Devices::default(),
            oauth: oauth::Registry::default(),
            podstack: podstack::Book::default(),
            refresh_tokens: RefreshTokens::default(),
            remote: remote::Sessions::default(),
            replays: Replays::default(),
            skyflow: skyflow::Accounts::default(),
        })
    }
}
