//! The proxies, each a process of its own with a file of settings.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use auth_benches::Error;
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::upstream::{TOKEN, Upstream};

/// `authctl proxy`, with the secret, in front of the upstream.
pub(crate) struct Authctl {
    child: Child,
    pub(crate) address: String,
    pub(crate) secret: String,
    _folder: TempDir,
}

impl Authctl {
    pub(crate) async fn start(program: &Path, upstream: &Upstream) -> Result<Self, Error> {
        let folder = tempfile::tempdir()?;
        let config = folder.path().join("config.toml");
        let endpoint = format!("http://{}", upstream.address);
        fs::write(
            &config,
            format!("[profile.default]\ntype = \"token\"\nendpoint = \"{endpoint}\"\ntoken = \"{TOKEN}\"\n"),
        )?;
        let mut command = Command::new(program);
        command.arg("--config").arg(&config).arg("proxy").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("authctl has no output")?).read_line(&mut line)?;
        let line: serde_json::Value = serde_json::from_str(&line).map_err(|_| "authctl did not start")?;
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let address = text("url").trim_start_matches("http://").to_owned();
        Ok(Self { child, address, secret: text("secret"), _folder: folder })
    }

    /// The most memory that it ever had, in MiB.
    pub(crate) fn peak(&self) -> Result<f64, Error> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("there is no VmHWM")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Authctl {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// nginx with a header that never changes: as many workers as authctl has threads, connections to the upstream kept, no log.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) address: String,
    _folder: TempDir,
}

impl Nginx {
    pub(crate) async fn start(program: &Path, upstream: &Upstream) -> Result<Self, Error> {
        let folder = tempfile::tempdir()?;
        // nginx can't be told to take any port, nor say which. This one was free a moment ago.
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let workers = std::thread::available_parallelism()?;
        let here = folder.path().display();
        let temporary =
            ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path {here}/{kind};"));
        let settings = format!(
            "daemon off; worker_processes {workers}; pid {here}/pid; error_log stderr error;\n\
             events {{ worker_connections 4096; }}\n\
             http {{\n access_log off; keepalive_requests 10000000; tcp_nodelay on; {}\n\
             upstream api {{ server {}; keepalive 256; keepalive_requests 10000000; }}\n\
             server {{ listen {address}; location / {{\n\
             proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection \"\";\n\
             proxy_set_header Authorization \"Bearer {TOKEN}\";\n}} }} }}\n",
            temporary.join(" "),
            upstream.address
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, settings)?;
        let child = Command::new(program).arg("-p").arg(folder.path()).arg("-c").arg(&file).spawn()?;
        let nginx = Self { child, address, _folder: folder };
        for _ in 0..200 {
            if TcpStream::connect(&nginx.address).await.is_ok() {
                return Ok(nginx);
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        Err("nginx did not start".into())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // SIGTERM, which its workers hear of. It may have ended by itself.
        if let Ok(id) = self.child.id().try_into() {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::Signal::SIGTERM);
        }
        let _ = self.child.wait();
    }
}
