//! Every secret of a run, and where one shows that must not.
//!
//! The suite's own hunt keeps every piece of a secret in every encoding, some tens of kilobytes for a token. Here thousands are
//! issued, and known until the servers' logs are read at the end, so three pieces in three encodings have to do.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// So many bytes in a row are looked for: at the start, in the middle and at the end of each form of a secret.
const PIECE: usize = 12;

/// The secrets known so far.
#[derive(Default)]
pub(crate) struct Canaries(Mutex<Pieces>);

struct Pieces {
    names: HashMap<[u8; PIECE], String>,
    /// Whether a piece may begin with these bytes: most text is none, and there is a lot of it.
    beginnings: Vec<bool>,
}

impl Default for Pieces {
    fn default() -> Self {
        Self { names: HashMap::new(), beginnings: vec![false; 1 << 24] }
    }
}

impl Canaries {
    /// A new one, of 128 random bits. They need not withstand an attacker, so the standard library's hash keys will do.
    pub(crate) fn make(&self, name: &str) -> String {
        let half = || RandomState::new().hash_one(name);
        let secret = format!("{:016x}{:016x}", half(), half());
        self.know(name, &secret);
        secret
    }

    /// One that a server has made, or one that is put together from others.
    pub(crate) fn know(&self, name: &str, secret: &str) {
        let percent: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let mut pieces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pieces.add(name, secret.as_bytes());
        pieces.add(name, percent.as_bytes());
        for lead in 0..3 {
            // It may stand anywhere in what was encoded: the ends depend on its neighbours, the middle does not.
            let padded = [&[0; 2][..lead.min(2)], secret.as_bytes()].concat();
            for encoded in [STANDARD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
                let own = encoded.as_bytes().get(4..encoded.len() - 4).unwrap_or_default();
                pieces.add(name, own);
            }
        }
    }

    /// What a text shows, each once.
    pub(crate) fn shown_by(&self, text: &str) -> Vec<String> {
        let pieces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<String> = text
            .as_bytes()
            .windows(PIECE)
            .filter(|window| pieces.beginnings[beginning(window)])
            .filter_map(|window| pieces.names.get(window).cloned())
            .collect();
        found.sort();
        found.dedup();
        found
    }
}

impl Pieces {
    fn add(&mut self, name: &str, form: &[u8]) {
        let Some(last) = form.len().checked_sub(PIECE) else { return };
        for at in [0, last / 2, last] {
            let piece: [u8; PIECE] = form[at..at + PIECE].try_into().unwrap();
            self.beginnings[beginning(&piece)] = true;
            self.names.entry(piece).or_insert_with(|| name.to_owned());
        }
    }
}

fn beginning(piece: &[u8]) -> usize {
    usize::from(piece[0]) << 16 | usize::from(piece[1]) << 8 | usize::from(piece[2])
}
