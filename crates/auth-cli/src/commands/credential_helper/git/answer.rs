//! What git is told.

use super::request::Request;
use crate::held::Held;
use crate::moment;

/// GitLab wants this one beside an OAuth token; others take any.
pub(super) const USERNAME: &str = "oauth2";
/// What else is understood, for `git credential capability`.
pub(super) const CAPABILITIES: &str = "version 0\ncapability authtype\n";
/// git ends, and asks neither another helper nor a person.
pub(super) const QUIT: &str = "quit=1\n";

/// The token: as a bearer token where that is understood, else as a password. With its end, after which git does not use it.
/// Neither the token nor the name has a line's end in it.
pub(super) fn of(request: &Request, held: &Held, username: &str) -> String {
    let token = held.token.expose();
    let credential = if request.takes_bearer() {
        // Ephemeral: other helpers are not to keep it.
        format!("capability[]=authtype\nauthtype=Bearer\ncredential={token}\nephemeral=1\n")
    } else {
        format!("username={username}\npassword={token}\n")
    };
    match held.end {
        Some(end) => format!("{credential}password_expiry_utc={}\n", moment::epoch_seconds(end)),
        None => credential,
    }
}
