//! The log of a test program.

use std::{
    io,
    sync::{Mutex, Once, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// The longest time that a test waits for a line.
const PATIENCE: Duration = Duration::from_secs(60);

/// The lines of the log that name a URL.
pub fn lines_about(url: &str) -> Vec<String> {
    let logs = logs().lock().unwrap_or_else(PoisonError::into_inner);
    let text = String::from_utf8_lossy(&logs);
    text.lines().filter(|line| line.contains(url)).map(str::to_owned).collect()
}

/// The last line of the log that has a text, as soon as there is one. A flush may end before the
/// line that says why a push failed is written.
///
/// # Panics
///
/// If there is none for a minute.
pub fn await_line_about(text: &str) -> String {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(line) = lines_about(text).pop() {
            return line;
        }
        assert!(Instant::now() < end, "there is no line about {text}");
        thread::sleep(Duration::from_millis(5));
    }
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
