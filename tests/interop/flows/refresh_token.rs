//! A refresh token that is replaced with each use. The one that follows is kept and saved; the one that came before is refused, and
//! ends the whole family.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use auth_core::exchange::{Client, ClientAuth, TokenEndpoint};
use auth_core::{Error, ErrorKind, FetchContext, Secret, Token, TokenSource, sources};
use http::StatusCode;

use crate::flow::{At, Counter, Failure, Fine, Flow, Wrong};
use crate::place::Place;
use crate::plant::Plant;
use crate::registered::{DESKTOP, OTHER_DESKTOP};
use crate::server::Kind;
use crate::usual;

/// Authenticators at once over one source.
const SHARING: usize = 4;

pub(crate) struct RefreshToken {
    /// The client on its user's machine; or a server's own, with a secret by Basic.
    pub(crate) public: bool,
}

/// The source with the token of a user who has just signed in.
struct SignedIn<'a> {
    flow: &'a RefreshToken,
    source: sources::RefreshToken,
    /// The token that it began with.
    first: String,
    /// What the program's own place has.
    saved: Arc<Mutex<Option<String>>>,
}

impl<'a> SignedIn<'a> {
    async fn new(flow: &'a RefreshToken, place: &Place) -> Result<Self, Failure> {
        let first = place.server.sign_in(flow.owner(place)).await;
        place.world.canaries.know("refresh_token", &first);
        let saved: Arc<Mutex<Option<String>>> = Arc::default();
        let to = Arc::clone(&saved);
        let source = source(place.endpoint(), flow.client(place, None), &first)?.on_rotate(move |token| {
            *to.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.expose().to_owned());
            async { Ok(()) }
        });
        Ok(Self { flow, source, first, saved })
    }
}

impl RefreshToken {
    fn client(&self, place: &Place, wrong: Option<Wrong>) -> Client {
        let web = place.world.registered.web(place.kind);
        match (self.public, wrong) {
            (true, Some(Wrong::OtherClient)) => Client::public(OTHER_DESKTOP),
            (true, _) | (false, Some(Wrong::OtherClient)) => Client::public(DESKTOP),
            (false, Some(Wrong::Secret)) => ClientAuth::basic(web.id.clone(), "the-wrong-secret").into(),
            (false, _) => ClientAuth::basic(web.id.clone(), web.secret.clone()).into(),
        }
    }
}

fn source(endpoint: TokenEndpoint, client: Client, token: &str) -> Result<sources::RefreshToken, Failure> {
    let source = sources::RefreshToken::new(endpoint, client, token.to_owned());
    source.map_err(|error| Failure::broken(error.to_string()))
}

#[async_trait]
impl Flow for RefreshToken {
    fn name(&self) -> String {
        if self.public { "refresh, rotated".to_owned() } else { "refresh, rotated, Basic".to_owned() }
    }

    fn owner<'a>(&self, place: &'a Place) -> &'a str {
        if self.public { DESKTOP } else { &place.world.registered.web(place.kind).id }
    }

    fn wrongs(&self, _kind: Kind) -> Vec<Wrong> {
        let mut wrongs = vec![Wrong::Reused, Wrong::Withdrawn, Wrong::Revoked, Wrong::Unknown, Wrong::OtherClient];
        if !self.public {
            wrongs.push(Wrong::Secret);
        }
        wrongs
    }

    /// For those twins that never get as far as the token.
    fn source(
        &self,
        place: &Place,
        endpoint: TokenEndpoint,
        wrong: Option<Wrong>,
    ) -> Result<Arc<dyn TokenSource>, Error> {
        let client = self.client(place, wrong);
        Ok(Arc::new(sources::RefreshToken::new(endpoint, client, "nobody-ever-issued-this-token")?))
    }

    async fn pass(&self, at: At<'_>) -> Result<Fine, Failure> {
        let place = at.place;
        let signed_in = SignedIn::new(self, place).await?;
        let fine = usual::pass(&signed_in, at).await?;
        in_turns(at, &signed_in).await?;
        let current = signed_in.source.current().expose().to_owned();
        let lost = |what: &str| Failure(Counter::Lost, what.to_owned());
        if current == signed_in.first {
            return Err(lost("the refresh token that followed was not kept"));
        }
        let saved = signed_in.saved.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if saved.as_deref() != Some(&*current) {
            return Err(lost("the refresh token that is kept was not saved"));
        }
        if place.observer.active(&current).await.is_none() {
            return Err(lost("the refresh token that is kept is not active"));
        }
        // The program's next run.
        let next = usual::authenticator(
            at,
            Arc::new(source(place.endpoint(), self.client(place, None), &current)?),
            &usual::road(at, &place.trust),
        );
        usual::active(self, at, &next).await.map_err(|failure| Failure(Counter::Lost, failure.1))?;
        Ok(fine)
    }

    async fn refuse(&self, at: At<'_>, wrong: Wrong) -> Result<Fine, Failure> {
        if wrong.is_of_tls() {
            return usual::refuse(self, at, wrong).await;
        }
        let place = at.place;
        let road = usual::road(at, &place.trust);
        let signed_in = SignedIn::new(self, place).await?;
        if wrong == Wrong::Withdrawn {
            return withdrawn(at, &signed_in).await;
        }
        let token = if wrong == Wrong::Unknown { "nobody-ever-issued-this-token" } else { &*signed_in.first };
        let holder = usual::authenticator(at, Arc::new(signed_in.source.clone()), &road);
        match wrong {
            Wrong::Reused => holder.warm_up().await.map_err(|error| Failure::broken(error.to_string()))?,
            Wrong::Revoked => place.observer.revoke(&signed_in.first).await,
            _ => {}
        }
        let thief = usual::authenticator(
            at,
            Arc::new(source(place.endpoint(), self.client(place, Some(wrong)), token)?),
            &road,
        );
        let fine = usual::refused(at, thief, 1, wrong).await?;
        match wrong {
            Wrong::Reused => the_family_has_ended(at, &signed_in, &holder).await?,
            // Whoever could not say who it is has spent nothing.
            Wrong::Secret | Wrong::OtherClient => {
                let active = usual::active(self, at, &holder).await;
                active.map_err(|failure| Failure(Counter::Lost, failure.1))?;
            }
            _ => {}
        }
        Ok(fine)
    }
}

