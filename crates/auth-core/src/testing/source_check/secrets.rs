//! The hunt for pieces of secrets, plain or encoded.

use std::error::Error as StdError;
use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::Error;

/// As many bytes in a row of a secret are a leak.
const PIECE: usize = 8;

/// What is not to be shown, and what it is called.
#[derive(Clone, Default)]
pub(super) struct Secrets(Vec<(String, Vec<String>)>);

impl Secrets {
    pub(super) fn add(&mut self, name: &str, secret: &str) {
        let bytes = secret.as_bytes();
        let mut pieces = pieces(secret, PIECE);
        pieces.extend(self::pieces(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), 2 * PIECE));
        let escaped: String = form_urlencoded::byte_serialize(bytes).collect();
        pieces.extend(self::pieces(&escaped, PIECE));
        let list = bytes.iter().map(u8::to_string).collect::<Vec<_>>();
        pieces.extend(list.windows(PIECE).map(|bytes| bytes.join(", ")));
        // It may stand anywhere in what was encoded: the ends depend on its neighbours, the middle does not.
        for lead in 0..3 {
            let padded = [&[0; 2][..lead], bytes].concat();
            for encoded in [STANDARD.encode(&padded), URL_SAFE.encode(&padded)] {
                let own = encoded.get(lead + usize::from(lead > 0)..encoded.len().saturating_sub(4));
                pieces.extend(own.into_iter().flat_map(|own| self::pieces(own, PIECE)));
            }
        }
        // A host comes back in lower case.
        pieces.iter_mut().for_each(|piece| piece.make_ascii_lowercase());
        self.0.push((name.to_owned(), pieces));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of one that the text shows.
    pub(super) fn shown_in(&self, text: &str) -> Option<&str> {
        let text = text.to_ascii_lowercase();
        let shown = self.0.iter().find(|(_, pieces)| pieces.iter().any(|piece| text.contains(piece.as_str())));
        shown.map(|(name, _)| name.as_str())
    }

    /// The same of an error, in every way in which it is printed.
    pub(super) fn shown_by(&self, error: &Error) -> Option<(&str, &'static str)> {
        let chain = iter::successors(Some(error as &dyn StdError), |&error| error.source());
        let ways = chain.flat_map(|error| [("Display", format!("{error} {error:#}")), ("Debug", format!("{error:?}"))]);
        ways.into_iter().find_map(|(way, text)| self.shown_in(&text).map(|name| (name, way)))
    }
}

/// All pieces of this length; of a shorter text the whole.
fn pieces(text: &str, length: usize) -> Vec<String> {
    if text.len() <= length {
        return Some(text.to_owned()).filter(|text| !text.is_empty()).into_iter().collect();
    }
    let piece = |start| text.get(start..start + length).map(str::to_owned);
    (0..=text.len() - length).filter_map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_found_in_any_disguise_and_less_is_none() {
        const SECRET: &str = "Wj5yGq8L/U3eDzR0";
        let mut secrets = Secrets::default();
        secrets.add("it", SECRET);
        let pair = format!("user:{SECRET}, and more");
        for leak in [
            format!("token {} expired", &SECRET[5..13]),
            SECRET.to_lowercase(),
            form_urlencoded::byte_serialize(SECRET.as_bytes()).collect(),
            format!("Basic {}", STANDARD.encode(&pair)),
            format!("Basic {}", URL_SAFE.encode(&pair[2..])),
            format!("{:?}", SECRET.as_bytes()),
            SECRET.bytes().map(|byte| format!("{byte:02X}")).collect(),
        ] {
            assert_eq!(secrets.shown_in(&leak), Some("it"), "{leak}");
        }
        for fine in [&SECRET[..7], &SECRET[9..], "", "the token is not usable"] {
            assert_eq!(secrets.shown_in(fine), None, "{fine}");
        }
    }
}
