//! The config in TOML: whatever it is, reading it ends, and no value of it is said, neither by the file nor by a profile;
//! names are, in full.

use auth_core::Env;
use auth_core::settings::Profiles;

use crate::canary::{CANARY, check_debug, check_error_naming};
use crate::stage::{file, folder};

pub fn check(data: &[u8]) {
    let Some(bytes) = with_values(data) else { return };
    let path = file(&bytes);
    let env = Env::of([("ACME_TOKEN", CANARY), ("EMPTY", "")]).without_builder_hints();
    // The same file as the user's, and as that of a project in which the program runs.
    for env in [env.clone(), folder(|folder| env.in_directory(folder))] {
        let profiles = match Profiles::read(&path, &env) {
            Ok(profiles) => profiles,
            Err(error) => {
                check_error_naming(&error, data.len());
                continue;
            }
        };
        let names: Vec<String> = profiles.names().map(str::to_owned).collect();
        for name in names.iter().map(|name| Some(name.as_str())).chain([None, Some("no such")]) {
            match profiles.access(name, &env) {
                Ok(access) => {
                    check_debug(&access);
                    assert!(!access.id().is_empty());
                }
                Err(error) => check_error_naming(&error, data.len()),
            }
        }
        let systems: Vec<String> = profiles.systems().map(str::to_owned).collect();
        for name in &systems {
            if let Err(error) = profiles.access_of_system(name, &env) {
                check_error_naming(&error, data.len());
            }
        }
    }
}

/// The canary where a value begins with 0xFF: names of profiles, keys and systems are no secrets, and are said.
fn with_values(data: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(data.len());
    for (at, byte) in data.iter().enumerate() {
        if *byte != 0xff {
            bytes.push(*byte);
        } else if data[..at].ends_with(b"token = \"") || data[..at].ends_with(b"key = \"") {
            bytes.extend_from_slice(CANARY.as_bytes());
        } else {
            return None;
        }
    }
    Some(bytes)
}