/// Authenticators that share the source, all without a token at once: each has to send the refresh token that the one before it got.
async fn in_turns(at: At<'_>, signed_in: &SignedIn<'_>) -> Result<(), Failure> {
    let road = usual::road(at, &at.place.trust);
    let sharing = (0..SHARING).map(|_| usual::authenticator(at, Arc::new(signed_in.source.clone()), &road));
    let fetching: Vec<_> = sharing.map(|auth| tokio::spawn(async move { auth.warm_up().await })).collect();
    for fetched in fetching {
        let fetched = fetched.await.map_err(|error| Failure(Counter::Lost, error.to_string()))?;
        fetched.map_err(|error| Failure(Counter::Lost, error.to_string()))?;
    }
    Ok(())
}

/// The API's 401 comes back, with the reason: somebody has to sign in.
async fn withdrawn(at: At<'_>, signed_in: &SignedIn<'_>) -> Result<Fine, Failure> {
    let place = at.place;
    let holder = usual::authenticator(at, Arc::new(signed_in.source.clone()), &usual::road(at, &place.trust));
    let token = usual::active(signed_in.flow, at, &holder).await?;
    // At oidc-provider the first ends all of it.
    place.observer.revoke(&token).await;
    place.observer.revoke(signed_in.source.current().expose()).await;
    let client = at.front.client(holder, &place.trust);
    let reply = client.get(&format!("{}/items", place.api_origin)).await;
    let reply = reply.map_err(|failed| Failure::broken(format!("{failed:?}")))?;
    if reply.status != StatusCode::UNAUTHORIZED {
        return Err(Failure(Counter::LetIn, format!("the answer is {}", reply.status)));
    }
    match reply.error {
        Some(error) if error.kind() == ErrorKind::InteractionRequired => {
            let said = format!("401 of the API, and {:?}", error.kind());
            Ok(Fine { said, shown: format!("{error}\n{error:?}\n"), ..Fine::default() })
        }
        other => Err(Failure::broken(format!("expected that somebody has to sign in: {other:?}"))),
    }
}

/// The holder's own token has gone with the spent one; it says that the user has to sign in, and goes on after that.
async fn the_family_has_ended(
    at: At<'_>,
    signed_in: &SignedIn<'_>,
    holder: &auth_core::Authenticator,
) -> Result<(), Failure> {
    let place = at.place;
    if place.observer.active(signed_in.source.current().expose()).await.is_some() {
        return Err(Failure(Counter::LetIn, "the server goes on after a refresh token came twice".to_owned()));
    }
    holder.invalidate();
    match holder.warm_up().await {
        Err(error) if error.kind() == ErrorKind::InteractionRequired => {}
        other => return Err(Failure::broken(format!("expected that somebody has to sign in: {other:?}"))),
    }
    let again = place.server.sign_in(signed_in.flow.owner(place)).await;
    place.world.canaries.know("refresh_token", &again);
    signed_in.source.replace(again).map_err(|error| Failure::broken(error.to_string()))?;
    usual::active(signed_in.flow, at, holder).await.map(drop)
}

#[async_trait]
impl Flow for SignedIn<'_> {
    fn name(&self) -> String {
        self.flow.name()
    }

    fn owner<'a>(&self, place: &'a Place) -> &'a str {
        self.flow.owner(place)
    }

    fn wrongs(&self, kind: Kind) -> Vec<Wrong> {
        self.flow.wrongs(kind)
    }

    fn revocation_ends_more(&self, kind: Kind) -> bool {
        kind == Kind::OidcProvider
    }

    fn source(
        &self,
        place: &Place,
        endpoint: TokenEndpoint,
        _wrong: Option<Wrong>,
    ) -> Result<Arc<dyn TokenSource>, Error> {
        if place.has(Plant::Forgetful) {
            let client = self.flow.client(place, None);
            return Ok(Arc::new(Forgetful { endpoint, client, first: Secret::from(&*self.first) }));
        }
        Ok(Arc::new(self.source.clone()))
    }
}

/// Begins with the same token each time.
struct Forgetful {
    endpoint: TokenEndpoint,
    client: Client,
    first: Secret,
}

#[async_trait]
impl TokenSource for Forgetful {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        sources::RefreshToken::new(self.endpoint.clone(), self.client.clone(), self.first.clone())?.fetch(cx).await
    }
}
