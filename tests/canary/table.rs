//! The table of public types, and what each looks like when it is printed with canaries inside.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::sync::LazyLock;

use super::{all, ibm_types, reqwest_types, scan, secrets, skyflow_types, tower_types};
use super::{core_settings, core_signing, core_systems, core_types, emulator_systems, emulator_types, grant_types};
use crate::hunt::Hunt;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    core_settings::show(&mut table);
    core_signing::show(&mut table);
    core_systems::show(&mut table);
    core_types::show(&mut table);
    emulator_systems::show(&mut table);
    grant_types::show(&mut table);
    ibm_types::show(&mut table);
    skyflow_types::show(&mut table);
    tower_types::show(&mut table);
    reqwest_types::show(&mut table);
    emulator_types::show(&mut table);
    table
});

#[derive(Default)]
pub(super) struct Table {
    /// By type, everything that was printed of it.
    printed: BTreeMap<String, Vec<String>>,
    /// Types that have nothing to print, and why.
    silent: BTreeMap<String, &'static str>,
    /// Secrets that are known only once the table is made.
    made: Vec<String>,
}

impl Table {
    /// Notes what a value looks like. Called by [`show!`], which finds out whether there is a `Display` and a chain.
    pub(super) fn add<T: Debug>(&mut self, value: &T, display: Option<String>, chain: Vec<String>) {
        let printed = self.printed.entry(key(std::any::type_name::<T>())).or_default();
        printed.extend([format!("{value:?}"), format!("{value:#?}")]);
        printed.extend(display.into_iter().chain(chain));
    }

    /// Notes a type of which no value can be had but inside another.
    pub(super) fn inside(&mut self, key: &str, outer: &impl Debug) {
        let printed = [format!("{outer:?}"), format!("{outer:#?}")];
        assert!(printed[0].contains(key.rsplit("::").next().unwrap()), "{key} is not in {printed:?}");
        self.printed.entry(key.to_owned()).or_default().extend(printed);
    }

    /// Says why there is nothing to print of a type.
    pub(super) fn silent(&mut self, key: &str, reason: &'static str) {
        assert_eq!(self.silent.insert(key.to_owned(), reason), None, "{key} is there twice");
    }

    /// Adds a secret to look for.
    pub(super) fn hunt_for(&mut self, secret: String) {
        self.made.push(secret);
    }
}

/// `auth_core::cache::changed::Changed` is `auth-core::Changed`.
fn key(type_name: &str) -> String {
    let path = type_name.split('<').next().unwrap();
    let (package, path) = path.split_once("::").unwrap();
    format!("{}::{}", package.replace('_', "-"), path.rsplit("::").next().unwrap())
}

/// Asks a value for what it may or may not have. A method of the value's own trait is found before one of a reference.
pub(super) struct Probe<'a, T>(pub(super) &'a T);

pub(super) trait WithDisplay {
    fn display(&self) -> Option<String>;
}

impl<T: Display> WithDisplay for Probe<'_, T> {
    fn display(&self) -> Option<String> {
        Some(format!("{} {:#}", self.0, self.0))
    }
}

pub(super) trait WithoutDisplay {
    fn display(&self) -> Option<String>;
}

impl<T> WithoutDisplay for &Probe<'_, T> {
    fn display(&self) -> Option<String> {
        None
    }
}

pub(super) trait WithChain {
    fn chain(&self) -> Vec<String>;
}

impl<T: Error> WithChain for Probe<'_, T> {
    fn chain(&self) -> Vec<String> {
        chain(self.0)
    }
}

pub(super) trait WithoutChain {
    fn chain(&self) -> Vec<String>;
}

impl<T> WithoutChain for &Probe<'_, T> {
    fn chain(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Everything that an error's chain says, in both ways of saying it.
pub(super) fn chain(error: &dyn Error) -> Vec<String> {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.flat_map(|error| [error.to_string(), format!("{error:?}"), format!("{error:#?}")]).collect()
}

/// Puts values into the table: `Debug` always, `Display` and the chain of causes where the type has them.
macro_rules! show {
    ($table:expr, $($value:expr),+ $(,)?) => {$({
        #[allow(unused_imports, reason = "which of them is needed is what is to be found out")]
        use $crate::canary::table::{Probe, WithChain, WithDisplay, WithoutChain, WithoutDisplay};
        let value = &$value;
        let probe = Probe(value);
        let (display, chain) = ((&probe).display(), (&probe).chain());
        $table.add(value, display, chain);
    })+};
}
pub(super) use show;

#[test]
fn every_public_type_is_in_the_table_and_the_table_holds_no_other() {
    let mut in_table: Vec<_> = TABLE.printed.keys().chain(TABLE.silent.keys()).cloned().collect();
    in_table.sort();
    let found = scan::public_types();
    let missing: Vec<_> = found.keys().filter(|name| !in_table.contains(name)).collect();
    assert!(missing.is_empty(), "public, but never printed with a canary inside: add them to the table: {missing:?}");
    let gone: Vec<_> = in_table.iter().filter(|name| !found.contains_key(*name)).collect();
    assert!(gone.is_empty(), "in the table, but in no source: {gone:?}");
    let twice: Vec<_> = found.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "one name for two types of a crate, which the table can't tell apart: {twice:?}");
    let both: Vec<_> = TABLE.silent.keys().filter(|name| TABLE.printed.contains_key(*name)).collect();
    assert!(both.is_empty(), "said to have nothing to print, but printed: {both:?}");
}

#[test]
fn no_public_type_shows_a_secret_when_it_is_printed() {
    let made = TABLE.made.iter().map(|secret| ("a token of the emulator's", secret.as_str()));
    let hunt = Hunt::after(secrets::ALL.into_iter().chain(made));
    for (name, printed) in &TABLE.printed {
        printed.iter().for_each(|text| hunt.check(name, text));
    }
}

#[test]
fn a_type_that_prints_a_secret_is_noticed() {
    #[derive(Debug)]
    #[expect(dead_code, reason = "it is there to be printed")]
    struct Careless(&'static str);

    #[derive(Debug)]
    struct CarelessError;

    impl Display for CarelessError {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("can't read it")
        }
    }

    impl Error for CarelessError {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            static CAUSE: LazyLock<serde_json::Error> =
                LazyLock::new(|| serde_json::from_str::<u8>(&format!("\"{}\"", secrets::API_KEY)).unwrap_err());
            Some(&*CAUSE)
        }
    }

    let mut table = Table::default();
    show!(table, Careless(secrets::ACCESS_TOKEN), CarelessError, std::time::Duration::ZERO);
    let leaks = |name: &str| {
        let name = table.printed.keys().find(|key| key.ends_with(name)).unwrap();
        table.printed[name].iter().find_map(|text| all::HUNT.find(text))
    };
    assert_eq!(leaks("::Careless").as_deref(), Some("the access token"));
    assert_eq!(leaks("::CarelessError").as_deref(), Some("the API key"), "the cause counts as well");
    assert_eq!(leaks("::Duration"), None);
}
