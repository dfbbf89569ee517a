//! What callers show, so that not everybody on the machine has the credential's rights.

use std::path::Path;

use auth_core::adapter::io_reason;
use auth_core::{Env, Secret, store};
use aws_lc_rs::{constant_time, rand};
use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::args::Args;
use crate::failure::Failure;
use crate::serving::secret_file;

/// The header for callers whose `Authorization` is their own.
const HEADER: HeaderName = HeaderName::from_static("x-authctl-secret");

/// Long enough that nobody guesses it: 256 bits.
const RANDOM_BYTES: usize = 32;

/// Nobody types less than this at random.
const SHORTEST: usize = 16;

/// The secret, and where callers may put it.
#[derive(Debug)]
pub(super) struct CallersSecret {
    value: Secret,
    in_path: bool,
    place: Place,
}

/// Where callers find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// It was made here, so that they learn it from the first line only.
    Printed,
    File,
    Variable,
}

impl CallersSecret {
    /// As the arguments say; `None` if callers need none.
    pub(super) fn of(args: &Args, env: &Env) -> Result<Option<Self>, Failure> {
        if args.no_secret {
            return Ok(None);
        }
        let (value, place) = match (&args.secret_file, &args.secret_env) {
            (Some(file), _) => (of_file(file)?, Place::File),
            (None, Some(name)) => (of_variable(name, env)?, Place::Variable),
            (None, None) => (random()?, Place::Printed),
        };
        Ok(Some(Self { value: Secret::new(value), in_path: args.secret_in_path, place }))
    }

    /// For the first line, if callers can't know it otherwise.
    pub(super) fn to_tell(&self) -> Option<&str> {
        (self.place == Place::Printed).then(|| self.value.expose())
    }

    /// In words, for those who have not shown it.
    pub(super) fn place(&self) -> &'static str {
        match self.place {
            Place::Printed => "that `authctl proxy` printed at its start",
            Place::File => "in the file of --secret-file",
            Place::Variable => "in the variable of --secret-env",
        }
    }

    /// Takes the secret off a request's headers. `false`: it is not there.
    pub(super) fn take_from(&self, headers: &mut HeaderMap) -> bool {
        let own = headers.get_all(HEADER).iter().any(|value| self.is(value.as_bytes()));
        headers.remove(HEADER);
        // Looked at in any case, and each of them: what holds the secret must not go on.
        let authorization = headers.get_all(AUTHORIZATION).iter().any(|value| self.is_in(value));
        if authorization {
            let others: Vec<_> =
                headers.get_all(AUTHORIZATION).iter().filter(|value| !self.is_in(value)).cloned().collect();
            headers.remove(AUTHORIZATION);
            for value in others {
                headers.append(AUTHORIZATION, value);
            }
        }
        own || authorization
    }

    /// The rest of a path whose first segment is the secret.
    pub(super) fn after<'a>(&self, path: &'a str) -> Option<&'a str> {
        let segment = path.strip_prefix('/').filter(|_| self.in_path)?;
        let end = segment.find(['/', '?']).unwrap_or(segment.len());
        let (segment, rest) = segment.split_at(end);
        self.is(segment.as_bytes()).then_some(rest)
    }

    /// The segment in front of the paths of a caller that has it there.
    pub(super) fn prefix(&self) -> String {
        format!("/{}", self.value.expose())
    }

    /// Whether it stands somewhere in there.
    pub(super) fn stands_in(&self, text: &[u8]) -> bool {
        let secret = self.value.expose().as_bytes();
        text.len() >= secret.len() && text.windows(secret.len()).any(|window| window == secret)
    }

    fn is(&self, shown: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(shown, self.value.expose().as_bytes()).is_ok()
    }

    /// `Bearer SECRET`, or `Basic` with it for the password or the name.
    fn is_in(&self, authorization: &HeaderValue) -> bool {
        let Some((scheme, shown)) = authorization.to_str().ok().and_then(|value| value.split_once(' ')) else {
            return false;
        };
        let shown = shown.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return self.is(shown.as_bytes());
        }
        let pair = BASE64_STANDARD.decode(shown).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"));
        pair.is_some_and(|pair| {
            let (name, password) = pair.split_at(pair.iter().position(|byte| *byte == b':').unwrap_or(pair.len()));
            self.is(password.get(1..).unwrap_or_default()) | self.is(name)
        })
    }
}

