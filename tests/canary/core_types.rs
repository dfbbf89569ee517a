//! auth-core's rows of the table.

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use auth_core::adapter::{Attach, Judgement, Recovery, Sent, Target, View, Without};
use auth_core::exchange::{Exchange, TokenAnswer, TokenEndpoint};
use auth_core::runtime::Moment;
use auth_core::runtime::{Abort, FakeRuntime, TokioRuntime};
use auth_core::settings::{DotEnv, Profiles};
use auth_core::sources::{
    Callback, Chain, EnvToken, Exec, ExecFormat, FileToken, Injected, Link, LinkState, StaticToken,
};
use auth_core::testing::{ScriptedSource, SourceCheck};
use auth_core::{
    Authenticator, Backoff, Endpoint, Env, Error, ErrorKind, Event, FetchContext, Origin, Outcome, Policy, Reason,
    RequestAuth, Secret, Stage, Token, source_fn,
};
use http::{HeaderMap, HeaderName, Request, StatusCode};

use super::stage::{API, HOUR, Issuer, Reply, answer, api_key, builder, granted, poll_once, uri};
use super::table::{Table, show};
use super::{logs, secrets};

pub(super) fn show(table: &mut Table) {
    values(table);
    sources(table);
    files(table);
    helpers(table);
    chain(table);
    exchange(table);
    engine(table);
    rejected(table);
    failed(table);
    for key in ["Runtime", "TokenSource", "Transport"] {
        table.silent(&format!("auth-core::{key}"), "a trait: its implementations have rows of their own");
    }
    table.silent("auth-core::Head", "a trait of a client's own requests");
    for key in ["Sleep", "Task"] {
        table.silent(&format!("auth-core::{key}"), "a boxed future, which prints nothing");
    }
}

pub(super) fn x_api_key() -> HeaderName {
    HeaderName::from_static("x-api-key")
}

/// A token with every kind of header.
pub(super) fn token() -> Token {
    Token::bearer(secrets::ACCESS_TOKEN)
        .with_header(x_api_key(), secrets::X_API_KEY)
        .with_header(HeaderName::from_static("x-project"), secrets::EXTRA_HEADER)
        .expires_in(HOUR)
}

fn values(table: &mut Table) {
    show!(table, Secret::new(secrets::ACCESS_TOKEN), Secret::from(secrets::BASIC_PAIR.to_owned()));
    show!(table, token(), Token::in_header(x_api_key(), secrets::X_API_KEY), Token::none_needed());
    show!(table, Token::with_scheme("DPoP", secrets::ACCESS_TOKEN).expires_at(SystemTime::UNIX_EPOCH).found());
    show!(table, Env::of([("TOKEN", secrets::ENV_VALUE)]), Env::process());
    show!(table, Origin::parse(API).unwrap(), Endpoint::parse("https://api.example.com/v1").unwrap());
    let leaky = || source_fn(|_cx| async { Err::<Token, _>(Error::transient(secrets::API_KEY)) });
    let check = SourceCheck::new(&format!("https://iam.example.com/{}", secrets::QUERY_SECRET), leaky);
    let check =
        check.secret("the key", secrets::API_KEY).also_serves("https://iam.example.com/", secrets::ACCESS_TOKEN);
    let scripted = ScriptedSource::new([Ok(Token::bearer(secrets::ACCESS_TOKEN))]);
    show!(table, scripted, check, check.run());
    show!(table, Moment::new(HOUR, SystemTime::UNIX_EPOCH).with_boot(HOUR), TokioRuntime, FakeRuntime::new());
    show!(table, Policy::default(), Backoff::new(Duration::ZERO, HOUR));
    let secret = Secret::new(secrets::ACCESS_TOKEN);
    show!(table, Abort::new(move || drop(secret)));
    for kind in logs::KINDS {
        let code = Some("invalid_grant".to_owned());
        let error = Error::new(kind, "why").with_code(code, None).with_host("iam.example.com").with_status(400);
        show!(table, kind, error);
    }
    let generation = 7;
    for reason in [Reason::First, Reason::Early, Reason::Due, Reason::Recheck] {
        show!(table, reason);
    }
    for stage in [Stage::Empty, Stage::Fresh, Stage::Soft, Stage::Hard, Stage::Expired, Stage::Closed] {
        show!(table, stage);
    }
    for without in [Without::CallersOwn, Without::NoneNeeded, Without::OtherOrigin, Without::Asked] {
        show!(table, without, Sent::Without(without), Outcome::without(Sent::Without(without)));
    }
    show!(table, Sent::With { generation }, Judgement::Fine, Judgement::Rejected { generation });
}

