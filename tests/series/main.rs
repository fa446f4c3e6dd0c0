//! Series that end: removed by hand, or pushed out by more recent ones. What ended is seen nowhere
//! any more, and what did not is exact.
//!
//! Every test has metrics of its own, because all of them run in one process and share what it has
//! recorded.

#[expect(dead_code, reason = "the series of histograms do not end")]
#[path = "../behaviour/reading.rs"]
mod reading;

mod ended;
mod exported;
mod jobs;
mod limits;
mod raced;
mod recent;

use std::sync::LazyLock;

use osapi_metrics::{Format, Metrics};
use osapi_metrics_tests::scrape;
use reading::{Reading, install};

/// The runtime that the tests look through, unless they need another.
static RUNTIME: LazyLock<Metrics> = LazyLock::new(install);

/// What a scrape shows now, which is the same in both formats.
fn read() -> Reading {
    Reading::of(&RUNTIME)
}

/// Whether the text format shows a series with this label.
fn in_text(name: &str, key: &str, value: &str) -> bool {
    let text = scrape::parse(&RUNTIME.render(Format::Text), scrape::Format::Text);
    let mut series = text.get(name).into_iter().flat_map(|family| family.series.keys());
    series.any(|labels| labels.get(key).is_some_and(|known| known == value))
}
