//! Turns, the middle of what they showed, and shares of it.

/// The numbers from 0 to `count`, starting one later in each round, so that nobody always follows the same neighbour
/// after the same pause.
pub fn turns(round: usize, count: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |place| (round + place) % count)
}

/// The middle one; 0 if there is none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    percentile(values, 0.5)
}

/// The smallest value that at least this share of the values does not exceed; 0 if there is none.
pub fn percentile(values: impl IntoIterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list that fits in memory"
    )]
    let place = (values.len() as f64 * share).ceil() as usize;
    values.get(place.saturating_sub(1)).copied().unwrap_or_default()
}

/// The share of samples, in per cent, of which something is true.
pub fn percent<T>(samples: &[T], is: impl Fn(&T) -> bool) -> f64 {
    100.0 * samples.iter().filter(|sample| is(sample)).count() as f64 / samples.len() as f64
}

/// The middle of the ratios of each round, so that what slowed a whole round cancels out.
pub fn median_ratio(of: &[f64], to: &[f64]) -> f64 {
    median(of.iter().zip(to).map(|(of, to)| of / to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_one_turn_in_a_round_and_every_place_once() {
        assert_eq!(turns(0, 3).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(turns(4, 3).collect::<Vec<_>>(), [1, 2, 0]);
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values = || (1..=1000).rev().map(f64::from);
        assert_eq!(median(values()), 500.0);
        assert_eq!(percentile(values(), 0.999), 999.0);
        assert_eq!(percentile(values(), 1.0), 1000.0);
        assert_eq!(percentile([], 0.5), 0.0);
    }

    #[test]
    fn a_share_is_told_in_per_cent() {
        assert_eq!(percent(&[1, 2, 3, 4], |number| *number > 1), 75.0);
    }

    #[test]
    fn a_slow_round_does_not_move_a_ratio() {
        assert_eq!(median_ratio(&[2.0, 20.0, 2.0], &[1.0, 10.0, 1.0]), 2.0);
    }
}
