//! A port where nobody listens, for as long as a test needs it so.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// An address of this machine at which every connection is refused, until this is dropped.
///
/// It is bound without listening. A port that was merely let go may be another listener's a moment later, so a test that
/// relies on one fails now and then, on a busy machine.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// let nobody = auth_emulator::ClosedPort::new()?;
/// let error = std::net::TcpStream::connect(nobody.address()).unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ClosedPort {
    address: SocketAddr,
    _bound: TcpSocket,
}

impl ClosedPort {
    /// One on 127.0.0.1, chosen by the system.
    ///
    /// # Errors
    ///
    /// If the system has no port or no descriptor left.
    pub fn new() -> io::Result<Self> {
        let bound = TcpSocket::new_v4()?;
        bound.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self { address: bound.local_addr()?, _bound: bound })
    }

    /// Where nobody listens: `127.0.0.1:PORT`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
