//! Our sources against authorization servers that others wrote: every flow, and each of its negative twins.
//!
//! npm's oidc-provider and PyPI's Authlib run as they are, on loopback and behind nginx with TLS. What is true of a token the server
//! says itself, by introspection; the protected API asks it about every token. Run by `just interop`, which installs the servers and
//! names them:
//!
//! `interop TIMES NODE OIDC-PROVIDER'S-FOLDER PYTHON NGINX [PLANT]`

#![expect(clippy::print_stdout, reason = "a tool talks to a person")]
#![allow(clippy::unwrap_used, reason = "a tool of the repository's own may stop at the first surprise")]

mod api;
mod canaries;
mod certificates;
mod child;
mod clock;
#[allow(dead_code, reason = "the proof's, too; this uses a part of it")]
#[path = "../counters/mod.rs"]
mod counters;
mod flow;
mod flows;
mod front;
#[allow(dead_code, unused_imports, reason = "the suite's; this uses a part of it")]
#[path = "../hunt/mod.rs"]
mod hunt;
mod keys;
mod log;
mod nginx;
mod observer;
mod place;
mod plant;
mod registered;
mod report;
#[allow(dead_code, unused_imports, unused_macros, reason = "the suite's; this uses a part of it")]
#[path = "../rig/mod.rs"]
mod rig;
mod scene;
mod server;
mod transport;
mod usual;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use canaries::Canaries;
use flow::{At, Counter, Failure, Fine, Flow, Wrong};
use front::Front;
use log::Log;
use place::{Path, Place};
use plant::Plant;
use report::Report;
use scene::{Programs, Scene};

/// For one flow, which takes milliseconds: whoever has no answer by then gets none.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let mut next = |what: &str| arguments.next().unwrap_or_else(|| panic!("an argument is missing: {what}"));
    let times: usize = next("how often").to_str().and_then(|times| times.parse().ok()).expect("how often is a number");
    let (node, folder, python, nginx) = (next("node"), next("oidc-provider's folder"), next("Python"), next("nginx"));
    let authlib = concat!(env!("CARGO_MANIFEST_DIR"), "/interop/servers/authlib/server.py");
    let programs = Programs {
        oidc_provider: [node, PathBuf::from(&folder).join("server.mjs").into()],
        authlib: [python, OsString::from(authlib)],
        nginx: nginx.into(),
        folder: folder.into(),
    };
    let plant = arguments.next().map(|name| {
        let plant = Plant::ALL.into_iter().find(|plant| plant.name() == name);
        plant.unwrap_or_else(|| panic!("there is no plant {}", name.display()))
    });

    let begun = Instant::now();
    let log = Log::install();
    let scene = Scene::set(&programs, plant).await;
    let mut report = Report::default();
    let mut shown = String::new();
    for round in 0..times {
        play(&scene, round, &mut report, &mut shown).await;
        report.leaked("our own log", scene.world.canaries.shown_by(&log.take()));
    }
    let canaries = std::sync::Arc::clone(&scene.world.canaries);
    report.leaked("an error", canaries.shown_by(&shown));
    let ended = scene.ended().await;
    for (place, text) in &ended.servers {
        report.leaked(place, canaries.shown_by(text));
    }
    report.leaked("the log of nginx", canaries.shown_by(&ended.nginx));
    let spoken = |version: &str| ended.nginx.matches(version).count();
    report.leaked("our own log", canaries.shown_by(&log.take()));
    let text = report.text();
    report.leaked("this report", canaries.shown_by(&text));
    println!("{text}through nginx: {} requests by HTTP/1.1, {} by HTTP/2", spoken("HTTP/1.1\""), spoken("HTTP/2.0\""));
    println!("{times} times each, {:.1} s", begun.elapsed().as_secs_f64());
    if report.is_fine() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every flow and every twin once, at each place. The front ends take turns, so that three rounds show each flow all three.
async fn play(scene: &Scene, round: usize, report: &mut Report, shown: &mut String) {
    for (number, flow) in flows::all().iter().enumerate() {
        for (index, place) in scene.places.iter().enumerate() {
            let front = Front::ALL[(round + number + index) % Front::ALL.len()];
            let other = scene.places.iter().find(|other| other.kind != place.kind && other.path == place.path);
            let at = At { place, other: other.unwrap(), front };
            let key = (number, place.kind, place.path);
            if round == 0 {
                report.row(number, flow.name(), place.kind, place.path);
            }
            report.passed(key, front, within(flow.pass(at)).await);
            for wrong in wrongs(&**flow, place) {
                let result = within(flow.refuse(at, wrong)).await;
                shown.push_str(result.as_ref().map_or("", |fine| &fine.shown));
                report.refused(key, wrong, result);
            }
        }
    }
}

fn wrongs(flow: &dyn Flow, place: &Place) -> Vec<Wrong> {
    let mut wrongs = flow.wrongs(place.kind);
    if place.path == Path::Tls {
        wrongs.extend(Wrong::OF_TLS);
    }
    wrongs
}

async fn within(run: impl Future<Output = Result<Fine, Failure>>) -> Result<Fine, Failure> {
    let late = |_| Err(Failure(Counter::Lost, "there was no answer".to_owned()));
    tokio::time::timeout(PATIENCE, run).await.unwrap_or_else(late)
}
