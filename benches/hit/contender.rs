//! Who takes part.

use crate::Error;

/// A way to send a request with a token that is at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contender {
    ByHand,
    NoOp,
    Static,
    Ours,
    Replay,
    StaticCloned,
    OursCloned,
    ReplayCloned,
    ReqwestNoOp,
    ReqwestOurs,
    ReqwestReplay,
}

use Contender::*;

impl Contender {
    pub(crate) const ALL: [Self; 11] = [
        ByHand,
        NoOp,
        Static,
        Ours,
        Replay,
        StaticCloned,
        OursCloned,
        ReplayCloned,
        ReqwestNoOp,
        ReqwestOurs,
        ReqwestReplay,
    ];

    /// Its name on a command line and in `cost.json`.
    pub(crate) fn key(self) -> &'static str {
        match self {
            ByHand => "by-hand",
            NoOp => "no-op",
            Static => "static",
            Ours => "ours",
            Replay => "replay",
            StaticCloned => "static-cloned",
            OursCloned => "ours-cloned",
            ReplayCloned => "replay-cloned",
            ReqwestNoOp => "reqwest-no-op",
            ReqwestOurs => "reqwest-ours",
            ReqwestReplay => "reqwest-replay",
        }
    }

    /// Its name in a table.
    pub(crate) fn label(self) -> &'static str {
        match self {
            ByHand => "header inserted by hand, no Tower",
            NoOp => "Tower service that does nothing, no header",
            Static => "tower-http `AddAuthorization`",
            Ours => "`AuthLayer`, without replay",
            Replay => "`AuthLayer`, default",
            StaticCloned => "`AddAuthorization`, cloned for each request",
            OursCloned => "`AuthLayer`, without replay, cloned for each request",
            ReplayCloned => "`AuthLayer`, default, cloned for each request",
            ReqwestNoOp => "reqwest middleware that does nothing, no header",
            ReqwestOurs => "`AuthMiddleware`, without replay",
            ReqwestReplay => "`AuthMiddleware`, default",
        }
    }

    /// Whom its ratio is to: what a program pays that uses the same kind of middleware for a header that never changes, or,
    /// since reqwest-middleware brings none of those, for nothing at all.
    pub(crate) fn floor(self) -> Self {
        match self {
            ReqwestNoOp | ReqwestOurs | ReqwestReplay => ReqwestNoOp,
            _ => Static,
        }
    }

    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Ours | Replay | OursCloned | ReplayCloned | ReqwestOurs | ReqwestReplay)
    }

    /// How many headers arrive.
    pub(crate) fn headers(self) -> usize {
        match self {
            NoOp | ReqwestNoOp => 1,
            _ => 2,
        }
    }

    /// Its place in [`ALL`](Self::ALL).
    pub(crate) fn place(self) -> usize {
        self as usize
    }

    pub(crate) fn parse(key: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|contender| contender.key() == key).ok_or_else(|| {
            let keys = Self::ALL.map(Self::key).join(", ");
            format!("there is no contender {key}; there are: {keys}").into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_stands_at_its_place_under_its_key() -> Result<(), Error> {
        for (place, contender) in Contender::ALL.into_iter().enumerate() {
            assert_eq!(contender.place(), place);
            assert_eq!(Contender::parse(contender.key())?, contender);
        }
        Ok(())
    }
}
