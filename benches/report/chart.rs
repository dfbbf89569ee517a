//! Bars.

use std::fmt::Write;

const WIDTH: f64 = 760.0;
const LABELS: f64 = 370.0;
const LINE: f64 = 26.0;
const TOP: f64 = 44.0;
/// Where the figure beside the longest bar goes.
const MARGIN: f64 = 60.0;

/// Text takes the colours of the page it is on, light or dark; bars are seen on both.
const STYLE: &str = "text{font:13px sans-serif;fill:#24292f}.b{fill:#8c959f}.o{fill:#2f81f7}\
                     @media(prefers-color-scheme:dark){text{fill:#e6edf3}}";

/// One line of a chart.
#[derive(Debug)]
pub struct Bar<'a> {
    /// What it is; the code marks of Markdown are left out.
    pub label: &'a str,
    /// How long it is.
    pub value: f64,
    /// Whether it is one of this repository's, and stands out.
    pub is_ours: bool,
}

/// A chart as SVG: a title, bars, and a line below them if there is something to say.
pub fn bars(title: &str, bars: &[Bar<'_>], below: &str) -> String {
    let longest = bars.iter().map(|bar| bar.value).fold(1.0, f64::max);
    let bottom = TOP + LINE * bars.len() as f64 + 10.0;
    let height = if below.is_empty() { bottom } else { bottom + LINE };
    let title = escaped(title);
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">"#
    );
    svg.push_str(&format!("\n<style>{STYLE}</style>\n<text x=\"10\" y=\"24\" font-weight=\"bold\">{title}</text>\n"));
    for (place, bar) in bars.iter().enumerate() {
        let top = TOP + LINE * place as f64;
        let width = bar.value / longest * (WIDTH - LABELS - MARGIN);
        let (text, label) = (top + 15.0, escaped(bar.label));
        let class = if bar.is_ours { "o" } else { "b" };
        let written = writeln!(
            svg,
            r#"<text x="{}" y="{text}" text-anchor="end">{label}</text><rect class="{class}" x="{LABELS}" y="{top}" width="{width:.0}" height="20" rx="2"/><text x="{:.0}" y="{text}">{:.2}</text>"#,
            LABELS - 10.0,
            LABELS + width + 8.0,
            bar.value,
        );
        debug_assert!(written.is_ok(), "a string takes what is written");
    }
    if !below.is_empty() {
        svg.push_str(&format!("<text x=\"10\" y=\"{}\">{}</text>\n", bottom + 12.0, escaped(below)));
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

    #[test]
    fn what_is_said_below_is_inside() {
        let heights = ["", "today"].map(|below| {
            let svg = bars("title", &[], below);
            svg.split("viewBox=\"0 0 760 ").nth(1).and_then(|rest| rest.split('"').next()?.parse::<f64>().ok())
        });
        assert!(heights[0] < heights[1], "{heights:?}");
    }
}
