//! What one request says about its own authentication, as an extension of it.

use crate::Authenticator;

/// Put into a request's extensions, it says how this one request is to be authenticated. All adapters read it.
///
/// ```
/// use auth_core::RequestAuth;
///
/// # fn main() -> Result<(), http::Error> {
/// let request = http::Request::get("https://api.example.com/health").extension(RequestAuth::none()).body(())?;
/// # let _ = request;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RequestAuth {
    choice: Choice,
    fresh: bool,
}

#[derive(Clone, Debug)]
enum Choice {
    Layer,
    None,
    Using(Authenticator),
}

impl RequestAuth {
    /// Send it without credentials.
    pub fn none() -> Self {
        Self { choice: Choice::None, fresh: false }
    }

    /// Use another authenticator than the layer's, with its own origins.
    pub fn using(authenticator: Authenticator) -> Self {
        Self { choice: Choice::Using(authenticator), fresh: false }
    }

    /// Use a token for it that is newer than the present one, if one fetch can bring it; a fetch that is under way counts.
    /// For a call that is known to need it; not for every request.
    pub fn fresh() -> Self {
        Self { choice: Choice::Layer, fresh: true }
    }

    /// With a fresh token, too: `RequestAuth::using(other).and_fresh()`.
    #[must_use]
    pub fn and_fresh(mut self) -> Self {
        self.fresh = true;
        self
    }

    /// Whether a token newer than the present one is wanted.
    pub fn wants_fresh(&self) -> bool {
        self.fresh
    }

    /// The authenticator to use, given the layer's own; `None` for no credentials.
    pub fn authenticator<'a>(&'a self, layers: &'a Authenticator) -> Option<&'a Authenticator> {
        match &self.choice {
            Choice::Layer => Some(layers),
            Choice::None => None,
            Choice::Using(other) => Some(other),
        }
    }
}
