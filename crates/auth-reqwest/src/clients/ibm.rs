//! IBM watsonx.ai: text generation.

use auth_core::{Access, Error};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Value, json};

use super::fields::Fields;
use crate::{ApiClient, ApiError};

/// Generates text with models of watsonx.ai, as `ModelInference.generate` of IBM's Python SDK does.
///
/// ```
/// use auth_reqwest::{ApiError, clients::WatsonxClient};
///
/// # async fn example(client: WatsonxClient) -> Result<(), ApiError> {
/// let generated = client.generate("ibm/granite-13b-chat-v2", "hello").send().await?;
/// println!("{}", generated.text);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct WatsonxClient(ApiClient);

impl WatsonxClient {
    /// A client for this access, whose context has the version of the API, and the default project or space.
    ///
    /// # Errors
    /// As [`ApiClient::new`].
    pub fn new(access: &Access) -> Result<Self, Error> {
        ApiClient::new(access).map(Self)
    }

    /// The same over a client with settings of yours.
    pub fn with_client(client: ApiClient) -> Self {
        Self(client)
    }

    /// For requests that have no method here.
    pub fn api(&self) -> &ApiClient {
        &self.0
    }

    /// Begins to generate text from `input` with a model such as `ibm/granite-13b-chat-v2`.
    pub fn generate(&self, model_id: impl Into<String>, input: impl Into<String>) -> TextGeneration {
        let (model_id, input) = (model_id.into(), input.into());
        TextGeneration { client: self.0.clone(), model_id, input, parameters: None, project_id: None, space_id: None }
    }
}

/// A text that is to be generated.
#[derive(Clone)]
#[must_use = "nothing is generated until it is sent"]
pub struct TextGeneration {
    client: ApiClient,
    model_id: String,
    input: String,
    parameters: Option<Value>,
    project_id: Option<String>,
    space_id: Option<String>,
}

impl TextGeneration {
    /// The model's parameters, such as `{"max_new_tokens": 100}`. Default: the model's own.
    pub fn parameters(mut self, parameters: Value) -> Self {
        self.parameters = Some(parameters);
        self
    }

    /// The project that pays. Default: that of the context, or its space.
    pub fn project_id(mut self, id: impl Into<String>) -> Self {
        self.project_id = Some(id.into());
        self
    }

    /// The space that pays, in place of a project. Default: that of the context.
    pub fn space_id(mut self, id: impl Into<String>) -> Self {
        self.space_id = Some(id.into());
        self
    }

    /// Generates it: `POST /ml/v1/text/generation`. Not repeated if there is no answer, since it is paid for.
    ///
    /// # Errors
    /// [`Config`](crate::ApiErrorKind::Config) with both a project and a space; else as
    /// [`ApiRequest::send`](crate::ApiRequest::send).
    pub async fn send(self) -> Result<GeneratedText, ApiError> {
        let Self { client, model_id, input, parameters, project_id, space_id } = self;
        let mut body = json!({ "model_id": model_id, "input": input });
        let mut request = client.post("/ml/v1/text/generation");
        match (project_id, space_id) {
            (Some(_), Some(_)) => {
                return Err(ApiError::config("both a project_id and a space_id are given: watsonx takes one of them"));
            }
            (Some(id), None) => {
                body["project_id"] = id.into();
                request = request.without_body_field("space_id");
            }
            (None, Some(id)) => {
                body["space_id"] = id.into();
                request = request.without_body_field("project_id");
            }
            (None, None) => {}
        }
        if let Some(parameters) = parameters {
            body["parameters"] = parameters;
        }
        request.json(&body).send().await?.json().await
    }
}

impl std::fmt::Debug for TextGeneration {
    /// Without the input, which is nobody's business.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextGeneration").field("model_id", &self.model_id).finish_non_exhaustive()
    }
}

/// A text that was generated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GeneratedText {
    /// The text.
    pub text: String,
    /// The model that wrote it.
    pub model_id: Option<String>,
    /// Why it ended, such as `eos_token` or `max_tokens`.
    pub stop_reason: Option<String>,
    /// How many tokens the input was.
    pub input_tokens: Option<u64>,
    /// How many tokens the text is.
    pub generated_tokens: Option<u64>,
}

impl<'de> Deserialize<'de> for GeneratedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::of(deserializer)?;
        let mut results = fields.value("results").unwrap_or_default();
        let first = results.get_mut(0).map(Value::take).ok_or_else(|| D::Error::missing_field("results"))?;
        let text = first["generated_text"].as_str().ok_or_else(|| D::Error::missing_field("generated_text"))?;
        Ok(Self {
            text: text.to_owned(),
            model_id: fields.optional("model_id"),
            stop_reason: first["stop_reason"].as_str().map(str::to_owned),
            input_tokens: first["input_token_count"].as_u64(),
            generated_tokens: first["generated_token_count"].as_u64(),
        })
    }
}
