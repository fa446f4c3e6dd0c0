#![doc = include_str!("../docs/exposition.md")]
//!
//! # How it works
//!
//! The text of a Prometheus scrape: `OpenMetrics` 1.0 and text format 0.0.4, rendered from the
//! values of core instruments and from the data that the SDK collected.
//!
//! ```text
//! recording core ──► core_source ─┐ counters, up-down counters and gauges of the linked sets
//!                                 ├─► families ──► write ──► one scrape
//! ResourceMetrics ─► streams ─────┘ histograms, instruments with a view or of other libraries
//!                      │                │ one block per rendered name, in a stable order
//!                      │                └ merge: where several metrics have that name
//!                      └ series_prefixes, histogram
//! ```
//!
//! A scrape avoids the SDK where it can: the SDK needs several times as long to collect a series as
//! the exposition needs to write it. Every other reader gets the same instruments through the SDK,
//! and both ways give the same text.
//!
//! Text that does not change between scrapes is written once. For each series, `Exposition` keeps
//! the text before the value while the recording core gives the same list of series, or the SDK the
//! same attributes. It keeps the families while the same metrics have values. A scrape that finds
//! all of them allocates nothing for a sample. A scrape drops the parts that it does not use.
//!
//! Of instruments that come from the SDK the exposition sees only the SDK's data, so it serves
//! third-party instruments too: names, units, label keys and values of any characters, instruments
//! that claim each other's names, exponential histograms. The result is a valid scrape for any
//! instruments.
//!
//! Decisions where the specifications leave a choice:
//!
//! * There are no `_created` samples. Prometheus stores each of them as a series of its own unless
//!   an experimental feature is on, and the SDK knows only the time when an instrument was created,
//!   not when a series began. `client_golang` leaves them out by default too.
//! * `le` values and floats are equal in both formats (`1.0`, `1e+06`), so that a series keeps its
//!   identity when Prometheus changes the format it asks for.
//! * Labels with an empty value are left out: Prometheus treats a missing label and an empty label
//!   as equal.
//! * Exponential histograms become classic histograms, because neither format can carry native
//!   histograms.
//! * Exemplars are left out: the SDK does not collect them. Scopes are not shown as labels.
//! * Values of delta temporality are shown without a change. The runtime's own reader asks for
//!   cumulative values.

mod core_source;
mod family;
mod format;
mod gzip;
mod histogram;
mod labels;
mod merge;
mod metadata;
mod negotiate;
mod number;
mod scrape;
mod series_prefixes;
mod source;
mod stream;
mod streams;
mod write;

#[cfg(test)]
mod tests;

pub use format::Format;
pub(crate) use gzip::gzip;
pub(crate) use negotiate::{accepts_gzip, negotiate};
pub(crate) use scrape::Exposition;
