//! `authctl keys`: API keys of Skyflow's service accounts.

mod verb;
mod who;

use std::process::ExitCode;

use auth_reqwest::clients::{ApiKeyInfo, IssuedApiKey, SkyflowKeys};
use serde_json::{Value, json};

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::Listed;
use crate::table::drawn;
use crate::terminal::{self, printable};

/// Create, list, rotate, disable, enable and delete API keys of Skyflow's service accounts
///
/// Signed in as the profile that is selected, if it is one of Skyflow, else by the variable SKYFLOW_CREDENTIALS.
///
/// Of the management API, Skyflow documents that accounts are created with `apiKeyEnabled`, and that keys can be rotated,
/// disabled and deleted; where the latter are is inferred: below /v1/serviceAccounts/ACCOUNT/apiKeys.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: verb::Verb,
    #[command(flatten)]
    who: who::Who,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    let keys = args.who.client(context)?;
    let verb = async {
        match args.verb {
            verb::Verb::Create(args) => create(args, &keys).await,
            verb::Verb::List(args) => list(args, &keys).await,
            verb::Verb::Rotate(args) => show(&keys.rotate(&args.key.account, &args.key.key).await?, args.output),
            verb::Verb::Disable(key) => {
                keys.disable(&key.account, &key.key).await?;
                done("Disabled", &key)
            }
            verb::Verb::Enable(key) => {
                keys.enable(&key.account, &key.key).await?;
                done("Enabled", &key)
            }
            verb::Verb::Delete(key) => {
                keys.delete(&key.account, &key.key).await?;
                done("Deleted", &key)
            }
        }
    };
    context.in_time("the request", verb).await?;
    Ok(Exit::Ok.code())
}

async fn create(args: verb::Create, keys: &SkyflowKeys) -> Result<(), Failure> {
    let issued = match (args.account, args.name) {
        (Some(account), _) => keys.add(&account).await?,
        (None, name) => {
            // clap asks for one of the two.
            let account = keys.create(name.unwrap_or_default()).description(args.description);
            let account = match args.vault {
                Some(id) => account.resource("VAULT", id),
                None => account,
            };
            account.send().await?
        }
    };
    show(&issued, args.output)
}

/// The key is on stdout once, and its ids, which are no secret, beside it.
fn show(issued: &IssuedApiKey, output: verb::Issued) -> Result<(), Failure> {
    let (account, id) = (printable(&issued.account_id), printable(&issued.key_id));
    terminal::say(format_args!("API key {id} of the service account {account}, which is shown this once:"));
    match output {
        verb::Issued::Raw => terminal::data_line(issued.key.expose()),
        verb::Issued::Json => {
            let key = json!({ "account_id": issued.account_id, "key_id": issued.key_id, "key": issued.key.expose() });
            terminal::data_line(format_args!("{key:#}"))
        }
    }
}

async fn list(args: verb::List, keys: &SkyflowKeys) -> Result<(), Failure> {
    let keys = keys.list(&args.account).await?;
    match args.output {
        // What else the API says of a key may be the key.
        Listed::Json => {
            let keys = keys.iter().map(|key| json!({ "id": key.id, "status": key.status }));
            terminal::data_line(format_args!("{:#}", Value::from_iter(keys)))
        }
        Listed::Table if keys.is_empty() => {
            terminal::say("No API keys found. You can make one with `authctl keys create --account ACCOUNT`");
            Ok(())
        }
        Listed::Table => {
            let row = |key: ApiKeyInfo| [key.id, key.status.unwrap_or_default()];
            terminal::data_line(drawn(["ID", "STATUS"], keys.into_iter().map(row)))
        }
    }
}

fn done(verb: &str, key: &verb::Key) -> Result<(), Failure> {
    terminal::say(format_args!("{verb} API key {}", printable(&key.key)));
    Ok(())
}
