//! What others have a right to, or have put there, is not used.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[track_caller]
fn not_used(bench: &Bench, expect: &str) {
    let process = bench.process();
    assert_eq!(process.token().unwrap(), "token-2");
    assert!(
        process.told().iter().all(|told| told.contains(expect)) && !process.told().is_empty(),
        "{:?}",
        process.told()
    );
}

#[test]
fn all_is_the_users_alone() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&bench.folder()), 0o700);
    let files = fs::read_dir(bench.folder()).unwrap().map(|entry| mode(&entry.unwrap().path()));
    assert_eq!(files.collect::<Vec<_>>(), [0o600; 3], "a key, a lock and a token");
    Ok(())
}

#[test]
fn a_folder_that_others_have_a_right_to() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    chmod(&bench.folder(), 0o755);
    not_used(&bench, "tokens: others have a right to it: remove it, or give it the mode 0700");
    Ok(())
}

#[test]
fn a_file_that_others_have_a_right_to() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    chmod(&bench.file(), 0o640);
    not_used(&bench, "give it the mode 0600");
    assert_eq!(bench.process().token()?, "token-2", "it was replaced by one of our own");
    Ok(())
}

#[test]
fn a_key_that_others_have_a_right_to() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    chmod(&bench.folder().join("names.key"), 0o604);
    not_used(&bench, "names.key: others have a right to it");
    Ok(())
}

#[test]
fn a_link_to_a_file_or_a_folder() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    let (file, elsewhere) = (bench.file(), bench.parent.path().join("elsewhere"));
    fs::rename(&file, &elsewhere).unwrap();
    symlink(&elsewhere, &file).unwrap();
    not_used(&bench, "it is no plain file");
    let moved = bench.parent.path().join("moved");
    fs::rename(bench.folder(), &moved).unwrap();
    symlink(&moved, bench.folder()).unwrap();
    let process = bench.process();
    assert_eq!(process.token()?, "token-3");
    assert!(process.told()[0].contains("it is no folder"), "{:?}", process.told());
    Ok(())
}

#[test]
fn of_a_folder_that_is_not_used_nothing_is_removed() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    let token = bench.file();
    let cleared = || bench.store().clear().unwrap_err().to_string();
    chmod(&bench.folder(), 0o770);
    assert!(cleared().contains("others have a right to it"), "{}", cleared());
    assert!(token.exists());
    chmod(&bench.folder(), 0o700);
    let moved = bench.parent.path().join("moved");
    fs::rename(bench.folder(), &moved).unwrap();
    symlink(&moved, bench.folder()).unwrap();
    assert!(cleared().contains("it is no folder"), "{}", cleared());
    assert!(token.exists());
    Ok(())
}

/// A pipe would be waited at, and what a link leads to is somebody else's.
#[test]
fn a_lock_that_is_no_plain_file() -> Result<(), Error> {
    for is_pipe in [true, false] {
        let bench = Bench::new();
        bench.process().token()?;
        let lock = bench.file().with_extension("lock");
        fs::remove_file(&lock).unwrap();
        if is_pipe {
            assert!(std::process::Command::new("mkfifo").arg(&lock).status().unwrap().success());
        } else {
            fs::write(bench.parent.path().join("elsewhere"), "theirs").unwrap();
            symlink(bench.parent.path().join("elsewhere"), &lock).unwrap();
        }
        bench.clock.advance(seconds(HOUR));
        let process = bench.process();
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || tell.send((process.token().unwrap(), process.told())));
        let (token, told) = told.recv_timeout(seconds(20)).expect("it waits for whoever reads the pipe");
        assert_eq!(token, "token-2");
        assert!(told.len() == 1 && told[0].ends_with(".lock: it is no plain file: remove it"), "{told:?}");
    }
    Ok(())
}
