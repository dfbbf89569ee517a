//! Every row of `data/corpus` gives its answer, through every public parser that it applies to.
//!
//! | file | parsers |
//! | --- | --- |
//! | `token_value` | [`values`]: an argument, a replaced token, a setting, a variable, a file, a helper's line, each system |
//! | `exec_output` | [`values`]: a helper program (what is about running it: [`exec`](crate::exec)) |
//! | `url` | [`urls`]: a token endpoint, pinned or not, a base URL, a setting, credentials.json |
//! | `ini`, `dotenv`, `credentials_json` | [`files`]: as files and, if there is such a way, as text |
//! | `token_response` | [`answers`]: an exchange under both names of its fields |
//! | `retry_after`, `www_authenticate` | [`answers`]: the header of an answer |
//! | `jwt_verifier` | the emulator: `crates/auth-emulator/tests` |
//!
//! Beside the answer, the rules for messages: under 300 bytes, the place they name, no 8 bytes of the input; and two reasons
//! never have the same words.

mod answers;
mod files;
mod rows;
mod urls;
mod values;
