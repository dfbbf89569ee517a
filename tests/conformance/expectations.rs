//! What must hold at a moment: the state of a credential, and what was seen on the outside.

use std::collections::BTreeMap;

use auth_core::sources::Chain;

use super::check::{Verdict, differ, same, same_if_given};
use super::clock::same_time;
use super::server::SeenRequest;
use super::source::Fetch;
use super::wanted::{Expect, Seen};
use super::world::{Credential, World};

impl World {
    pub(crate) fn meets(&self, expect: &Expect) -> Verdict {
        let credential = self.credential(expect.key.as_deref());
        fetches(expect, &credential.fetches.all())?;
        self.links(expect)?;
        if !expect.explained.is_empty() {
            self.configured.as_ref().ok_or("the case has no configuration")?.stands(&expect.explained)?;
        }
        forms(expect, &self.forms.lock().unwrap())?;
        if expect.helper_gone {
            self.helper.as_ref().ok_or("the case has no helper")?.is_gone();
        }
        status(expect, credential)?;
        events(expect, credential)?;
        same_if_given("assertions", expect.assertions.clone(), credential.assertions.all())?;
        requests(expect, &self.seen.lock().unwrap())
    }

    fn links(&self, expect: &Expect) -> Verdict {
        for (name, wanted) in &expect.asked {
            let got = self.asked.get(name).map(|fetches| fetches.all().len());
            same(&format!("calls of the link {name}"), &Some(*wanted), &got)?;
        }
        let explained = self.chain.as_ref().map(Chain::explain);
        for (name, wanted) in &expect.links {
            let link = explained.iter().flat_map(|all| all.links()).find(|link| link.name() == name);
            let got = link.map(|link| link.state().to_string());
            same(&format!("how the link {name} stands"), &Some(wanted.clone()), &got)?;
        }
        Ok(())
    }
}

fn forms(expect: &Expect, got: &[BTreeMap<String, String>]) -> Verdict {
    let Some(wanted) = &expect.forms else { return Ok(()) };
    same("forms sent to the token endpoint", &wanted.len(), &got.len())?;
    for (wanted, got) in wanted.iter().zip(got) {
        for (name, wanted) in wanted {
            same(&format!("the field {name}"), wanted, &got.get(name).cloned())?;
        }
    }
    Ok(())
}

fn fetches(expect: &Expect, got: &[Fetch]) -> Verdict {
    let times: Vec<f64> = got.iter().map(|fetch| fetch.at).collect();
    let counted = same_if_given("fetches", expect.fetches, got.len());
    counted.map_err(|text| format!("{text}, at {times:?}"))?;
    if let Some(wanted) = &expect.fetched_at {
        let alike = wanted.len() == times.len() && wanted.iter().zip(&times).all(|(a, b)| same_time(*a, *b));
        if !alike {
            return differ("fetched_at", wanted, &times);
        }
    }
    if let Some(least) = expect.fetches_apart
        && let Some(pair) = times.windows(2).find(|pair| pair[1] - pair[0] < least - 1e-6)
    {
        return differ("seconds between fetches, at least", &least, &pair);
    }
    same_if_given("reasons", expect.reasons.clone(), got.iter().map(|fetch| fetch.reason.clone()).collect())?;
    same_if_given("cut_short", expect.cut_short, got.iter().filter(|fetch| fetch.cut_short).count())
}

fn status(expect: &Expect, credential: &Credential) -> Verdict {
    let status = credential.auth.status();
    let stage = format!("{:?}", status.stage()).to_lowercase();
    same_if_given("stage", expect.stage.clone(), stage)?;
    same_if_given("generation", expect.generation.map(Some), status.generation())?;
    same_if_given("refreshing", expect.refreshing, status.is_refreshing())?;
    same_if_given("suspect", expect.suspect, status.is_suspect())?;
    same_if_given("no_known_end", expect.no_known_end, status.remaining().is_none())?;
    let error = status.last_error().map_or("none".to_owned(), |error| error.kind().to_string().replace(' ', "_"));
    same_if_given("last_error", expect.last_error.clone(), error)?;
    let remaining = status.remaining().map(|left| left.as_secs_f64());
    match expect.remaining {
        Some(wanted) if !remaining.is_some_and(|got| same_time(wanted, got)) => {
            differ("remaining", &wanted, &remaining)
        }
        _ => Ok(()),
    }
}

fn events(expect: &Expect, credential: &Credential) -> Verdict {
    let got = credential.events.lock().unwrap();
    for (name, wanted) in &expect.events {
        same(&format!("events of the kind {name}"), wanted, got.get(name).unwrap_or(&0))?;
    }
    Ok(())
}

fn requests(expect: &Expect, got: &[SeenRequest]) -> Verdict {
    same_if_given("requests", expect.requests, got.len())?;
    if let Some(wanted) = &expect.carried {
        let mut carried = BTreeMap::new();
        for request in got {
            *carried.entry(token_of(request)).or_default() += 1;
        }
        same("carried", wanted, &carried)?;
    }
    let Some(wanted) = &expect.seen else { return Ok(()) };
    same("requests seen", &wanted.len(), &got.len())?;
    wanted.iter().zip(got).try_for_each(|(wanted, got)| looks_like(wanted, got))
}

fn looks_like(wanted: &Seen, got: &SeenRequest) -> Verdict {
    same_if_given("its token", wanted.token.clone(), token_of(got))?;
    same_if_given("its uri", wanted.uri.clone(), got.uri.clone())?;
    same_if_given("its method", wanted.method.clone(), got.method.clone())?;
    same_if_given("its body", wanted.body.clone(), got.body.clone())?;
    for (name, wanted) in &wanted.headers {
        let got = got.headers.get(name).and_then(|value| value.to_str().ok());
        same(&format!("its header {name}"), &Some(wanted.as_str()), &got)?;
    }
    Ok(())
}

fn token_of(request: &SeenRequest) -> String {
    request.token.clone().unwrap_or_else(|| "none".to_owned())
}
