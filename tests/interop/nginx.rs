//! nginx as the door to servers on loopback: TLS, and an access log of its own.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::os::fd::AsRawFd;
use std::path::Path;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use tempfile::TempDir;

use crate::certificates::{Certificate, NAME};
use crate::child::Child;

/// Ends when its standard input does, and nginx with it: nginx itself would stay behind a killed parent.
const UNTIL_INPUT_ENDS: &str = r#""$@" </dev/null & read -r _; kill "$!" 2>/dev/null; wait"#;

/// A port that nginx will listen on, bound by us: it can't be told to take any port and say which.
pub(crate) struct Door {
    listener: TcpListener,
    pub(crate) origin: String,
}

pub(crate) struct Nginx {
    child: Child,
    folder: TempDir,
}

impl Door {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("https://{NAME}:{}", listener.local_addr().unwrap().port());
        Self { listener, origin }
    }
}

impl Nginx {
    /// Opens the doors, each to the port behind it. What it writes is below `folder`.
    pub(crate) fn start(program: &Path, folder: &Path, certificate: &Certificate, doors: Vec<(Door, u16)>) -> Self {
        let folder = tempfile::tempdir_in(fs::canonicalize(folder).unwrap()).unwrap();
        let here = folder.path().display();
        fs::write(folder.path().join("certificate.pem"), &certificate.pem).unwrap();
        fs::write(folder.path().join("key.pem"), &certificate.key_pem).unwrap();
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let folders = folders.map(|kind| format!("{kind}_temp_path {here}/{kind};")).join(" ");
        let mut settings = format!(
            "daemon off; worker_processes 1; pid {here}/pid; error_log {here}/error.log info;\n\
             events {{ worker_connections 1024; }}\n\
             http {{ access_log {here}/access.log; {folders}\n\
             ssl_certificate {here}/certificate.pem; ssl_certificate_key {here}/key.pem;\n\
             proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header Host $http_host;\n\
             proxy_set_header X-Forwarded-Proto https; proxy_set_header X-Forwarded-Host $http_host;\n\
             proxy_set_header X-Forwarded-For $remote_addr;\n"
        );
        let mut inherited = String::new();
        for (door, behind) in &doors {
            let address = door.listener.local_addr().unwrap();
            settings += &format!(
                "server {{ listen {address} ssl http2; location / {{ proxy_pass http://127.0.0.1:{behind}; }} }}\n"
            );
            // Sockets that it is to take over are named in a variable, as when it replaces itself.
            fcntl(&door.listener, FcntlArg::F_SETFD(FdFlag::empty())).unwrap();
            inherited += &format!("{};", door.listener.as_raw_fd());
        }
        let file = folder.path().join("nginx.conf");
        fs::write(&file, settings + "}\n").unwrap();
        let arguments = ["-c", UNTIL_INPUT_ENDS, "sh"].map(OsStr::new);
        let own =
            [program.as_os_str(), OsStr::new("-p"), folder.path().as_os_str(), OsStr::new("-c"), file.as_os_str()];
        let child = Child::start(OsStr::new("sh"), &[&arguments[..], &own].concat(), &[("NGINX", inherited)]);
        // Whoever comes before it is up waits in the socket's queue.
        Self { child, folder }
    }

    /// What it has written on its standard error.
    pub(crate) fn said(&self) -> String {
        self.child.log()
    }

    /// Ends it; the logs that it wrote.
    pub(crate) async fn ended(self) -> String {
        let said = self.child.ended().await;
        let log = |name: &str| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        format!("{said}{}{}", log("access.log"), log("error.log"))
    }
}
