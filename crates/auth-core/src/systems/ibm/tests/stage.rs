//! Folders, an environment, and an IAM that says yes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::runtime::FakeRuntime;
use crate::{Access, Env, Error, testing::ScriptedTransport};

/// A home folder and a working directory below it, gone with the value.
pub(super) struct Stage {
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

impl Stage {
    pub(super) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("auth-ibm-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(folder.join("work")).unwrap();
        Self { variables: vec![("HOME".to_owned(), folder.display().to_string())], folder }
    }

    pub(super) fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A file below the home folder.
    pub(super) fn file(self, path: &str, content: &str) -> Self {
        std::fs::write(self.path(path), content).unwrap();
        self
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    pub(super) fn env(&self) -> Env {
        self.env_in("work")
    }

    pub(super) fn env_in(&self, folder: &str) -> Env {
        Env::of(self.variables.iter().cloned()).in_directory(Path::new(&self.folder).join(folder))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

/// A request, as method and URI, and its form.
pub(super) type Asked = (String, BTreeMap<String, String>);

/// Fetches a token, with these answers of whoever is asked; and what was asked.
pub(super) fn fetch(access: &Access, answers: usize) -> (Result<String, Error>, Vec<Asked>) {
    let (server, clock) = (ScriptedTransport::new(), FakeRuntime::new());
    for number in 1..=answers {
        server.answer(200, format!(r#"{{"access_token":"token-{number}","expires_in":3600}}"#));
    }
    let auth = access.builder().transport(server.clone()).runtime(clock.clone()).build().unwrap();
    let token = clock.block_on(auth.token(Duration::ZERO));
    let token = token.map(|token| token.secret().map(|secret| secret.expose().to_owned()).unwrap_or_default());
    let asked = server.requests().into_iter().map(|request| {
        let form = form_urlencoded::parse(request.body()).into_owned().collect();
        (format!("{} {}", request.method(), request.uri()), form)
    });
    (token, asked.collect())
}

/// Where a setting came from, as the explanation says.
#[track_caller]
pub(super) fn place(access: &Access, setting: &str) -> String {
    let explained = access.explain().settings().iter().find(|explained| explained.name() == setting);
    let place = explained.unwrap_or_else(|| panic!("{setting} is not in {}", access.explain())).provenance();
    place.map_or("nowhere".to_owned(), ToString::to_string)
}
