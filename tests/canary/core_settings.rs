//! auth-core's rows for settings: where a value may stand, what was found, and what is said about it.

use auth_core::settings::{Found, Lookup, Profile, Provenance, Setting, Settings, Value};
use auth_core::store::TokenStore;
use auth_core::{Access, Context, Endpoint, Env, Exports, Identity, Secret};
use http::HeaderName;

use super::table::{Table, show};
use super::{all, secrets};

pub(super) fn show(table: &mut Table) {
    let secret = || Secret::new(secrets::FILE_CONTENT);
    let values = [
        Value::Literal(secret()),
        Value::List(vec![secret(), secret()]),
        // By mistake, in the place of a name.
        Value::Variable(secrets::FILE_CONTENT.to_owned()),
        Value::File("token.txt".into()),
    ];
    let mut profile = Profile::new("p", "/etc/config.toml", false);
    for (line, value) in values.iter().enumerate() {
        show!(table, *value);
        profile.insert(format!("key{line}"), value.clone(), Some(line));
    }
    profile.insert(format!("{}=", secrets::FILE_CONTENT), Value::Literal(secret()), None);
    let place = profile.place("key1").unwrap();
    show!(table, place, profile);
    for place in [
        Provenance::Argument("token".into()),
        Provenance::Variable("TOKEN".to_owned()),
        Provenance::Platform("metadata".into()),
        Provenance::Default,
    ] {
        let found = Found::new("token", format!("\"{}\"", secrets::ENV_VALUE), place.clone());
        show!(table, place, found.token().unwrap_err(), found.endpoint().unwrap_err(), found.unusable("why"), found);
    }
    let identity = Identity::new("p").with("token", secrets::API_KEY).with_file("token.txt");
    show!(table, identity, TokenStore::in_folder("tokens").write_only());
    looked_up(table, &profile);
    context(table);
}

/// Settings with a secret in every place, and URLs that have one in them.
fn looked_up(table: &mut Table, profile: &Profile) {
    const TOKEN: Setting = Setting::secret("token", "the token").with_variables(&["TOKEN"]).with_keys(&["key0"]);
    let argument = Secret::new(secrets::API_KEY);
    let lookup = Lookup::of(&TOKEN).argument(Some(&argument));
    show!(table, TOKEN, lookup);
    let env = Env::of([("TOKEN", secrets::ENV_VALUE), ("URL", &*url())]);
    let mut settings = Settings::new(env).with_profile(profile.clone());
    for lookup in [lookup, Lookup::of(&TOKEN), Lookup::new("from the profile").secret().keys(&["key0"])] {
        show!(table, settings.require(&lookup).unwrap());
    }
    for key in ["key1", "key2", "key3"] {
        show!(table, settings.find(&Lookup::new(key).secret().keys(&[key])).unwrap_err());
    }
    show!(table, settings.require(&Lookup::new("nowhere").argument(None::<&Secret>).keys(&["no"])).unwrap_err());
    settings.find(&Lookup::new("endpoint").variables(&["URL"])).unwrap();
    for (at, url) in urls().into_iter().enumerate() {
        let (name, url) = (format!("url{at}"), Secret::new(url));
        settings.find(&Lookup::new(&name).argument(Some(&url))).unwrap();
    }
    let explanation = settings.explain();
    explanation.settings().iter().for_each(|explained| show!(table, *explained));
    show!(table, *explanation, settings);
}

fn url() -> String {
    format!("https://user:{}@api.example.com/v1?key={}", secrets::PASSWORD, secrets::QUERY_SECRET)
}

fn urls() -> [String; 5] {
    let (password, query) = (secrets::PASSWORD, secrets::QUERY_SECRET);
    [
        url(),
        format!("https://api.example.com#{query}"),
        format!("https://{password}@api.example.com"),
        format!("https://u:a/{password}@api.example.com"),
        format!("https://u:a?{password}@api.example.com"),
    ]
}

#[test]
fn an_explanation_shows_where_a_url_leads_and_nothing_else_of_it() {
    let mut settings = Settings::new(Env::of([("URL", url())]));
    settings.find(&Lookup::new("endpoint").variables(&["URL"])).unwrap();
    let explained = settings.explain();
    all::check("an explanation", &format!("{explained} {explained:?}"));
    assert_eq!(explained.value("endpoint"), Some("https://..@api.example.com/v1?.."));
}

/// It is not for credentials, but nobody checks.
fn context(table: &mut Table) {
    let context = Context::default()
        .with_header(HeaderName::from_static("x-project-id"), secrets::X_API_KEY)
        .unwrap()
        .with_query("version", secrets::QUERY_SECRET)
        .with_body_field("project", secrets::FORM_VALUE);
    let endpoint = Endpoint::parse("https://api.example.com").unwrap();
    show!(table, Access::none_needed("acme", endpoint).with_context(context.clone()), context);
    // Names, and values that are in no secret place; what stands there by mistake is not shown either.
    show!(table, Exports::new().with_token(&["TOKEN"]).with_value(&["PROJECT"], secrets::X_API_KEY));
    let broken = format!("{}\n", secrets::X_API_KEY);
    let refused = Context::default().with_header(HeaderName::from_static("x-project-id"), &broken);
    show!(table, refused.unwrap_err());
}
