//! Bars: what a hit costs, in hits of `AddAuthorization`.

use std::fmt::Write;

use crate::hit::{Contender, Row};

const WIDTH: f64 = 760.0;
const LABELS: f64 = 370.0;
const LINE: f64 = 26.0;
const TOP: f64 = 44.0;
/// Where the figure beside the longest bar goes.
const MARGIN: f64 = 60.0;

/// Text takes the colours of the page it is on, light or dark; bars are seen on both.
const STYLE: &str = "text{font:13px sans-serif;fill:#24292f}.b{fill:#8c959f}.o{fill:#2f81f7}\
                     @media(prefers-color-scheme:dark){text{fill:#e6edf3}}";

/// The chart as SVG. reqwest's rows have another floor, and are left to the table.
pub(super) fn svg(rows: &[Row]) -> String {
    let rows: Vec<&Row> = rows.iter().filter(|row| row.contender.floor() == Contender::Static).collect();
    let longest = rows.iter().map(|row| row.ratio).fold(1.0, f64::max);
    let title = "A hit, in hits of tower-http AddAuthorization (less is better)";
    let height = TOP + LINE * rows.len() as f64 + 10.0;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">"#
    );
    svg.push_str(&format!("\n<style>{STYLE}</style>\n<text x=\"10\" y=\"24\" font-weight=\"bold\">{title}</text>\n"));
    for (place, row) in rows.into_iter().enumerate() {
        let top = TOP + LINE * place as f64;
        let width = row.ratio / longest * (WIDTH - LABELS - MARGIN);
        let (text, label) = (top + 15.0, escaped(row.contender.label()));
        let class = if row.contender.is_ours() { "o" } else { "b" };
        let written = writeln!(
            svg,
            r#"<text x="{}" y="{text}" text-anchor="end">{label}</text><rect class="{class}" x="{LABELS}" y="{top}" width="{width:.0}" height="20" rx="2"/><text x="{:.0}" y="{text}">{:.2}</text>"#,
            LABELS - 10.0,
            LABELS + width + 8.0,
            row.ratio,
        );
        debug_assert!(written.is_ok(), "a string takes what is written");
    }
    svg.push_str("</svg>\n");
    svg
}

/// As SVG's text; the code marks of Markdown are left out.
fn escaped(label: &str) -> String {
    label.replace('`', "").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_can_break_the_picture() {
        assert_eq!(escaped("`Vec<u8>` & \"more\""), "Vec&lt;u8&gt; &amp; &quot;more&quot;");
    }
}
