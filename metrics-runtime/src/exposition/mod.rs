#![doc = include_str!("../docs/exposition.md")]
//!
//! # How it works
//!
//! What a Prometheus scrape reads: `OpenMetrics` 1.0 and text format 0.0.4, rendered from the values of our own
//! instruments and from what the SDK collected.
//!
//! ```text
//! recording core ──► own ─────────┐ counters, up-down counters and gauges of the linked sets
//!                                 ├─► families ──► write ──► one scrape
//! ResourceMetrics ─► streams ─────┘ histograms, instruments with a view, those of other libraries
//!                      │                │ one block per rendered name, in a stable order
//!                    lines, histogram   └ merge: where several metrics have that name
//! ```
//!
//! A scrape leaves the SDK out where it can, because collecting a series costs the SDK several times what writing it
//! costs. The same instruments reach every other reader through the SDK, and both ways give the same text.
//!
//! What does not change from scrape to scrape is written once: [`Exposition`] keeps for each series the text before its
//! value, as long as the recording core gives the same list of series or the SDK the same attributes, and the families
//! as long as the same metrics have values. A scrape that finds all of it allocates nothing for a sample. Whatever it
//! does not find again is forgotten.
//!
//! Of instruments that come from the SDK the exposition knows nothing but the SDK's data, so it serves third-party
//! instruments too: names, units, label keys and values of any characters, instruments that claim each other's names,
//! exponential histograms. Whatever the instruments are, the result is a valid scrape.
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
