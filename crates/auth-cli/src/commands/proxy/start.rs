//! From arguments to two open ports, and to their end.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use auth_core::Access;
use auth_core::adapter::io_reason;
use http::{Request, Response};
use hyper::body::Incoming;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::admin::Admin;
use super::args::Args;
use super::body::Reply;
use super::gate::Gate;
use super::numbers::{Numbers, Open};
use super::secret::CallersSecret;
use super::service::Proxy;
use super::upstream::Upstream;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::serving::descriptors;
use crate::serving::end::End;
use crate::serving::line::Line;
use crate::serving::server::{Handler, Server};
use crate::{selection, terminal};

/// Connections to the second port: probes and a scraper.
const ADMIN_CONNECTIONS: usize = 64;

pub(crate) async fn run(args: Args, context: &Context) -> Result<ExitCode, Failure> {
    let access = aimed(selection::select(context)?, &args);
    check_reach(&args)?;
    descriptors::take_all();
    let secret = CallersSecret::of(&args, &context.env)?;
    let numbers = Arc::new(Numbers::default());
    let upstream = Upstream::new(&access, &numbers, context)?;
    warm_up(&upstream, context).await?;
    let (listener, admin) = (listen(args.listen, "--listen").await?, listen(args.admin, "--admin").await?);
    // From here on, so that whoever has read the line can end it.
    let mut asked = End::new()?;
    announce(&listener, &admin, &access, secret.as_ref())?;

    let (alive, mut tunnels) = mpsc::channel(1);
    let gate = Gate { secret, hosts: args.allow_host.clone(), origins: args.allow_origin.clone() };
    let proxy = Arc::new(Proxy {
        gate,
        upstream,
        numbers,
        timeout: context.timeout(),
        keep_authorization: args.keep_authorization,
        alive,
    });
    let gate = Gate { secret: None, hosts: args.allow_host, origins: Vec::new() };
    let admin_handler = Arc::new(Admin { gate, proxy: Arc::clone(&proxy) });

    let (end, ended) = watch::channel(false);
    let connections = usize::try_from(args.max_connections).unwrap_or(usize::MAX);
    let main = Server { listener, connections };
    let main = tokio::spawn(main.serve(proxy, over(ended.clone())));
    // The second port stays open while requests finish.
    let (admin_end, admin_ended) = watch::channel(false);
    let side = Server { listener: admin, connections: ADMIN_CONNECTIONS };
    let side = tokio::spawn(side.serve(admin_handler, over(admin_ended)));

    asked.asked().await;
    terminal::say(format_args!("ending, within {}", humantime::format_duration(args.grace)));
    // Those who wait for it may be gone already, which is what it asks for.
    let _ = end.send(true);
    let drained = tokio::time::timeout(args.grace, async {
        let _ = main.await;
        let _ = admin_end.send(true);
        let _ = side.await;
        // Nobody sends: it ends with the last WebSocket.
        let _ = tunnels.recv().await;
    });
    tokio::select! {
        drained = drained => if drained.is_err() {
            terminal::warn("requests were cut off: --grace allows them more time");
        },
        () = asked.asked() => {}
    }
    Ok(Exit::Ok.code())
}

/// The credential, for the upstream of the arguments. Whoever types a URL knows whom it gives the credential to, and is told.
fn aimed(access: Access, args: &Args) -> Access {
    let Some(upstream) = &args.upstream else { return access };
    if upstream.origin() != access.endpoint().origin() && !access.is_none_needed() {
        let (id, origin) = (access.id(), upstream.origin());
        terminal::say(format_args!("the credential of {id} goes to {origin}, as --upstream says, and nowhere else"));
    }
    access.with_endpoint(upstream.clone())
}

/// Other machines are let in on purpose only.
fn check_reach(args: &Args) -> Result<(), Failure> {
    for (name, address) in [("--listen", args.listen), ("--admin", args.admin)] {
        if !address.ip().is_loopback() && !args.allow_remote {
            let message = format!("{name} is an address that other machines reach: --allow-remote if that is meant");
            return Err(Failure::usage(message));
        }
    }
    Ok(())
}

/// Configuration errors show at the start. What may be over in a minute does not keep it from starting.
async fn warm_up(upstream: &Upstream, context: &Context) -> Result<(), Failure> {
    upstream.check_transport()?;
    let result = tokio::time::timeout(context.timeout(), upstream.authenticator().warm_up()).await;
    match result {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) if error.is_transient() => {
            terminal::warn(format_args!("there is no token yet: {error}"));
            Ok(())
        }
        Ok(Err(error)) => Err(error.into()),
        Err(_) => {
            terminal::warn("there is no token yet: fetching one takes long");
            Ok(())
        }
    }
}

async fn listen(address: SocketAddr, name: &str) -> Result<TcpListener, Failure> {
    let failed = |error: std::io::Error| {
        Failure::failed(format!("{name} {address} can't be listened on: {}", io_reason(error.kind())))
    };
    TcpListener::bind(address).await.map_err(failed)
}

/// One line for a script, one for a person.
fn announce(
    listener: &TcpListener,
    admin: &TcpListener,
    access: &Access,
    secret: Option<&CallersSecret>,
) -> Result<(), Failure> {
    let address = |listener: &TcpListener| {
        let address = listener.local_addr();
        address
            .map(|address| format!("http://{address}"))
            .map_err(|_| Failure::failed("a port was closed at the start"))
    };
    let url = address(listener)?;
    terminal::say(format_args!("{url} is {} with the credential of {}", access.endpoint(), access.id()));
    if secret.is_none() {
        terminal::warn("whatever runs on this machine may use the credential: --no-secret");
    }
    let mut line = json!({"url": url, "admin": address(admin)?});
    if let Some(secret) = secret.and_then(CallersSecret::to_tell) {
        if terminal::others_read_data() {
            terminal::warn("the secret goes into a file that others can read: umask 077, or --secret-file");
        }
        line["secret"] = secret.into();
    }
    terminal::data_line(line)
}

async fn over(mut ended: watch::Receiver<bool>) {
    // An error means that nobody is left who could say it.
    let _ = ended.wait_for(|ended| *ended).await;
}

impl Handler for Arc<Proxy> {
    type Body = Reply;
    type Connected = Open;

    fn connected(&self) -> Open {
        Open::new(&self.numbers, |numbers| &numbers.connections)
    }

    async fn handle(&self, request: Request<Incoming>, line: Line) -> Response<Reply> {
        self.answer(request, &line).await
    }
}

impl Handler for Arc<Admin> {
    type Body = Reply;
    type Connected = ();

    fn connected(&self) {}

    async fn handle(&self, request: Request<Incoming>, line: Line) -> Response<Reply> {
        self.answer(request, &line).await
    }
}