fn random() -> Result<String, Failure> {
    let mut bytes = [0; RANDOM_BYTES];
    rand::fill(&mut bytes).map_err(|_| Failure::failed("the system gives no random numbers, so there is no secret"))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

fn of_file(path: &Path) -> Result<String, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            secret_file::check(path, "--secret-file")?;
            checked(text.trim_end(), "the file of --secret-file")
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let secret = random()?;
            store::write_private(path, format!("{secret}\n").as_bytes())?;
            Ok(secret)
        }
        Err(error) => {
            Err(Failure::failed(format!("the file of --secret-file can't be read: {}", io_reason(error.kind()))))
        }
    }
}

fn of_variable(name: &str, env: &Env) -> Result<String, Failure> {
    let value = env.get(name)?;
    let value = value.ok_or_else(|| Failure::usage("the variable that --secret-env names is not set"))?;
    checked(&value, "the variable that --secret-env names")
}

/// It has to fit into a header and a path as it is.
fn checked(secret: &str, place: &str) -> Result<String, Failure> {
    let fits = secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    if !fits || secret.len() < SHORTEST {
        let rule = format!("a secret has at least {SHORTEST} letters, digits or `-._~`, and nothing else");
        return Err(Failure::usage(format!("{place} holds no usable secret: {rule}")));
    }
    Ok(secret.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef-secret";

    fn secret() -> CallersSecret {
        CallersSecret { value: Secret::new(SECRET), in_path: true, place: Place::File }
    }

    fn shown(name: &'static str, value: &str) -> (bool, usize) {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        (secret().take_from(&mut headers), headers.len())
    }

    #[test]
    fn it_is_taken_off_each_place_where_it_may_stand() {
        let basic = |pair: &str| format!("Basic {}", BASE64_STANDARD.encode(pair));
        for (name, value) in [
            ("x-authctl-secret", SECRET.to_owned()),
            ("authorization", format!("bearer {SECRET}")),
            ("authorization", basic(&format!("anybody:{SECRET}"))),
            ("authorization", basic(&format!("{SECRET}:"))),
            ("authorization", basic(SECRET)),
        ] {
            assert_eq!(shown(name, &value), (true, 0), "{name}: {value}");
        }
        assert_eq!(shown("authorization", "Bearer somebody-else's"), (false, 1));
        assert_eq!(shown("authorization", &basic("anybody:wrong")), (false, 1));
        assert_eq!(shown("x-authctl-secret", "wrong"), (false, 0), "ours by name, and nobody else's");
    }

    #[test]
    fn it_is_taken_off_however_often_a_header_stands_there() {
        let bearer = format!("Bearer {SECRET}");
        for values in [["Bearer another", &bearer], [&bearer, "Bearer another"], [&bearer, &bearer]] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, value.parse().unwrap());
            }
            assert!(secret().take_from(&mut headers), "{values:?}");
            assert!(headers.values().all(|value| !secret().stands_in(value.as_bytes())), "{values:?}");
        }
        let mut headers = HeaderMap::new();
        headers.append(HEADER, "wrong".parse().unwrap());
        headers.append(HEADER, SECRET.parse().unwrap());
        assert_eq!((secret().take_from(&mut headers), headers.len()), (true, 0));
    }

    #[test]
    fn the_path_behind_it_goes_on() {
        let path = |rest: &str| secret().after(&format!("/{SECRET}{rest}")).map(str::to_owned);
        assert_eq!(path("/items?a=b").as_deref(), Some("/items?a=b"));
        assert_eq!(path("").as_deref(), Some(""));
        assert_eq!(path("x/items"), None);
        assert_eq!(secret().after("/items"), None);
    }

    #[test]
    fn one_that_could_be_guessed_or_does_not_fit_is_refused() {
        for wrong in ["", "short", "with a space in its middle", "with/a/slash/in/its/middle"] {
            assert!(checked(wrong, "it").is_err(), "{wrong}");
        }
        assert!(checked(SECRET, "it").is_ok());
        let made = random().unwrap();
        assert_eq!(checked(&made, "it").ok().as_deref(), Some(made.as_str()));
    }
}
