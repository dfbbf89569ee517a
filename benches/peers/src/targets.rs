//! What has to hold, each measured in the same run. Nobody is left out: whoever keeps a token and replaces it is a peer.

use auth_benches::rounds::median_ratio;

use crate::contender::{Contender, Shape, Side};
use crate::measures::hit::{self, TASKS};
use crate::report::Figures;

/// Exchanges a second, at most, while none succeeds.
const EXCHANGES: f64 = 0.6;
/// Per cent of requests that are 0.00 %.
const NONE: f64 = 0.005;

/// What was found.
#[derive(Default)]
pub(crate) struct Verdict {
    /// A sentence for each that does not hold.
    pub(crate) faults: Vec<String>,
    /// A sentence for each in which somebody is ahead of us, where that is no fault: on a hit behind reqwest-middleware, where a
    /// value in ten lines of the program's own looks at less than our middleware does. Nobody may miss it in a table.
    pub(crate) told: Vec<String>,
}

pub(crate) fn judge(figures: &Figures) -> Verdict {
    let mut verdict = Verdict::default();
    hits(figures, &mut verdict);
    refreshes(figures, &mut verdict.faults);
    wire(figures, &mut verdict.faults);
    verdict
}

/// Against whom a row of ours is held: every peer of its shape. What has a shape of its own is held against the value.
fn is_peer(peer: &Contender, peer_shape: Shape, ours: Shape) -> bool {
    let shape = if peer_shape == Shape::Own { Shape::Value } else { peer_shape };
    peer.side == Side::Peer && shape == ours
}

fn hits(figures: &Figures, Verdict { faults, told }: &mut Verdict) {
    let contender = |row: &hit::Row| &figures.contenders[row.lane.place];
    for ours in figures.hit.iter().filter(|row| contender(row).side == Side::Ours) {
        let label = contender(ours).label;
        if !contender(ours).replays {
            let floor =
                figures.hit.iter().find(|row| contender(row).side == Side::Fixed && row.lane.shape == ours.lane.shape);
            let most = floor.map_or(0, |floor| floor.allocations);
            if ours.allocations > most {
                faults.push(format!("{label}: {} allocations on a hit, a fixed header {most}", ours.allocations));
            }
        }
        for peer in &figures.hit {
            if !is_peer(contender(peer), peer.lane.shape, ours.lane.shape) {
                continue;
            }
            // Who does less is held against who does as much: what sends once more copies the request.
            if contender(ours).replays && !contender(peer).replays {
                continue;
            }
            let against = contender(peer).label;
            let time = median_ratio(&peer.rounds, &ours.rounds);
            if time <= 1.0 {
                let list = if ours.lane.shape == Shape::Middleware { &mut *told } else { &mut *faults };
                list.push(format!("{label}: a hit of {against} takes {time:.2} of its time"));
            }
            for (column, tasks) in TASKS.into_iter().enumerate() {
                let rate = median_ratio(&ours.millions_rounds[column], &peer.millions_rounds[column]);
                if !ours.millions_rounds[column].is_empty() && rate <= 1.0 {
                    faults.push(format!("{label}: with {tasks} tasks {rate:.2} of the hits of {against}"));
                }
            }
        }
    }
}

fn refreshes(figures: &Figures, faults: &mut Vec<String>) {
    let ours = |place: &usize| figures.contenders[*place].side == Side::Ours;
    let label = |place: usize| figures.contenders[place].label;
    for row in figures.herd.iter().filter(|row| ours(&row.place)) {
        if row.exchanges != 1 || row.served != crate::measures::herd::CALLERS {
            faults.push(format!(
                "{}: a herd led to {} exchanges, {} served",
                label(row.place),
                row.exchanges,
                row.served
            ));
        }
    }
    for row in figures.steady.iter().filter(|row| ours(&row.place)) {
        if row.delayed >= row.machine + NONE {
            faults.push(format!(
                "{}: {:.2} % of its callers were delayed, {:.2} % of those with a fixed header",
                label(row.place),
                row.delayed,
                row.machine
            ));
        }
        if row.served < 100.0 {
            faults.push(format!("{}: {:.2} % served over refreshes", label(row.place), row.served));
        }
    }
    for row in figures.failing.iter().filter(|row| ours(&row.place)) {
        if row.served < 100.0 {
            faults.push(format!("{}: {:.2} % served while the issuer was down", label(row.place), row.served));
        }
        if row.exchanges > EXCHANGES {
            faults.push(format!("{}: {:.2} exchanges/s while the issuer was down", label(row.place), row.exchanges));
        }
    }
}

fn wire(figures: &Figures, faults: &mut Vec<String>) {
    let contender = |place: usize| &figures.contenders[place];
    for ours in figures.wire.iter().filter(|row| contender(row.lane.place).side == Side::Ours) {
        for peer in &figures.wire {
            let (own, other) = (contender(ours.lane.place), contender(peer.lane.place));
            if !is_peer(other, peer.lane.shape, ours.lane.shape) || own.replays && !other.replays {
                continue;
            }
            if peer.rate_ratio > ours.rate_ratio + figures.noise(ours.lane.shape) {
                faults.push(format!(
                    "{}: {:.3} of the requests/s of a fixed header, {} {:.3}",
                    own.label, ours.rate_ratio, other.label, peer.rate_ratio
                ));
            }
        }
    }
}
