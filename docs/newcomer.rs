//! The newcomer's path holds: a crate made of the blocks of `guides/custom-source.md`, copied as they stand, builds and
//! its test passes. A doctest can't say so, for it does not run the `#[test]` inside.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, in its helpers too")]

use std::fs;
use std::path::Path;
use std::process::Command;

const GUIDE: &str = include_str!("guides/custom-source.md");

/// The block of the guide that begins with a comment naming this file.
fn block(file: &str) -> &'static str {
    let name = format!("vault-auth/{file}\n");
    let at = GUIDE.find(&name).unwrap_or_else(|| panic!("the guide has no block for {file}"));
    GUIDE[at + name.len()..].split("```").next().unwrap()
}

#[test]
fn a_crate_copied_from_the_guide_passes_its_own_test() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let vault = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vault-auth");
    fs::create_dir_all(vault.join("src")).unwrap();
    // It lies inside this workspace, and is none of its members.
    let manifest = block("Cargo.toml").replace("../auth", &repository.display().to_string().replace('\\', "/"));
    fs::write(vault.join("Cargo.toml"), manifest + "\n[workspace]\n").unwrap();
    fs::write(vault.join("src/lib.rs"), block("src/lib.rs")).unwrap();
    // The versions that are here already.
    fs::copy(repository.join("Cargo.lock"), vault.join("Cargo.lock")).unwrap();

    let output = Command::new(env!("CARGO"))
        .args(["test", "--offline", "--lib"])
        .current_dir(&vault)
        .env("CARGO_TARGET_DIR", vault.join("target"))
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("nobody_waits_for_a_refresh ... ok"), "{said}");
}
