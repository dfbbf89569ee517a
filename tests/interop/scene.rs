//! All servers, started and ended.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::Canaries;
use crate::api::Api;
use crate::certificates::Certificate;
use crate::nginx::{Door, Nginx};
use crate::observer::Observer;
use crate::place::{Path, Place, World};
use crate::plant::Plant;
use crate::registered::Registered;
use crate::server::{Kind, Starting};

/// For the first answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The programs, and where each server's own code is.
pub(crate) struct Programs {
    pub(crate) oidc_provider: [OsString; 2],
    pub(crate) authlib: [OsString; 2],
    pub(crate) nginx: PathBuf,
    /// For what is written during the run.
    pub(crate) folder: PathBuf,
}

/// What all have written.
pub(crate) struct Written {
    /// Each under the name of its place.
    pub(crate) servers: Vec<(String, String)>,
    pub(crate) nginx: String,
}

pub(crate) struct Scene {
    pub(crate) world: Arc<World>,
    pub(crate) places: Vec<Place>,
    nginx: Nginx,
}

impl Scene {
    pub(crate) async fn set(programs: &Programs, plant: Option<Plant>) -> Self {
        let canaries = Arc::new(Canaries::default());
        let registered = Registered::new(&canaries);
        let certificate = Certificate::new();
        let stranger =
            if plant == Some(Plant::AnyAuthority) { certificate.trust.clone() } else { Certificate::new().trust };
        let world = Arc::new(World { canaries, registered, stranger, plant });
        let (mut started, mut places, mut doors) = (Vec::new(), Vec::new(), Vec::new());
        for kind in Kind::ALL {
            for path in Path::ALL {
                let program = match kind {
                    Kind::OidcProvider => &programs.oidc_provider,
                    Kind::Authlib => &programs.authlib,
                };
                let door = (path == Path::Tls).then(|| (Door::new(), Door::new()));
                let issuer = door.as_ref().map(|(door, _)| &*door.origin);
                let starting = Starting::new(program, &world.registered.settings(kind, issuer, plant)).await;
                started.push((kind, path, door, starting));
            }
        }
        for (kind, path, door, starting) in started {
            let server = starting.server().await;
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let api_origin = door.as_ref().map_or(format!("http://127.0.0.1:{port}"), |(_, api)| api.origin.clone());
            if let Some((token, api)) = door {
                doors.extend([(token, server.ready.port), (api, port)]);
            }
            let trust = certificate.trust.clone();
            let observer = Observer::new(&server.ready, &trust, &world.registered.observer);
            let api = Api::serve(listener, observer.clone(), plant == Some(Plant::AnyToken));
            places.push(Place { world: Arc::clone(&world), kind, path, server, observer, api, api_origin, trust });
        }
        let nginx = Nginx::start(&programs.nginx, &programs.folder, &certificate, doors);
        for place in &places {
            let answered = tokio::time::timeout(PATIENCE, place.observer.active("nobody's")).await;
            answered.unwrap_or_else(|_| panic!("{} does not answer: {}", place.issuer(), nginx.said()));
        }
        Self { world, places, nginx }
    }

    /// Ends all of it; what each has written, and every URL that it was asked for.
    pub(crate) async fn ended(self) -> Written {
        let mut servers = Vec::new();
        for place in self.places {
            let name = place.kind.name();
            servers.push((format!("a URL at {name}"), place.server.requests().await.join("\n")));
            servers.push((format!("the log of {name}"), place.server.ended().await));
        }
        Written { servers, nginx: self.nginx.ended().await }
    }
}
