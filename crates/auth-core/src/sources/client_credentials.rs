//! The client's own credentials, exchanged for access tokens.

use std::borrow::Cow;
use std::time::Duration;

use async_trait::async_trait;

use crate::exchange::{ClientAuth, Exchange, TokenEndpoint};
use crate::{Error, FetchContext, Secret, Token, TokenSource};

/// The client credentials grant (RFC 6749 section 4.4): a program that acts for itself.
///
/// The client authenticates by a secret ([`ClientAuth::basic`], [`ClientAuth::post`]) or by a key
/// ([`PrivateKeyJwt`](crate::exchange::PrivateKeyJwt)). Not for a program that acts for a user, nor for one that can keep no
/// secret: the grant is for confidential clients alone, so a public one can't be given here. A refresh token in the answer is
/// not used (section 4.4.3): the credentials are there anyway. Needs a transport.
///
/// ```
/// use auth_core::{exchange::{ClientAuth, TokenEndpoint}, sources::ClientCredentials};
///
/// # fn main() -> Result<(), auth_core::Error> {
/// let endpoint = TokenEndpoint::parse("https://issuer.example.com/token")?;
/// let source = ClientCredentials::new(endpoint, ClientAuth::basic("my-client", "my-secret")).scope("read write");
/// # let _: &dyn auth_core::TokenSource = &source;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    endpoint: TokenEndpoint,
    client: ClientAuth,
    extra: Vec<(Cow<'static, str>, Secret)>,
    default_lifetime: Option<Duration>,
}

impl ClientCredentials {
    /// Asks at `endpoint` as `client`.
    pub fn new(endpoint: TokenEndpoint, client: impl Into<ClientAuth>) -> Self {
        Self { endpoint, client: client.into(), extra: Vec::new(), default_lifetime: None }
    }

    /// The scope to ask for, names separated by spaces (RFC 6749 section 3.3). Default: none, which is the issuer's default.
    #[must_use]
    pub fn scope(self, scope: impl Into<Secret>) -> Self {
        self.param("scope", scope)
    }

    /// The API that the token is for, by a name that the issuer knows. Not in RFC 6749, but common. May be repeated.
    #[must_use]
    pub fn audience(self, audience: impl Into<Secret>) -> Self {
        self.param("audience", audience)
    }

    /// The API that the token is for, by its URI (RFC 8707 section 2). May be repeated.
    #[must_use]
    pub fn resource(self, resource: impl Into<Secret>) -> Self {
        self.param("resource", resource)
    }

    /// One more form field. One that is there already is an error when the token is fetched.
    #[must_use]
    pub fn param(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Secret>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// The lifetime to assume if neither the answer nor the token states one. Default: none.
    #[must_use]
    pub fn default_lifetime(mut self, lifetime: Duration) -> Self {
        self.default_lifetime = Some(lifetime);
        self
    }
}

#[async_trait]
impl TokenSource for ClientCredentials {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        let exchange = Exchange::new(self.endpoint.clone())
            .credential_name("the client credentials grant")
            .default_lifetime(self.default_lifetime)
            .public_param("grant_type", "client_credentials")
            .params(&self.extra);
        Ok(self.client.authenticate(exchange, cx).await?.send(cx).await?.token)
    }
}

