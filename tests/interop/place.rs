//! A server on a path to it, with an API behind the same door, and who looks on.

use std::sync::Arc;

use auth_core::exchange::TokenEndpoint;

use crate::api::Api;
use crate::canaries::Canaries;
use crate::certificates::{NAME, Trust};
use crate::observer::Observer;
use crate::plant::Plant;
use crate::registered::Registered;
use crate::server::{Kind, Server};

/// How requests get to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Path {
    Loopback,
    Tls,
}

impl Path {
    pub(crate) const ALL: [Self; 2] = [Self::Loopback, Self::Tls];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::Tls => "nginx, TLS",
        }
    }
}

/// What all places of a run share.
pub(crate) struct World {
    pub(crate) canaries: Arc<Canaries>,
    pub(crate) registered: Registered,
    /// An authority that vouches for no server here.
    pub(crate) stranger: Trust,
    pub(crate) plant: Option<Plant>,
}

pub(crate) struct Place {
    pub(crate) world: Arc<World>,
    pub(crate) kind: Kind,
    pub(crate) path: Path,
    pub(crate) server: Server,
    pub(crate) observer: Observer,
    pub(crate) api: Api,
    /// Scheme, host and port of the API, as clients reach it.
    pub(crate) api_origin: String,
    pub(crate) trust: Trust,
}

impl Place {
    pub(crate) fn issuer(&self) -> &str {
        &self.server.ready.issuer
    }

    pub(crate) fn endpoint(&self) -> TokenEndpoint {
        TokenEndpoint::parse(&format!("{}{}", self.issuer(), self.server.ready.token)).unwrap()
    }

    /// The same by its address, for which its certificate is not.
    pub(crate) fn endpoint_by_address(&self) -> TokenEndpoint {
        let issuer = self.issuer().replace(NAME, "127.0.0.1");
        TokenEndpoint::parse(&format!("{issuer}{}", self.server.ready.token)).unwrap()
    }

    /// How often the server was asked for a token.
    pub(crate) async fn token_requests(&self) -> usize {
        let asked = format!("POST {}", self.server.ready.token);
        self.server.requests().await.iter().filter(|request| **request == asked).count()
    }

    pub(crate) fn has(&self, plant: Plant) -> bool {
        self.world.plant == Some(plant)
    }
}
