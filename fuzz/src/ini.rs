//! An INI credentials file: a value is what stands there, two of one name are none, and writing down what was read reads the same.

use std::collections::BTreeMap;

use auth_core::settings::Profiles;
use auth_core::{Env, Error};

use crate::canary::{check_error, filled};
use crate::stage::file;

type Sections = BTreeMap<String, BTreeMap<String, String>>;

pub fn check(data: &[u8]) {
    let bytes = filled(data);
    let sections = match read(&bytes) {
        Ok(sections) => sections,
        Err(error) => {
            check_error(&error);
            assert_eq!(error.to_string(), read(&bytes).expect_err("the same file").to_string());
            return;
        }
    };
    let text = String::from_utf8(bytes).expect("text, if it is read");
    let mut written = String::new();
    for (section, keys) in &sections {
        assert!(text.contains(&format!("[{section}]")), "{section:?}");
        written += &format!("[{section}]\n");
        for (key, value) in keys {
            assert_eq!(*key, key.to_lowercase());
            // An empty value counts as none.
            assert!(value.is_empty() || text.contains(value.as_str()), "{value:?} stands nowhere");
            assert!(!value.contains(['\n', '\r']) && value.trim_matches([' ', '\t']) == value, "{value:?}");
            written += &format!("{key} = {value}\n");
        }
    }
    assert_eq!(read(written.as_bytes()).expect("what was read"), sections, "{written}");
}

fn read(bytes: &[u8]) -> Result<Sections, Error> {
    let env = Env::empty();
    let profiles = Profiles::read_ini(file(bytes), &env)?;
    let mut sections = Sections::new();
    for name in profiles.names() {
        let profile = profiles.profile(name).expect("one that is there");
        let mut keys = BTreeMap::new();
        for key in profile.keys() {
            let value = profile.find("value", key, &env).expect("a literal");
            keys.insert(key.to_owned(), value.map(|found| found.value().to_owned()).unwrap_or_default());
        }
        assert!(sections.insert(name.to_owned(), keys).is_none(), "two sections of one name");
    }
    Ok(sections)
}
