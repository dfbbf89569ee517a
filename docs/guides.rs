//! The guides, as doctests: every block of code in them is compiled, and run where it says nothing else.
//!
//! A package of its own, for two reasons. A published crate can't include a file from outside its directory, so the
//! guides can't be pages of one without moving away from where people look for them. And they use all crates at once,
//! with what only tests and examples may depend on.

#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../README.md")]
    mod readme {}

    #[doc = include_str!("guides/getting-started.md")]
    mod getting_started {}

    #[doc = include_str!("guides/tower.md")]
    mod tower {}

    #[doc = include_str!("guides/reqwest.md")]
    mod reqwest {}

    #[doc = include_str!("guides/api-client.md")]
    mod api_client {}

    #[doc = include_str!("guides/custom-source.md")]
    mod custom_source {}

    #[doc = include_str!("guides/refresh.md")]
    mod refresh {}

    #[doc = include_str!("guides/errors.md")]
    mod errors {}

    #[doc = include_str!("guides/doctor.md")]
    mod doctor {}

    #[doc = include_str!("guides/testing.md")]
    mod testing {}

    #[doc = include_str!("guides/profiles.md")]
    mod profiles {}

    #[doc = include_str!("guides/proxy.md")]
    mod proxy {}

    #[doc = include_str!("guides/custom-system.md")]
    mod custom_system {}

    #[doc = include_str!("guides/store.md")]
    mod store {}

    #[doc = include_str!("guides/browser.md")]
    mod browser {}

    #[doc = include_str!("guides/systems/cape.md")]
    mod cape {}

    #[doc = include_str!("guides/systems/ivcap.md")]
    mod ivcap {}

    #[doc = include_str!("guides/systems/podstack.md")]
    mod podstack {}

    #[doc = include_str!("guides/systems/skyflow.md")]
    mod skyflow {}

    #[doc = include_str!("guides/systems/watsonx.md")]
    mod watsonx {}
}
