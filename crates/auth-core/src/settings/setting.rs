//! What a system calls one of its settings.

/// One setting of a system: its names everywhere. As data, so that the reference of all variables is made from what is
/// really looked up.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    name: &'static str,
    about: &'static str,
    secret: bool,
    variables: &'static [&'static str],
    keys: &'static [&'static str],
    default: Option<&'static str>,
}

impl Setting {
    /// A setting by its name, which is also the argument's, and what it is in a few words.
    pub const fn new(name: &'static str, about: &'static str) -> Self {
        Self { name, about, secret: false, variables: &[], keys: &[], default: None }
    }

    /// A secret one.
    pub const fn secret(name: &'static str, about: &'static str) -> Self {
        Self { secret: true, ..Self::new(name, about) }
    }

    /// Its variables, in the order in which they win.
    #[must_use]
    pub const fn with_variables(self, names: &'static [&'static str]) -> Self {
        Self { variables: names, ..self }
    }

    /// Its keys in a profile, in the order in which they win.
    #[must_use]
    pub const fn with_keys(self, names: &'static [&'static str]) -> Self {
        Self { keys: names, ..self }
    }

    /// What it is if no place has it.
    #[must_use]
    pub const fn with_default(self, value: &'static str) -> Self {
        Self { default: Some(value), ..self }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it is.
    pub const fn about(&self) -> &'static str {
        self.about
    }

    /// Whether it is a secret.
    pub const fn is_secret(&self) -> bool {
        self.secret
    }

    /// Its variables.
    pub const fn variables(&self) -> &'static [&'static str] {
        self.variables
    }

    /// Its keys in a profile.
    pub const fn keys(&self) -> &'static [&'static str] {
        self.keys
    }

    /// What it is if no place has it.
    pub const fn default(&self) -> Option<&'static str> {
        self.default
    }
}
