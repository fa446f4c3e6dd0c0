//! Series that end: removed by a call, or evicted by more recent series. A series that has ended is
//! not shown any more, and the other series are exact. A cache of series notices the end.

mod cache;
mod ended;
mod jobs;
mod limits;
mod raced;
mod recent;

use osapi_metrics::exposition::Format;
use osapi_metrics_tests::scrape;

use crate::RUNTIME;

/// Whether the text format shows a series with this label.
fn in_text(name: &str, key: &str, value: &str) -> bool {
    let text = scrape::parse(&RUNTIME.render(Format::Text), scrape::Format::Text);
    let mut series = text.get(name).into_iter().flat_map(|family| family.series.keys());
    series.any(|labels| labels.get(key).is_some_and(|known| known == value))
}
