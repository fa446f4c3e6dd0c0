//! The host, compared with what the test reads below `/proc` and what `df` says, and with folders
//! that have the files of a host.

mod broken;
mod case;
mod files;
mod folders;
mod usage;

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use osapi_metrics::instrumentation::host;
use osapi_metrics_tests::reading::Reading;

/// Observes the host once, with the metrics that come with the instrumentation.
static OBSERVED: LazyLock<()> = LazyLock::new(|| host::observe().unwrap().keep());

fn number(name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    LazyLock::force(&OBSERVED);
    Reading::of(&crate::RUNTIME).number(name, labels)
}

/// Waits for a value that another thread brings, or that needs time to be measured.
fn wait_for<T>(mut value: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(value) = value() {
            return value;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "the value does not come");
        std::thread::yield_now();
    }
}

/// Checks that a value is one that the test has read before and after it.
#[track_caller]
fn assert_between(before: f64, value: Option<f64>, after: f64) {
    let (least, most) = (before.min(after), before.max(after));
    let is_between = value.is_some_and(|value| least <= value && value <= most);
    assert!(is_between, "{value:?} is not between {before} and {after}");
}
