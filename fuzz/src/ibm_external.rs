//! IBM's external configuration: `VCAP_SERVICES`, or a credentials file, by the first byte. Errors say where, and not what; a URL that is taken is shown.

use auth_core::Env;
use auth_core::systems::{IbmCloud, Watsonx};

use crate::canary::{check_debug_without, check_error, filled, filled_text};
use crate::stage::file;

pub fn check(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let env = if first & 1 == 0 {
        let Some(text) = filled_text(rest).filter(|text| !text.contains('\0')) else { return };
        Env::of([("VCAP_SERVICES", text)])
    } else {
        let path = file(&filled(rest));
        Env::of([("IBM_CREDENTIALS_FILE", path.to_str().expect("a temporary folder's name is text"))])
    };
    let env = env.without_builder_hints();
    for access in [IbmCloud::from_env("acme", &env).access(), Watsonx::from_env(&env).access()] {
        match access {
            Ok(access) => check_debug_without(&access, &access.endpoint().to_string()),
            Err(error) => check_error(&error),
        }
    }
}
