//! watsonx.ai with an API key: text is generated for the default project and for another one, one token serves all of it,
//! and a project that is somebody else's is `PermissionDenied`, with the words of the API.
#![expect(clippy::print_stdout, reason = "an example says what it shows")]

use std::error::Error;

use auth_emulator::{Emulator, systems};
use auth_reqwest::{ApiErrorKind, clients::WatsonxClient, core::systems::Watsonx};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let emulator = Emulator::start().await?;
    // `Watsonx::from_env(&Env::process())` takes these from WATSONX_APIKEY, WATSONX_PROJECT_ID and the like.
    let access = Watsonx::new()
        .url(emulator.watsonx().url()) // or `.region("us-south")`
        .auth_url(emulator.ibm().auth_url()) // IBM Cloud's own by default
        .api_key(Emulator::API_KEY)
        .project_id(systems::Watsonx::PROJECT_ID)
        .access()?;
    let client = WatsonxClient::new(&access)?;
    let model = systems::Watsonx::MODEL_ID;

    let generated = client.generate(model, "how are you").send().await?;
    println!("for the default project: {:?} of {:?} tokens", generated.text, generated.generated_tokens);
    assert_eq!(generated.text, "You said: you are how");
    let sent: serde_json::Value = serde_json::from_slice(emulator.api_requests()[0].body())?;
    assert_eq!(sent["project_id"], systems::Watsonx::PROJECT_ID);

    let parameters = serde_json::json!({ "max_new_tokens": 20 });
    let in_space = client.generate(model, "hello").space_id(systems::Watsonx::SPACE_ID).parameters(parameters);
    println!("for a space instead: {:?}", in_space.send().await?.text);

    let elsewhere = client.generate(model, "hello").project_id(systems::Watsonx::FORBIDDEN_PROJECT_ID);
    let error = elsewhere.send().await.err().ok_or("an error was expected")?;
    println!("for somebody else's project: {error}");
    assert_eq!(error.kind(), ApiErrorKind::PermissionDenied);

    println!("{} token request, {} API requests", emulator.token_request_count(), emulator.api_request_count());
    assert_eq!((emulator.token_request_count(), emulator.api_request_count()), (1, 3));
    Ok(())
}
