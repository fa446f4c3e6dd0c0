#![doc = include_str!("../docs/exposition.md")]
//!
//! # How it works
//!
//! A Prometheus scrape: `OpenMetrics` 1.0, text format 0.0.4 and the protobuf format, rendered from
//! a snapshot.
//!
//! ```text
//! Snapshot ──► sources ─────────► families ──┬─► write ─────► one scrape as text
//!               │ series_prefixes  │          └─► protobuf ──► one scrape as messages
//!               │ label_pairs      │ one block per rendered name, in a stable order
//!               │ boundaries       └ merge: where several metrics have that name
//!               └ what is the same from scrape to scrape
//! ```
//!
//! Text that does not change between scrapes is written once. For each series, `Exposition` keeps
//! the text before the value while snapshots have the same list of series, and for the protobuf
//! format its labels as bytes. It keeps the families while the same metrics have values. A scrape
//! that finds all of them allocates nothing for a sample. A scrape drops the parts that it does not
//! use.
//!
//! A snapshot also has the metrics of other libraries: names, units, label keys and values of any
//! characters, instruments that claim each other's names, exponential histograms. The result is a
//! valid scrape for any instruments.
//!
//! A scrape that asks for names leaves out the other families when the text is written, so that it
//! leaves nothing behind in what is kept.
//!
//! Decisions where the specifications leave a choice:
//!
//! * There are no `_created` samples unless a setting asks for them. Prometheus stores each of
//!   them as a series of its own unless an experimental feature is on. `client_golang` leaves them
//!   out by default too.
//! * `le` values and floats are equal in both formats (`1.0`, `1e+06`), so that a series keeps its
//!   identity when Prometheus changes the format it asks for.
//! * Labels with an empty value are left out: Prometheus treats a missing label and an empty label
//!   as equal.
//! * Exponential histograms become classic histograms, because no text format can carry native
//!   histograms. The protobuf format has the native buckets beside the classic ones.
//! * The protobuf format has the numbers of text 0.0.4, with the units and the starts that only
//!   `OpenMetrics` has. The starts are always there, because they are fields and not series.
//! * Exemplars stay at their samples until later ones replace them, as in other client libraries:
//!   Prometheus knows from their times which ones it has. Series that are added up have none.
//! * Scopes are shown for instruments of other libraries. An instrument of another library that has
//!   the name of a declared metric is left out where its scope is not shown, or where it has
//!   another type: their sum would be wrong. The log names both owners.

mod created;
mod declared;
mod exemplar;
mod family;
mod format;
mod gzip;
mod histogram;
mod labels;
mod merge;
mod metadata;
mod name_filter;
mod negotiate;
mod number;
mod protobuf;
mod scope_labels;
mod scrape;
mod scrape_format;
mod series_prefixes;
mod settings;
mod source;
pub(crate) mod textfile;
mod write;

#[cfg(test)]
mod tests;

pub use format::Format;
#[cfg(feature = "explorer")]
pub(crate) use gzip::GzipPieces;
pub(crate) use gzip::gzip;
#[cfg(feature = "pushgateway")]
pub(crate) use labels::label_entries;
pub(crate) use name_filter::NameFilter;
pub(crate) use negotiate::{Negotiated, accepts_gzip, negotiate};
pub(crate) use scrape::Exposition;
pub(crate) use scrape_format::ScrapeFormat;
pub(crate) use settings::ExpositionSettings;
pub use textfile::TextfileError;
