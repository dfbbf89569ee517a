//! What is removed, by itself and by `clear`, and what is not.

use super::*;

#[test]
fn tokens_that_are_over_go_and_so_does_what_killed_processes_left() -> Result<(), Error> {
    let bench = Bench::new();
    let them = || me().with("api_key", "another");
    bench.process().token()?;
    let (theirs, left) = (bench.file(), bench.folder().join(".auth-core-AbCdEf"));
    fs::write(&left, "half a tok").unwrap();
    fs::File::options().write(true).open(&left).unwrap().set_modified(bench.clock.wall()).unwrap();
    bench.process_of(bench.store(), them(), hour).token()?;
    assert!(theirs.exists() && left.exists(), "one is valid, one may be being written");
    bench.clock.advance(seconds(HOUR));
    bench.process_of(bench.store(), them(), hour).token()?;
    assert!(!theirs.exists() && !left.exists());
    assert_eq!(bench.store().clear()?, 1);
    assert_eq!(bench.store().clear()?, 0);
    assert_eq!(TokenStore::in_folder(bench.folder().join("nowhere")).clear()?, 0);
    Ok(())
}

#[test]
fn what_the_store_did_not_write_stays() -> Result<(), Error> {
    let bench = Bench::new();
    bench.process().token()?;
    let token = bench.file().file_name().unwrap().to_str().unwrap().to_owned();
    let longer = format!("0{token}");
    let upper = token.to_uppercase().replace("JSON", "json");
    let others = ["package.json", ".tmpAbCdEf", ".auth-core-", ".auth-core-notes.txt", "dead.json", &longer, &upper];
    for name in others {
        fs::write(bench.folder().join(name), "theirs").unwrap();
    }
    let nested = bench.folder().join("0123456789abcdef0123456789abcdef.json");
    fs::create_dir(&nested).unwrap();
    fs::write(bench.folder().join(".auth-core-AbCdEf"), "half a tok").unwrap();
    assert_eq!(bench.store().clear()?, 1);
    for name in others {
        assert!(bench.folder().join(name).exists(), "{name}");
    }
    assert!(nested.is_dir() && !bench.folder().join(".auth-core-AbCdEf").exists());
    Ok(())
}
