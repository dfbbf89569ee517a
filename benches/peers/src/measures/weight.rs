//! How much each brings: crates, seconds to build from nothing, and the size of a small program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use auth_benches::{Page, Section, Table, occasion};

use crate::Error;

/// A program each, whose first lines name its dependencies.
const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/weight");
const DEPENDENCY: &str = "//~ ";

/// Builds each from nothing, which takes minutes each, and writes what it found to `docs/PERFORMANCE.md`.
pub(crate) fn measure() -> Result<(), Error> {
    let mut programs: Vec<PathBuf> =
        fs::read_dir(PROGRAMS)?.map(|entry| Ok(entry?.path())).collect::<Result<_, Error>>()?;
    programs.sort();
    let mut table = Table::new(["a small program with", "crates", "built in", "stripped"]);
    for program in programs {
        let name = program.file_stem().and_then(|name| name.to_str()).ok_or("a program without a name")?;
        let row = weigh(name, &program).map_err(|error| format!("{name}: {error}"))?;
        println!("{}", row.join(", "));
        table.row(row);
    }
    let section = Section { title: "Weight", table };
    Page::performance("weight")?.write(&format!("{}\n\n{}", occasion()?, section.markdown()))
}

fn weigh(name: &str, program: &Path) -> Result<[String; 4], Error> {
    let folder = tempfile::tempdir()?;
    let text = fs::read_to_string(program)?;
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates").canonicalize()?;
    let dependencies: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix(DEPENDENCY))
        .map(|line| line.replace("{crates}", &crates.to_string_lossy()))
        .collect();
    let manifest = format!(
        "[workspace]\n[package]\nname = \"weight\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n{}\n\
         [profile.release]\nstrip = true\n",
        dependencies.join("\n")
    );
    fs::write(folder.path().join("Cargo.toml"), manifest)?;
    fs::create_dir(folder.path().join("src"))?;
    fs::write(folder.path().join("src/main.rs"), text)?;

    // What is downloaded is not what is built.
    cargo(folder.path(), &["fetch"])?;
    let tree = cargo(folder.path(), &["tree", "-e", "normal", "--prefix", "none"])?;
    let mut names: Vec<String> =
        String::from_utf8(tree.stdout)?.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect();
    names.sort();
    names.dedup();
    let begun = Instant::now();
    cargo(folder.path(), &["build", "--release"])?;
    let time = begun.elapsed();
    let size = fs::metadata(folder.path().join("target/release/weight"))?.len();
    Ok([
        name.to_owned(),
        (names.len() - 1).to_string(),
        format!("{} s", time.as_secs()),
        format!("{:.1} MB", size as f64 / 1e6),
    ])
}

fn cargo(folder: &Path, args: &[&str]) -> Result<Output, Error> {
    let mut command = Command::new("cargo");
    // Nothing that another build has left.
    command.args(args).current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target")).env_remove("RUSTFLAGS");
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(output)
}
