use std::{
    io::ErrorKind,
    net::TcpStream as BlockingStream,
    pin::pin,
    task::{Context, Poll, Waker},
};

use auth_emulator::{Emulator, Fault, Gate};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::client::{fetch, try_fetch};

fn address(origin: &str) -> String {
    origin.strip_prefix("http://").unwrap().to_owned()
}

#[tokio::test]
async fn the_moment_it_is_dropped_nobody_can_connect() {
    let emulator = Emulator::start().await.unwrap();
    fetch(&emulator).await;
    let addresses = [address(emulator.url()), address(emulator.other_origin())];
    assert!(addresses.iter().all(|address| BlockingStream::connect(address).is_ok()));
    drop(emulator);
    for address in addresses {
        // Blocking, so that the runtime gets no chance to tidy up in between.
        assert_eq!(BlockingStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    }
}

#[tokio::test]
async fn dropping_it_ends_the_connections() {
    let emulator = Emulator::start().await.unwrap();
    let gate = Gate::new();
    emulator.token_faults().once(Fault::Hold(gate.clone()));
    let url = emulator.token_url();
    let held = tokio::spawn(async move { try_fetch(&url).await.is_err() });
    let mut idle = TcpStream::connect(address(emulator.url())).await.unwrap();
    idle.write_all(b"GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut byte = [0];
    idle.read_exact(&mut byte).await.unwrap();
    emulator.wait_for_token_requests(1).await;

    drop(emulator);
    gate.open();
    assert!(held.await.unwrap(), "a held request is not answered after the end");
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(rest.starts_with(b"TTP/1.1 404"));
}

#[test]
fn it_outlives_its_runtime_without_harm() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let emulator = runtime.block_on(Emulator::start()).unwrap();
    runtime.block_on(fetch(&emulator));
    drop(runtime);
    assert_eq!(emulator.token_request_count(), 1);
    let address = address(emulator.url());
    drop(emulator);
    assert!(BlockingStream::connect(address).is_err());
}

#[tokio::test]
async fn it_listens_where_it_is_told_and_comes_back_there() {
    let emulator = Emulator::start().await.unwrap();
    let before: std::net::SocketAddr = address(emulator.url()).parse().unwrap();
    let taken = Emulator::builder().with_address(before).start().await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AddrInUse);
    fetch(&emulator).await;
    drop(emulator);
    let again = Emulator::builder().with_address(before).start().await.unwrap();
    assert_eq!(address(again.url()), before.to_string());
    assert_eq!(fetch(&again).await.status, 200);
    let outside = Emulator::builder().with_address(([0, 0, 0, 0], 0)).start().await.unwrap_err();
    assert_eq!(outside.kind(), ErrorKind::InvalidInput);
}

#[test]
fn without_a_runtime_the_error_says_so() {
    let mut start = pin!(Emulator::start());
    let Poll::Ready(Err(error)) = start.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("there is nothing to serve on");
    };
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}

#[test]
fn it_goes_wherever_a_test_takes_it() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Emulator>();
    check::<Gate>();
    check::<Fault>();
    check::<auth_emulator::Flaw>();
    check::<auth_emulator::RecordedRequest>();
    check::<auth_emulator::Builder>();
}