fn sources(table: &mut Table) {
    let secret = Secret::new(secrets::ACCESS_TOKEN);
    let own = source_fn(move |_cx| {
        let token = Token::bearer(secret.clone());
        async { Ok(token) }
    });
    let secret = Secret::new(secrets::ACCESS_TOKEN);
    let callback = Callback::new(move || {
        let token = secret.clone();
        async { Ok(token) }
    });
    let given = StaticToken::new(secrets::X_API_KEY).unwrap().in_header(x_api_key());
    given.handle().replace(secrets::ACCESS_TOKEN).unwrap();
    show!(table, own, callback, given.handle(), given, api_key());
    show!(table, EnvToken::of(Env::of([("TOKEN", secrets::ENV_VALUE)]), "TOKEN"), EnvToken::new("TOKEN"));
    show!(table, FileToken::new("token.txt"));
    show!(table, Injected::of(Env::of([("BASE_URL", secrets::ENV_VALUE)]), "BASE_URL"));
}

/// Files of settings, and what is said of those that are broken.
fn files(table: &mut Table) {
    let folder = std::env::temp_dir().join(format!("auth-tests-canary-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let env = Env::process().in_directory(&folder);
    let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
    let secret = secrets::FILE_CONTENT;
    write(".env", format!("TOKEN={secret}\n{secret}=\n"));
    write("credentials", format!("[default]\napi_token = {secret}\n"));
    write(
        "config.toml",
        format!("[profile.a]\ntoken = \"{secret}\"\nscopes = [\"{secret}\"]\n[system.b]\nc.d = \"{secret}\"\n"),
    );
    let (ini, toml) = (Profiles::read_ini("credentials", &env).unwrap(), Profiles::read("config.toml", &env).unwrap());
    show!(table, DotEnv::read(".env", &env).unwrap(), env.clone().with_dotenv(".env").unwrap());
    show!(table, ini.profile("default").unwrap(), toml.profile("a").unwrap(), toml.system("b").unwrap(), ini, toml);
    let lines = [
        secret.to_owned(),
        format!("A=\"{secret}"),
        format!("A='{secret}' {secret}"),
        format!("A={secret}\u{7}"),
        format!("A=${{{secret}}}"),
        format!("[{secret}"),
        format!("[a]\n{secret}"),
        format!("[a]\n{secret} = 1\n{secret} = 2"),
        format!("[a]\nb = 1\n  {secret}"),
        format!("[profile.a]\ntoken = {secret}"),
        format!("[profile.a]\n{secret} = 1.5"),
        format!("[{secret}]\n[{secret}]"),
    ];
    for line in lines {
        write("broken", line);
        let (env_file, ini) = (DotEnv::read_expanded("broken", &env), Profiles::read_ini("broken", &env));
        let errors = [env_file.err(), ini.err(), Profiles::read("broken", &env).err()];
        assert!(errors.iter().flatten().count() >= 2, "nothing is all three formats");
        errors.into_iter().flatten().for_each(|error| show!(table, error));
    }
    fs::remove_dir_all(folder).unwrap();
}

fn helpers(table: &mut Table) {
    let args = ["--key", secrets::API_KEY];
    let exec = Exec::new("/opt/helper", args).env("KEY", secrets::ENV_VALUE).input(secrets::PASSWORD);
    let exec = exec.in_env(Env::of([("TOKEN", secrets::ENV_VALUE)]));
    show!(table, exec, ExecFormat::Detect, ExecFormat::Docker);
}

/// A chain through all the states that a link can have.
fn chain(table: &mut Table) {
    let error = Error::unavailable("why");
    let broken = source_fn(|_cx| async { Err(Error::misconfigured("why")) });
    let given = StaticToken::new(secrets::ACCESS_TOKEN).unwrap();
    let links = [
        Link::from_result("unmade", Err::<StaticToken, _>(error.clone())),
        Link::new("given", given).with_explanation(auth_core::settings::Explanation::default()),
        Link::new("broken", broken),
    ];
    show!(table, links[0], links[1], LinkState::NotTried, LinkState::Broken(error));
    for chosen in ["", "broken"] {
        let env = Env::of([("AUTHCTL_SOURCE", chosen), ("TOKEN", secrets::ENV_VALUE)]);
        let chain = Chain::new(links.clone()).in_env(env);
        let runtime = FakeRuntime::new();
        let auth = builder(&runtime, Issuer::default(), chain.clone()).build().unwrap();
        if let Err(error) = runtime.block_on(auth.warm_up()) {
            show!(table, error);
        }
        let explained = chain.explain();
        show!(table, chain, explained, explained.links()[1]);
    }
}

/// Runs an exchange and shows what can be had only inside one.
fn exchange(table: &mut Table) {
    let url = format!("https://iam.example.com/token?key={}", secrets::QUERY_SECRET);
    let endpoint = TokenEndpoint::parse(&url).unwrap();
    let secret = Secret::new(secrets::CLIENT_SECRET);
    let plain = Exchange::new(endpoint.clone()).param("password", secrets::FORM_VALUE);
    let encoded = plain.clone().basic_auth(secrets::CLIENT_ID, &secret).unwrap();
    let raw = plain.clone().basic_auth_raw(secrets::CLIENT_ID, &secret).unwrap();
    show!(table, endpoint, plain, encoded, raw);

    let caught: Arc<Mutex<Option<(FetchContext, TokenAnswer)>>> = Arc::default();
    let catch = Arc::clone(&caught);
    let source = source_fn(move |cx: FetchContext| {
        let (catch, raw) = (Arc::clone(&catch), raw.clone());
        async move {
            let answer = raw.send(&cx).await?;
            let token = answer.token.clone();
            *catch.lock().unwrap() = Some((cx, answer));
            Ok(token)
        }
    });
    let runtime = FakeRuntime::new();
    let issuer = Issuer::default().then(granted(secrets::ACCESS_TOKEN, HOUR));
    let auth = builder(&runtime, issuer, source).build().unwrap();
    runtime.block_on(auth.warm_up()).unwrap();
    let (cx, answer) = caught.lock().unwrap().take().unwrap();
    assert_eq!(answer.refresh_token.as_ref().map(Secret::expose), Some(secrets::REFRESH_TOKEN));
    show!(table, cx.changed(), cx, answer);
}

/// An authenticator through its life, and the futures on the way.
fn engine(table: &mut Table) {
    let runtime = FakeRuntime::new();
    let issuer = Issuer::default().then(granted(secrets::ACCESS_TOKEN, HOUR)).then(Reply::Never);
    let building = builder(&runtime, issuer, api_key());
    show!(table, building);
    let auth = building.build().unwrap();
    let credential = auth.token(Duration::ZERO);
    show!(table, auth, auth.status(), credential);
    let credential = runtime.block_on(credential).unwrap();
    assert_eq!(credential.secret().map(Secret::expose), Some(secrets::ACCESS_TOKEN));
    let sent = auth.attach(&uri(), &mut HeaderMap::new()).unwrap();
    assert!(matches!(sent, Attach::Ready(Sent::With { generation: 1 })));
    show!(table, auth, auth.status(), credential, sent);
    let mut view = View::new(auth.clone());
    let mut request = Request::get(uri()).body(()).unwrap();
    for _ in 0..3 {
        assert!(view.hit(&mut request).is_some());
        request.headers_mut().clear();
    }
    let hostile = format!("user:{}@api.example.com", secrets::PASSWORD);
    show!(table, view, Target::new("https", &hostile));
    show!(table, RequestAuth::using(auth.clone()), RequestAuth::none(), RequestAuth::fresh().and_fresh());

    runtime.advance(HOUR);
    let mut waiting = auth.attach(&uri(), &mut HeaderMap::new()).unwrap();
    show!(table, waiting, auth);
    let Attach::Wait(acquire) = &mut waiting else { panic!("the token has expired: {waiting:?}") };
    assert!(poll_once(std::pin::Pin::new(acquire)).is_pending());
    show!(table, *acquire, auth.status(), Authenticator::none_needed(), auth.shutdown());
}

/// What there is to see after a 401.
fn rejected(table: &mut Table) {
    let runtime = FakeRuntime::new();
    let issuer = Issuer::default().then(granted(secrets::ACCESS_TOKEN, HOUR));
    let issuer = issuer.then(granted(secrets::NEXT_TOKEN, HOUR)).then(Reply::Never);
    let auth = builder(&runtime, issuer, api_key()).build().unwrap();
    runtime.block_on(auth.warm_up()).unwrap();
    let judgement = auth.judge(Sent::With { generation: 1 }, StatusCode::UNAUTHORIZED, &HeaderMap::new(), None);
    let Recovery::Wait(recover) = auth.recover(1) else { panic!("there is no newer one yet") };
    show!(table, judgement, recover, auth, auth.status());
    show!(table, Recovery::Wait(recover));
    runtime.run_until_idle();
    let resend = auth.recover(1);
    assert!(matches!(resend, Recovery::Resend(_)));
    let refused = auth.recover(2);
    let Recovery::Return(error) = &refused else { panic!("too soon for another: {refused:?}") };
    let sent = Sent::With { generation: 2 };
    show!(table, Outcome::rejected(sent, true, Some(error.clone())), Outcome::replayed(sent));
    show!(table, resend, refused, auth);
}

/// What there is to see of a failure, whose issuer repeats what it was sent; and every event.
fn failed(table: &mut Table) {
    let body = serde_json::json!({
        "error": format!("invalid_{}", secrets::API_KEY),
        "error_description": format!("no such key: {} of {}", secrets::API_KEY, secrets::BASIC_PAIR),
        "vendor": secrets::ANSWER,
    });
    let runtime = FakeRuntime::new();
    let issuer = Issuer::default().then(answer(StatusCode::BAD_REQUEST, body.to_string()));
    let auth = builder(&runtime, issuer, api_key()).build().unwrap();
    let error = runtime.block_on(auth.warm_up()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    show!(table, error, auth, auth.status());
    show!(table, Outcome::rejected(Sent::With { generation: 1 }, false, Some(error)));
    for event in logs::events() {
        show!(table, event);
        if let Event::RefreshStarted { reason, .. } = event {
            show!(table, reason);
        }
    }
}
