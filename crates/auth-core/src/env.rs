//! Environment variables, as an argument. The one file that reads the process's own.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use crate::Error;

/// A set of environment variables: the process's, or one of your own.
///
/// An empty variable counts as unset.
#[derive(Clone, Default)]
pub struct Env(Option<Arc<HashMap<String, String>>>);

impl Env {
    /// The process's environment, read anew at every look.
    pub fn process() -> Self {
        Self(None)
    }

    /// A fixed set, for tests and for programs that bring their own.
    pub fn of<K: Into<String>, V: Into<String>>(variables: impl IntoIterator<Item = (K, V)>) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self(Some(Arc::new(variables)))
    }

    /// The value of a variable, or `None` if it is not set or empty.
    ///
    /// # Errors
    /// [`Misconfigured`](crate::ErrorKind::Misconfigured) if it is not UTF-8; the message names it.
    pub fn get(&self, name: &str) -> Result<Option<String>, Error> {
        let value = match &self.0 {
            Some(variables) => variables.get(name).cloned(),
            None => std::env::var_os(name)
                .map(OsString::into_string)
                .transpose()
                .map_err(|_| Error::misconfigured(format!("the environment variable {name} is not UTF-8")))?,
        };
        Ok(value.filter(|value| !value.is_empty()))
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be secrets; even the names of the process's variables are nobody's business.
        f.write_str(if self.0.is_some() { "Env(fixed)" } else { "Env(process)" })
    }
}
