//! A table for each measure.

use auth_benches::{Section, Table};

use super::Figures;
use crate::contender::{Shape, Side};
use crate::measures::herd::CALLERS;
use crate::measures::hit::TASKS;

pub(super) fn who(figures: &Figures) -> Section {
    let mut table = Table::new(["contender", "version", "a newer token is due", "to know"]);
    for contender in &figures.contenders {
        let due = if contender.refreshes() {
            format!("{} s before the end", contender.ahead.as_secs())
        } else {
            "never".into()
        };
        let due = if contender.side == Side::Ours { "when the issuer says, or at three quarters".into() } else { due };
        table.row([contender.label, contender.version(), &due, contender.note]);
    }
    Section { title: "Who takes part", table }
}

pub(super) fn hit(figures: &Figures, shape: Shape, title: &'static str) -> Section {
    let mut head = ["contender", "ns", "ratio", "allocations"].map(str::to_owned).to_vec();
    if shape != Shape::Middleware {
        head.extend(TASKS.map(|tasks| if tasks == 1 { "1 task, M/s".to_owned() } else { format!("{tasks} tasks") }));
    }
    let mut table = Table::new(head);
    for row in &figures.hit {
        if row.lane.shape != shape && !(shape == Shape::Value && row.lane.shape == Shape::Own) {
            continue;
        }
        let mut cells = vec![
            figures.contenders[row.lane.place].label.to_owned(),
            format!("{:.0}", row.nanos),
            format!("{:.2}", row.ratio),
            row.allocations.to_string(),
        ];
        cells.extend(row.millions.into_iter().flatten().map(|millions| format!("{millions:.1}")));
        table.row(cells);
    }
    Section { title, table }
}

pub(super) fn herd(figures: &Figures) -> Section {
    let mut table = Table::new(["contender", "exchanges", "served", "until the last is served"]);
    for row in &figures.herd {
        let time = format!("{} ms", row.time.as_millis());
        table.row([
            figures.contenders[row.place].label.to_owned(),
            row.exchanges.to_string(),
            format!("{:.2} %", 100.0 * row.served as f64 / CALLERS as f64),
            if row.asked_before { format!("{time}, the token was there") } else { time },
        ]);
    }
    Section { title: "A cold herd of 10,000; the issuer takes 200 ms", table }
}

pub(super) fn steady(figures: &Figures) -> Section {
    let head = [
        "contender",
        "p50",
        "p99",
        "p99.9",
        "max",
        "later than 20 ms",
        "a fixed header beside it",
        "served",
        "exchanges",
    ];
    let mut table = Table::new(head);
    for row in &figures.steady {
        let mut cells = vec![figures.contenders[row.place].label.to_owned()];
        cells.extend(row.late.map(|late| format!("{late:.2} ms")));
        cells.extend([row.delayed, row.machine, row.served].map(|share| format!("{share:.2} %")));
        cells.push(if figures.contenders[row.place].refreshes() { row.exchanges.to_string() } else { String::new() });
        table.row(cells);
    }
    Section { title: "Steady load: 2,000 requests/s each, a refresh due every 3 s, the issuer takes 200 ms", table }
}

pub(super) fn failing(figures: &Figures) -> Section {
    let mut table = Table::new(["contender", "requests", "served", "exchanges/s"]);
    for row in &figures.failing {
        table.row([
            figures.contenders[row.place].label.to_owned(),
            row.requests.to_string(),
            format!("{:.2} %", row.served),
            format!("{:.1}", row.exchanges),
        ]);
    }
    Section { title: "The issuer fails for 10 s, while the first token is valid and a newer one is due", table }
}

pub(super) fn wire(figures: &Figures) -> Section {
    let mut table = Table::new(["contender", "over", "requests/s", "ratio", "error of it", "CPU µs/request", "ratio"]);
    for row in &figures.wire {
        table.row([
            figures.contenders[row.lane.place].label.to_owned(),
            if row.lane.shape == Shape::Layer { "hyper-util".into() } else { "reqwest-middleware".into() },
            format!("{:.0}", row.rate),
            format!("{:.3}", row.rate_ratio),
            format!("{:.3}", row.spread),
            format!("{:.1}", row.cpu),
            format!("{:.3}", row.cpu_ratio),
        ]);
    }
    for contender in figures.contenders.iter().filter(|contender| contender.shape == Shape::Own) {
        table.row([contender.label, "its own pipeline only", "", "", "", "", ""]);
    }
    Section { title: "End to end over loopback, 16 tasks", table }
}
