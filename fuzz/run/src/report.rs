//! The table.

use super::run::{Outcome, Row};

pub fn print(rows: &[Row]) {
    for row in rows.iter().filter(|row| row.outcome != Outcome::Clean) {
        println!("-- {}\n{}\n", row.name, row.said);
    }
    println!("| target | runs | a second | edges | inputs kept | result |\n| --- | --: | --: | --: | --: | --- |");
    for row in rows {
        let Row { name, runs, per_second, edges, inputs, .. } = row;
        let result = match row.outcome {
            Outcome::Clean => "clean",
            Outcome::Crashed => "CRASHED",
            Outcome::TimedOut => "TIMED OUT",
            Outcome::OutOfMemory => "OUT OF MEMORY",
            Outcome::Broken => "BROKEN",
        };
        println!("| `{name}` | {} | {} | {edges} | {inputs} | {result} |", grouped(*runs), grouped(*per_second));
    }
    let runs: u64 = rows.iter().map(|row| row.runs).sum();
    let bad = rows.iter().filter(|row| row.outcome != Outcome::Clean).count();
    println!("{} targets, {} runs, {bad} findings", rows.len(), grouped(runs));
}

/// 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
