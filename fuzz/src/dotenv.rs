//! A `.env` file: a bare value is what stands there, and writing down what was read, in either quotes, reads the same.

use std::collections::BTreeMap;

use auth_core::settings::DotEnv;
use auth_core::{Env, Error};

use crate::canary::{check_debug, check_error, filled, piece_in};
use crate::stage::file;

type Values = BTreeMap<String, String>;

pub fn check(data: &[u8]) {
    let bytes = filled(data);
    expanded(&bytes);
    let values = match read(&bytes) {
        Ok(values) => values,
        Err(error) => {
            check_error(&error);
            assert_eq!(error.to_string(), read(&bytes).expect_err("the same file").to_string());
            let behind = Env::empty().with_dotenv(file(&bytes)).expect_err("nor behind the environment");
            return check_error(&behind);
        }
    };
    let text = String::from_utf8(bytes.clone()).expect("text, if it is read");
    let env = Env::of([("A", "from the environment")]).with_dotenv(file(&bytes)).expect("the same file");
    assert_eq!(env.get("A").expect("a value").as_deref(), Some("from the environment"));
    for (key, value) in &values {
        assert!(text.contains(key.as_str()), "{key:?}");
        if !text.contains(['"', '\'']) {
            assert!(text.contains(value.as_str()) && !value.contains('\n'), "{value:?} stands nowhere");
        }
        if key != "A" {
            let seen = env.get(key).expect("a value");
            // An empty variable counts as unset.
            assert_eq!(seen.unwrap_or_default(), *value, "{key}");
        }
    }
    for (quote, escaped) in [('\'', "\\'"), ('"', "\\\"")] {
        let quoted = |value: &String| value.replace('\\', "\\\\").replace(quote, escaped);
        let lines = values.iter().map(|(key, value)| format!("{key}={quote}{}{quote}\n", quoted(value)));
        let written: String = lines.collect();
        // What escapes wrote, such as a bell, can't stand there by itself.
        if !written.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n')) {
            assert_eq!(read(written.as_bytes()).expect("what was read"), values, "{written}");
        }
    }
}

fn read(bytes: &[u8]) -> Result<Values, Error> {
    let read = DotEnv::read(file(bytes), &Env::empty())?;
    let value = |name: &str| read.get(name).expect("a name that is there").expose().to_owned();
    let values = read.names().map(|name| (name.to_owned(), value(name))).collect();
    check_debug(
        &read
            .names()
            .filter(|name| piece_in(name.as_bytes()).is_none())
            .filter_map(|name| read.get(name))
            .collect::<Vec<_>>(),
    );
    Ok(values)
}

/// Memory is what a file that refers to itself again and again would cost; and a reference without a value is an error.
fn expanded(bytes: &[u8]) {
    match DotEnv::read_expanded(file(bytes), &Env::of([("HOME", "h")])) {
        Ok(read) => {
            let length: usize = read.names().filter_map(|name| read.get(name)).map(|value| value.expose().len()).sum();
            assert!(length <= 16 * 1024 * 1024, "{} bytes of {}", length, bytes.len());
        }
        Err(error) => {
            // A name without a value is told.
            let text = String::from_utf8_lossy(bytes);
            if !text.contains("${") {
                check_error(&error);
            }
        }
    }
}
