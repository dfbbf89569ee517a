//! What has to hold, each measured in the same run. Nobody is left out: whoever keeps a token and replaces it is a peer.

use auth_benches::rounds::median_ratio;

use crate::contender::{Contender, Shape, Side};
use crate::measures::hit::{self, TASKS};
use crate::report::Figures;

/// Exchanges a second, at most, while none succeeds.
const EXCHANGES: f64 = 0.6;
/// Per cent of requests that are 0.00 %.
const NONE: f64 = 0.005;

/// A sentence for each that does not hold.
pub(crate) fn judge(figures: &Figures) -> Vec<String> {
    let mut faults = Vec::new();
    hits(figures, &mut faults);
    refreshes(figures, &mut faults);
    wire(figures, &mut faults);
    faults
}

/// Against whom a row of ours is held: every peer of its shape. What has a shape of its own is held against the value.
fn is_peer(peer: &Contender, peer_shape: Shape, ours: Shape) -> bool {
    let shape = if peer_shape == Shape::Own { Shape::Value } else { peer_shape };
    peer.side == Side::Peer && shape == ours
}

fn hits(figures: &Figures, faults: &mut Vec<String>) {
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
                faults.push(format!("{label}: a hit of {against} takes {time:.2} of its time"));
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
            // Twice the error of their difference: what is less may be the other way round in the next run.
            if peer.rate_ratio > ours.rate_ratio + 2.0 * ours.spread.hypot(peer.spread) {
                faults.push(format!(
                    "{}: {:.3} of the requests/s of a fixed header, {} {:.3}",
                    own.label, ours.rate_ratio, other.label, peer.rate_ratio
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contenders::all;
    use crate::measures::lane::Lane;
    use crate::measures::{end_to_end, failing, herd, steady};

    const SHAPES: [Shape; 3] = [Shape::Value, Shape::Layer, Shape::Middleware];

    /// Ours twice as fast as everybody, and never late.
    fn figures() -> Figures {
        let contenders = all();
        let is = |place: usize, side: Side| contenders[place].side == side;
        let lanes = (0..contenders.len()).flat_map(|place| {
            let is_wrapped = contenders[place].shape == Shape::Value && !is(place, Side::Ours);
            let behind = is_wrapped.then_some(Shape::Middleware);
            std::iter::once(contenders[place].shape).chain(behind).map(move |shape| Lane { place, shape })
        });
        let lanes: Vec<Lane> = lanes.collect();
        let refreshing = || (0..contenders.len()).filter(|place| contenders[*place].refreshes());
        let hit = lanes.iter().map(|lane| {
            let nanos = if is(lane.place, Side::Peer) { 200.0 } else { 100.0 };
            hit::Row {
                lane: *lane,
                nanos,
                ratio: 1.0,
                rounds: vec![nanos; 3],
                allocations: 0,
                millions: None,
                millions_rounds: TASKS.map(|_| vec![1000.0 / nanos; 3]),
            }
        });
        let wire = lanes.iter().filter(|lane| SHAPES[1..].contains(&lane.shape)).map(|lane| end_to_end::Row {
            lane: *lane,
            rate: 1.0,
            rate_ratio: if is(lane.place, Side::Peer) { 0.9 } else { 1.0 },
            cpu: 1.0,
            cpu_ratio: 1.0,
            spread: 0.01,
        });
        Figures {
            hit: hit.collect(),
            wire: wire.collect(),
            herd: refreshing().map(herd_row).collect(),
            steady: refreshing().map(|place| steady_row(place, 0.0)).collect(),
            failing: refreshing().map(|place| failing_row(place, 100.0, 0.3)).collect(),
            contenders,
        }
    }

    fn herd_row(place: usize) -> herd::Row {
        let (served, time) = (herd::CALLERS, std::time::Duration::ZERO);
        herd::Row { place, asked_before: false, exchanges: 1, served, time }
    }

    fn steady_row(place: usize, delayed: f64) -> steady::Row {
        steady::Row { place, late: [0.0; 4], delayed, machine: 0.0, served: 100.0, exchanges: 5 }
    }

    fn failing_row(place: usize, served: f64, exchanges: f64) -> failing::Row {
        failing::Row { place, requests: 2000, served, exchanges }
    }

    fn place(figures: &Figures, package: &str) -> usize {
        figures.contenders.iter().position(|contender| contender.package == Some(package)).unwrap_or_default()
    }

    #[test]
    fn who_is_ahead_everywhere_is_blamed_for_nothing() {
        assert_eq!(judge(&figures()), Vec::<String>::new());
    }

    #[test]
    fn a_peer_that_is_cheaper_on_a_hit_is_a_fault_whatever_its_shape() {
        let peers = [
            ("middle", Shape::Value),
            ("middle", Shape::Middleware),
            ("azure_core", Shape::Own),
            ("kube-client", Shape::Layer),
        ];
        for (package, shape) in peers {
            let mut figures = figures();
            let peer = place(&figures, package);
            let row = figures.hit.iter_mut().find(|row| row.lane == Lane { place: peer, shape });
            let row = row.expect("it has a row");
            row.rounds = vec![99.0; 3];
            assert_eq!(judge(&figures).len(), 1, "{package}");
        }
    }

    #[test]
    fn an_allocation_a_delay_a_refusal_and_a_slow_wire_are_faults() {
        let ours = |figures: &Figures| place(figures, "auth-tower");
        let changes: [fn(&mut Figures, usize); 7] = [
            |figures, ours| {
                figures.hit.iter_mut().filter(|row| row.lane.place == ours).for_each(|row| row.allocations = 1)
            },
            |figures, ours| {
                figures
                    .hit
                    .iter_mut()
                    .filter(|row| row.lane.place == ours)
                    .for_each(|row| row.millions_rounds[3] = vec![1.0; 3])
            },
            |figures, ours| figures.steady.push(steady_row(ours, 0.01)),
            |figures, ours| figures.failing.push(failing_row(ours, 99.99, 0.3)),
            |figures, ours| figures.failing.push(failing_row(ours, 100.0, 0.7)),
            |figures, ours| figures.herd.push(herd::Row { exchanges: 2, ..herd_row(ours) }),
            |figures, ours| {
                figures.wire.iter_mut().filter(|row| row.lane.place == ours).for_each(|row| row.rate_ratio = 0.85)
            },
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut figures = figures();
            let ours = ours(&figures);
            change(&mut figures, ours);
            assert!(!judge(&figures).is_empty(), "change {number}");
        }
    }
}
