//! What each fuzz target asserts of an input, apart from the fuzzer: one module a target, each with a `check`.
//!
//! A broken promise is a panic. The byte 0xFF, which no text has, stands for a secret in most of them ([`canary`]): nothing that
//! is said about the input may repeat it.

pub mod broker;
pub mod canary;
pub mod credentials_json;
pub mod dotenv;
pub mod engine;
pub mod exec_output;
pub mod ibm_external;
pub mod ini;
pub mod jwt;
pub mod kept_token;
pub mod machine;
pub mod oauth_error;
pub mod origins;
pub mod pem;
pub mod planted;
pub mod profiles;
pub mod retry_after;
pub mod stage;
pub mod token_response;
pub mod token_value;
pub mod url;
pub mod www_authenticate;
