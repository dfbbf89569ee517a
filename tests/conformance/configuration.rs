//! A service that is configured in one place or several, and what comes of it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use auth_core::systems::IbmCloud;
use auth_core::{Access, Env, Error, FetchContext, Token, TokenSource, async_trait};
use serde::Deserialize;

use super::check::{Verdict, same};

/// Files, variables and arguments, as the data writes them. `{folder}` in a variable is where the files stand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configuration {
    service: String,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    /// By path: below `work`, where the program runs, or `home`.
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    arguments: BTreeMap<String, String>,
}

impl Configuration {
    /// Whatever may be a token in it.
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        self.variables.values().chain(self.arguments.values()).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// What it came to: a source whose every token is the error, if it is one.
#[derive(Clone)]
pub(crate) struct Configured {
    access: Result<Access, Error>,
    folder: PathBuf,
}

impl Configured {
    pub(crate) fn new(given: &Configuration) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("auth-conf-{}-{number}", std::process::id()));
        for below in ["work", "home"] {
            std::fs::create_dir_all(folder.join(below)).unwrap();
        }
        for (path, content) in &given.files {
            std::fs::write(folder.join(path), content).unwrap();
        }
        let shown = folder.display().to_string();
        let home = [("HOME".to_owned(), format!("{shown}/home"))];
        let variables = given.variables.iter().map(|(name, value)| (name.clone(), value.replace("{folder}", &shown)));
        let env = Env::of(variables.chain(home)).in_directory(folder.join("work"));
        let service = IbmCloud::from_env(&given.service, &env).default_url("https://api.test");
        let access = given.arguments.iter().fold(service, argument).access();
        std::fs::remove_dir_all(&folder).unwrap();
        Self { access, folder }
    }

    /// Every named setting stands where the case says.
    pub(crate) fn stands(&self, wanted: &BTreeMap<String, String>) -> Verdict {
        let access = self.access.as_ref().map_err(|error| format!("nothing was found: {error}"))?;
        for (name, wanted) in wanted {
            let explained = access.explain().settings().iter().find(|explained| explained.name() == name);
            let place = explained.and_then(|explained| explained.provenance()).map(ToString::to_string);
            let place = place.unwrap_or_else(|| "nowhere".to_owned());
            let place = place.replace(&format!("{}/", self.folder.display()), "");
            same(&format!("where {name} stands"), wanted, &place)?;
        }
        Ok(())
    }
}

fn argument(service: IbmCloud, (name, value): (&String, &String)) -> IbmCloud {
    match name.as_str() {
        "api_key" => service.api_key(value.as_str()),
        "token" => service.token(value.as_str()),
        "auth_url" => service.auth_url(value),
        "client_id" => service.client_id(value),
        "url" => service.url(value),
        _ => panic!("nobody knows the argument {name}"),
    }
}

#[async_trait]
impl TokenSource for Configured {
    async fn fetch(&self, cx: &FetchContext) -> Result<Token, Error> {
        match self.access.as_ref().map_err(Error::clone)?.source() {
            Some(source) => source.fetch(cx).await,
            None => Ok(Token::none_needed()),
        }
    }
}
