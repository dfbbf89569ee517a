//! The place of these figures in `docs/PERFORMANCE.md`.

use std::fs;
use std::path::Path;

use auth_benches::Error;

const BEGIN: &str = "<!-- proxy: begin -->";
const END: &str = "<!-- proxy: end -->";

pub(crate) fn write(figures: &str) -> Result<(), Error> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/PERFORMANCE.md");
    let page = fs::read_to_string(&path)?;
    let parts = page.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("the page needs a line {BEGIN} and, below, a line {END}"))?;
    let (day, threads) = (jiff::Timestamp::now().strftime("%Y-%m-%d"), std::thread::available_parallelism()?);
    let occasion = format!("{day}, {}, {threads} hardware threads.", std::env::consts::ARCH);
    fs::write(path, format!("{before}{BEGIN}\n\n{occasion}\n\n{}\n\n{END}{after}", figures.trim_end()))?;
    Ok(())
}
