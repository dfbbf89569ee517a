//! When figures were taken, and on what.

use std::fs;

use crate::Error;
use crate::cost::rustc;

/// A sentence: the day, the compiler, the kernel, the processor's kind and number of threads.
///
/// # Errors
/// If the compiler can't be asked.
pub fn occasion() -> Result<String, Error> {
    let day = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let threads = std::thread::available_parallelism()?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")
        .map_or_else(|_| std::env::consts::OS.to_owned(), |release| format!("Linux {}", short(&release)));
    Ok(format!("{day}, {}, {kernel}, {}, {threads} hardware threads.", rustc()?, std::env::consts::ARCH))
}

/// The version alone: what a builder of kernels adds to it may name a machine.
fn short(release: &str) -> &str {
    release.trim().split(['-', '+']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_is_named_by_its_version() {
        assert_eq!(short("6.1.140-builder+\n"), "6.1.140");
    }
}
