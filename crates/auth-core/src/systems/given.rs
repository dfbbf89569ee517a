//! A text that a program gives to a system's builder.

use std::fmt;

use crate::Secret;
use crate::settings::fit_to_show;

/// A text that is no secret: `Debug` shows it, but for what may be secret in a URL.
#[derive(Clone)]
pub(super) struct Text(Secret);

impl Text {
    pub(super) fn new(value: impl Into<String>) -> Self {
        Self(Secret::new(value))
    }

    #[cfg(feature = "ibm")]
    pub(super) fn as_str(&self) -> &str {
        self.0.expose()
    }

    #[cfg(feature = "skyflow")]
    pub(super) fn is_empty(&self) -> bool {
        self.0.expose().is_empty()
    }
}

impl From<Text> for Secret {
    fn from(text: Text) -> Self {
        text.0
    }
}

#[cfg(feature = "ibm")]
impl From<Secret> for Text {
    fn from(text: Secret) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&fit_to_show(self.0.expose()), f)
    }
}

#[cfg(test)]
#[cfg(feature = "systems")]
mod tests {
    use crate::systems::{Cape, IbmCloud, Ivcap, Podstack, Skyflow, Watsonx};

    #[test]
    fn debug_shows_what_is_public_and_hides_what_is_secret() {
        let url = "https://u:S3CR3T@api.example.com/v1?key=S3CR3T";
        for (shown, public) in [
            (format!("{:?}", Cape::new().token("S3CR3T").host(url)), "..@api.example.com/v1"),
            (
                format!("{:?}", IbmCloud::new().api_key("S3CR3T").client_secret("S3CR3T").url(url)),
                "..@api.example.com/v1",
            ),
            (format!("{:?}", IbmCloud::new().token("S3CR3T").default_url(url)), "..@api.example.com/v1"),
            (format!("{:?}", Ivcap::new().token("S3CR3T").url(url)), "..@api.example.com/v1"),
            (format!("{:?}", Ivcap::new().account("urn:ivcap:account:1")), "urn:ivcap:account:1"),
            (format!("{:?}", Podstack::new().token("S3CR3T").endpoint(url)), "..@api.example.com/v1"),
            (format!("{:?}", Podstack::new().token("S3CR3T").project("p-1")), "p-1"),
            (
                format!("{:?}", Skyflow::new().api_key("S3CR3T").credentials("S3CR3T").vault_url(url)),
                "..@api.example.com/v1",
            ),
            (format!("{:?}", Skyflow::new().token("S3CR3T").connection_url(url)), "..@api.example.com/v1"),
            (format!("{:?}", Watsonx::new().api_key("S3CR3T").token("S3CR3T").project_id("p-1")), "p-1"),
        ] {
            assert!(shown.contains(public) && !shown.contains("S3CR3T"), "{shown}");
        }
    }

    #[test]
    fn a_builder_makes_as_many_accesses_as_are_wanted() -> Result<(), crate::Error> {
        let podstack = Podstack::new().token("t");
        assert_eq!(podstack.access()?.endpoint(), podstack.access()?.endpoint());
        let cape = Cape::new().token("t");
        assert_eq!((cape.access()?.id(), cape.runtime()?.id()), ("cape", "cape runtime"));
        Ok(())
    }
}
