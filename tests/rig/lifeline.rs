//! A FIFO that a process and all that it starts hold open: when nobody does any more, they are gone. No polling, no sleep.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) struct Lifeline {
    path: PathBuf,
    reader: Mutex<Option<BufReader<File>>>,
}

/// For a shell: holds the FIFO `$1` open, starts a program that would run for ten minutes, says `up` and the id of each, and
/// waits for it.
pub(crate) const HANG: &str = r#"exec 3>"$1"; sleep 600 & echo "up $$ $!" >&3; wait"#;

impl Lifeline {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let path = std::env::temp_dir().join(format!("auth-lifeline-{}-{number}", std::process::id()));
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        Self { path, reader: Mutex::new(None) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until somebody says a line, which it returns. Call it once the process has been started.
    pub(crate) fn hears(&self) -> String {
        let mut reader = self.reader.lock().unwrap();
        let reader = reader.get_or_insert_with(|| BufReader::new(File::open(&self.path).unwrap()));
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    /// Waits until nobody holds it any more.
    pub(crate) fn is_let_go(&self) {
        let mut reader = self.reader.lock().unwrap();
        let reader = reader.as_mut().expect("somebody has been heard");
        reader.read_to_end(&mut Vec::new()).unwrap();
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        let _gone = std::fs::remove_file(&self.path);
    }
}

/// Whether there is a process of this id, a zombie included.
pub(crate) fn is_there(process: i32) -> bool {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(process), None).is_ok()
}
