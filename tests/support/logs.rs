//! The log of a test program.

use std::{
    io,
    sync::{Mutex, Once, PoisonError},
};

/// The lines of the log that name a URL.
pub fn lines_about(url: &str) -> Vec<String> {
    let logs = logs().lock().unwrap_or_else(PoisonError::into_inner);
    let text = String::from_utf8_lossy(&logs);
    text.lines().filter(|line| line.contains(url)).map(str::to_owned).collect()
}

/// The log of this process. The first call begins to collect it.
pub fn logs() -> &'static Mutex<Vec<u8>> {
    static LOGS: Mutex<Vec<u8>> = Mutex::new(Vec::new());
    static COLLECTED: Once = Once::new();

    struct Writer;
    impl io::Write for Writer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            LOGS.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    COLLECTED
        .call_once(|| tracing_subscriber::fmt().with_ansi(false).with_writer(|| Writer).init());
    &LOGS
}
