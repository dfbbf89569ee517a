//! What a hit costs beside everybody's.

use auth_benches::{Bar, bars};

use super::Figures;
use crate::contender::{Shape, Side};

/// In hits of a fixed header in the same shape, so that a value is not compared with a layer; the cheapest first. What is
/// behind reqwest-middleware is left to the table.
pub(super) fn svg(figures: &Figures, occasion: &str) -> String {
    let mut rows: Vec<_> = figures.hit.iter().filter(|row| row.lane.shape != Shape::Middleware).collect();
    rows.sort_by(|a, b| a.ratio.total_cmp(&b.ratio));
    let lines: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let contender = &figures.contenders[row.lane.place];
            Bar { label: contender.label, value: row.ratio, is_ours: contender.side == Side::Ours }
        })
        .collect();
    bars("A hit, in hits of a header that never changes, of the same shape (less is better)", &lines, occasion)
}
