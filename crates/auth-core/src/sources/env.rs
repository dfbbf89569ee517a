//! A token in an environment variable.

use async_trait::async_trait;

use crate::{Env, Error, FetchContext, Secret, Token, TokenSource, token_value};

/// A bearer token in an environment variable. A JWT's own `exp` is respected.
#[derive(Clone, Debug)]
pub struct EnvToken {
    name: String,
    env: Env,
}

impl EnvToken {
    /// The variable `name` of the process's environment, looked at when a token is needed.
    pub fn new(name: impl Into<String>) -> Self {
        Self::of(Env::process(), name)
    }

    /// The variable `name` of the given environment.
    pub fn of(env: Env, name: impl Into<String>) -> Self {
        Self { name: name.into(), env }
    }
}

#[async_trait]
impl TokenSource for EnvToken {
    async fn fetch(&self, _cx: &FetchContext) -> Result<Token, Error> {
        let name = &self.name;
        let value = self.env.get(name)?.map(Secret::new);
        let value = value.ok_or_else(|| Error::unavailable(format!("the environment variable {name} is not set")))?;
        let token = token_value::clean(value.expose().as_bytes())
            .map_err(|reason| Error::misconfigured(format!("the token in {name} is not usable: {reason}")))?;
        Ok(Token::bearer(token).found())
    }
}
