//! What can be asked for.

use clap::builder::NonEmptyStringValueParser;

use crate::output::Listed;

#[derive(clap::Subcommand, Debug)]
pub(super) enum Verb {
    /// Create a service account with an API key, or one more key for an account, and print the key; it is shown this once
    Create(Create),
    /// List the keys of a service account, without the keys themselves
    List(List),
    /// Make a new key in place of one, which is refused from then on, and print it; it is shown this once
    Rotate(Rotate),
    /// Disable a key: it is refused until it is enabled
    Disable(Key),
    /// Enable a key that was disabled
    Enable(Key),
    /// Delete a key for good
    Delete(Key),
}

#[derive(clap::Args, Debug)]
pub(super) struct Create {
    /// The new account's name
    #[arg(long, short, value_name = "NAME", value_parser = name, required_unless_present = "account", conflicts_with = "account")]
    pub(super) name: Option<String>,
    /// What the new account is for
    #[arg(long, short, value_name = "TEXT", default_value = "", hide_default_value = true, conflicts_with = "account")]
    pub(super) description: String,
    /// The vault that the new account belongs to
    #[arg(long, value_name = "ID", conflicts_with = "account")]
    pub(super) vault: Option<String>,
    /// The account that gets one more key, in place of a new account
    #[arg(long, value_name = "ACCOUNT", value_parser = NonEmptyStringValueParser::new())]
    pub(super) account: Option<String>,
    /// The key alone, or an object with account_id, key_id and key
    #[arg(long, short, value_name = "FORMAT", default_value = "raw")]
    pub(super) output: Issued,
}

fn name(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() { Err("a service account needs a name") } else { Ok(text.to_owned()) }
}

#[derive(clap::Args, Debug)]
pub(super) struct List {
    /// The service account's id (clientID)
    #[arg(value_name = "ACCOUNT", value_parser = NonEmptyStringValueParser::new())]
    pub(super) account: String,
    /// A table, or a list of objects with id and status
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t)]
    pub(super) output: Listed,
}

#[derive(clap::Args, Debug)]
pub(super) struct Rotate {
    #[command(flatten)]
    pub(super) key: Key,
    /// The key alone, or an object with account_id, key_id and key
    #[arg(long, short, value_name = "FORMAT", default_value = "raw")]
    pub(super) output: Issued,
}

#[derive(clap::Args, Debug)]
pub(super) struct Key {
    /// The service account's id (clientID)
    #[arg(value_name = "ACCOUNT", value_parser = NonEmptyStringValueParser::new())]
    pub(super) account: String,
    /// The id of the key, as authctl keys list shows it
    #[arg(value_name = "KEY", value_parser = NonEmptyStringValueParser::new())]
    pub(super) key: String,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
pub(super) enum Issued {
    Raw,
    Json,
}