#[cfg(test)]
#[cfg(feature = "test-util")]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::sources::bench::Bench;

    fn source(client: impl Into<ClientAuth>) -> ClientCredentials {
        ClientCredentials::new(Bench::endpoint(), client)
    }

    #[test]
    fn a_secret_by_basic_is_encoded_before_it_is_joined() {
        let bench = Bench::new(source(ClientAuth::basic("my:client", "p@ss w%rd+ü")).scope("a b"));
        bench.grants("t");
        assert_eq!(bench.token().unwrap(), "t");
        let request = bench.last();
        assert_eq!(request.form(), [("grant_type", "client_credentials"), ("scope", "a b")]);
        // RFC 6749 section 2.3.1 with appendix B: form-encoded first, then RFC 7617; a space as those decode it, too, that do
        // not know `+` (Authlib).
        assert_eq!(request.basic().unwrap(), "my%3Aclient:p%40ss%20w%25rd%2B%C3%BC");
        assert!(request.is_sensitive);
    }

    /// Some put the beginning of the body into it.
    #[test]
    fn a_request_id_that_repeats_the_secret_as_it_was_encoded_is_not_shown() {
        for repeated in ["hV3%21x%3AQe%2F7", "plain-id-7"] {
            let bench = Bench::new(source(ClientAuth::post("id", "hV3!x:Qe/7")));
            let response = http::Response::builder().status(400).header("x-request-id", repeated);
            let body = r#"{"error":"invalid_client","error_description":"no"}"#;
            bench.issuer.answer_with(Ok(response.body(body.into()).unwrap()));
            let shown = bench.token().unwrap_err().request_id().map(str::to_owned);
            assert_eq!(shown.as_deref(), Some(repeated).filter(|id| !id.contains('%')));
        }
    }

    #[test]
    fn a_secret_by_post_is_in_the_form_and_nowhere_else() {
        let bench = Bench::new(
            source(ClientAuth::post("id", "s&c=t")).audience("api").resource("https://a/").resource("https://b/"),
        );
        bench.grants("t");
        assert_eq!(bench.token().unwrap(), "t");
        let request = bench.last();
        let expect = [
            ("grant_type", "client_credentials"),
            ("audience", "api"),
            ("resource", "https://a/"),
            ("resource", "https://b/"),
            ("client_id", "id"),
            ("client_secret", "s&c=t"),
        ];
        assert_eq!(request.form(), expect);
        assert_eq!(request.basic(), None);
    }

    #[test]
    fn what_is_said_twice_is_not_sent() {
        for (source, message) in [
            (
                source(ClientAuth::post("id", "s")).param("client_id", "x"),
                "the form field client_id is given twice: leave the extra one out",
            ),
            (
                source(ClientAuth::basic("id", "s")).scope("a").scope("b"),
                "the form field scope is given twice: leave the extra one out",
            ),
            (
                source(ClientAuth::basic("id", "s")).param("client_secret", "s"),
                "the client authenticates in more than one way (RFC 6749 section 2.3): choose one",
            ),
        ] {
            let bench = Bench::new(source);
            let error = bench.token().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Misconfigured);
            assert!(error.to_string().ends_with(message), "{error}");
            assert_eq!(bench.requests(), 0);
        }
    }

    #[test]
    fn a_refusal_says_whether_it_is_the_client_or_the_grant() {
        for (code, expect) in [
            ("invalid_client", "the issuer refused the client id or the client secret (invalid_client)"),
            ("unauthorized_client", "the issuer refused the client credentials grant (unauthorized_client)"),
            ("invalid_scope", "the issuer refused the client credentials grant (invalid_scope)"),
        ] {
            let bench = Bench::new(source(ClientAuth::basic("id", "s3cr3t-s3cr3t")));
            bench.answers(400, &format!(r#"{{"error":"{code}"}}"#));
            let error = bench.token().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Rejected);
            assert!(error.to_string().contains(expect), "{error}");
        }
        let bench = Bench::new(source(ClientAuth::post("my-client-id", "s3cr3t-s3cr3t")));
        bench.answers(401, r#"{"error":"invalid_client","error_description":"my-client-id is unknown"}"#);
        assert_eq!(bench.token().unwrap_err().description(), Some("my-client-id is unknown"), "it is no secret");
        bench.advance(60);
        bench.answers(401, r#"{"error":"invalid_client","error_description":"s3cr3t-s3cr3t is wrong"}"#);
        assert_eq!(bench.token().unwrap_err().description(), None);
    }

    #[test]
    fn a_refresh_token_in_the_answer_is_not_used() {
        let bench = Bench::new(source(ClientAuth::basic("id", "s")));
        bench.answers(200, r#"{"access_token":"a","expires_in":60,"refresh_token":"r"}"#);
        assert_eq!(bench.token().unwrap(), "a");
        bench.advance(61);
        bench.grants("b");
        assert_eq!(bench.token().unwrap(), "b");
        assert_eq!(bench.last().form(), [("grant_type", "client_credentials")]);
    }

    #[cfg(feature = "signing")]
    #[test]
    fn a_key_signs_an_assertion_for_this_issuer_alone() {
        use crate::exchange::PrivateKeyJwt;
        use crate::signer::test_keys::{ALL, key, verified};

        for algorithm in ALL {
            let jwt = PrivateKeyJwt::new("client", "https://issuer.example.com", key(algorithm)).key_id("k1");
            let bench = Bench::new(source(jwt));
            bench.grants("t");
            assert_eq!(bench.token().unwrap(), "t");
            let first = bench.last();
            let names: Vec<&str> = first.form().iter().map(|(name, _)| *name).collect();
            assert_eq!(names, ["grant_type", "client_id", "client_assertion_type", "client_assertion"]);
            assert_eq!(first.field("client_id"), "client");
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            assert_eq!(first.field("client_assertion_type"), kind);
            assert_eq!(first.basic(), None);

            let (header, claims) = verified(algorithm, first.field("client_assertion"));
            let expect = serde_json::json!({"alg": algorithm.name(), "kid": "k1", "typ": "client-authentication+jwt"});
            assert_eq!(header, expect);
            let made = Bench::START;
            let expect = serde_json::json!({
                "iss": "client", "sub": "client", "aud": "https://issuer.example.com",
                "iat": made - 30, "exp": made + 270, "jti": claims["jti"],
            });
            assert_eq!(claims, expect);

            bench.advance(3600);
            bench.grants("u");
            assert_eq!(bench.token().unwrap(), "u");
            let (_, next) = verified(algorithm, bench.last().field("client_assertion"));
            assert_eq!(next["iat"], made + 3600 - 30, "a new one for each request");
            assert_ne!(next["jti"], claims["jti"]);
        }
    }

    #[cfg(feature = "signing")]
    #[test]
    fn an_assertion_that_the_issuer_repeats_is_not_shown() {
        use crate::exchange::PrivateKeyJwt;
        use crate::signer::{Algorithm, test_keys::key};

        let jwt = PrivateKeyJwt::new("client", "https://issuer.example.com", key(Algorithm::EdDsa));
        let bench = Bench::new(source(jwt));
        bench.echoes(401, |form| {
            format!(r#"{{"error":"invalid_client","error_description":"bad {}"}}"#, form.field("client_assertion"))
        });
        let error = bench.token().unwrap_err();
        assert_eq!((error.code(), error.description()), (Some("invalid_client"), Some("bad …")));
        assert!(error.to_string().contains("the client's key"), "{error}");
        assert!(error.to_string().len() < 300, "{error}");
    }
}
