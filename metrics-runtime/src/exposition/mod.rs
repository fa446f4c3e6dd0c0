//! What a Prometheus scrape reads: `OpenMetrics` 1.0 and text format 0.0.4, rendered from what the SDK collected.
//!
//! ```text
//! ResourceMetrics ──► families   one block per rendered name, merged over scopes, in a stable order
//!                       │ series     label sets, merged and sorted; numbers, histograms
//!                       ▼
//!                     write      the lines of either format
//! ```
//!
//! The exposition knows the SDK's data and nothing of macros or cells, so it serves third-party instruments too:
//! names, units, label keys and values of any characters, instruments that claim each other's names, exponential
//! histograms. Whatever the instruments are, the result is a valid scrape.
//!
//! Decisions where the specifications leave a choice:
//!
//! * There are no `_created` samples. Prometheus stores each as a series of its own unless an experimental feature is
//!   on, and the SDK knows only when an instrument was made, not when a series began. `client_golang` leaves them out by
//!   default too.
//! * `le` values and floats look the same in both formats (`1.0`, `1e+06`), so that a series keeps its identity when
//!   Prometheus changes the format it asks for.
//! * Labels with an empty value are left out: to Prometheus a missing label and an empty one are the same.
//! * Exponential histograms become classic ones, because neither format can carry native histograms.
//! * Exemplars are left out: the SDK collects none. Scopes are not shown as labels.
//! * Values of delta temporality are shown as they come; the runtime's own reader asks for cumulative ones.

mod family;
mod format;
mod gzip;
mod labels;
mod negotiate;
mod number;
mod series;
mod write;

#[cfg(test)]
mod tests;

use opentelemetry_sdk::metrics::data::ResourceMetrics;

pub use format::Format;
pub(crate) use gzip::gzip;
pub(crate) use negotiate::{accepts_gzip, negotiate};

/// Renders everything that was collected as one scrape.
pub(crate) fn render(metrics: &ResourceMetrics, format: Format) -> String {
    write::scrape(metrics.resource(), &family::families(metrics), format)
}
