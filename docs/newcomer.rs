//! The newcomer's path holds: the crates made of the blocks of `guides/custom-source.md`, copied as they stand, build
//! and their tests pass. A doctest can't say so, for it does not run the `#[test]`s inside.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise, in its helpers too")]

use std::fs;
use std::path::Path;
use std::process::Command;

const GUIDE: &str = include_str!("guides/custom-source.md");

/// The block of the guide that begins with a comment naming this file.
fn block(file: &str) -> &'static str {
    let name = format!("{file}\n");
    let at = GUIDE.find(&name).unwrap_or_else(|| panic!("the guide has no block for {file}"));
    GUIDE[at + name.len()..].split("```").next().unwrap()
}

/// What `cargo test` says in the crate of this name.
fn tested(name: &str) -> String {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let package = folder.join(name);
    fs::create_dir_all(package.join("src")).unwrap();
    // It lies inside this workspace, and is none of its members.
    let manifest = block(&format!("{name}/Cargo.toml"));
    let manifest = manifest.replace("../auth", &repository.display().to_string().replace('\\', "/"));
    fs::write(package.join("Cargo.toml"), manifest + "\n[workspace]\n").unwrap();
    fs::write(package.join("src/lib.rs"), block(&format!("{name}/src/lib.rs"))).unwrap();
    // The versions that are here already.
    fs::copy(repository.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();

    let output = Command::new(env!("CARGO"))
        .args(["test", "--offline", "--lib"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn crates_copied_from_the_guide_pass_their_own_tests() {
    // One after the other: what both need is built once.
    for (name, test) in [
        ("vault-auth", "nobody_waits_for_a_refresh ... ok"),
        ("login-auth", "it_does_what_the_engine_counts_on ... ok"),
    ] {
        let said = tested(name);
        assert!(said.contains(test), "{said}");
    }
}
