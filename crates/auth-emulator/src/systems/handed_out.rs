//! The private keys that an emulator gives to its callers.

use std::sync::atomic::{AtomicUsize, Ordering};

use jsonwebtoken::Algorithm;

use crate::signing_key::SigningKey;

/// Counts the keys handed out, by algorithm. Each gets another than the one before, so that a program that mixes up two
/// accounts or two signers is refused as it would be outside of tests.
#[derive(Default)]
pub(crate) struct HandedOut {
    rsa: AtomicUsize,
    ec: AtomicUsize,
    ed: AtomicUsize,
}

impl HandedOut {
    /// The next in turn.
    pub(crate) fn next(&self, algorithm: Algorithm) -> &'static SigningKey {
        let count = match algorithm {
            Algorithm::ES256 => &self.ec,
            Algorithm::EdDSA => &self.ed,
            _ => &self.rsa,
        };
        SigningKey::handed_out(algorithm, count.fetch_add(1, Ordering::Relaxed))
            .expect("the emulator's own key could be made in this process")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_in_a_row_are_different_keys() {
        for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
            let keys = HandedOut::default();
            let [a, b, c, again] = [(); 4].map(|()| keys.next(algorithm).pem());
            assert!(a != b && b != c && a != c && a == again);
        }
    }
}
