//! The live page of `osapi-metrics`: what a service measures, in a browser, with nothing installed.
//!
//! ```text
//! values ─► Live ─┬─ answer ─► /history    charts
//!  (History)      └─ watch ──► /live       every series, and then what changes
//! page::document ────────────► /explorer   one document with its script and its style
//! ```
//!
//! [`History`] keeps the values of series in bounded memory and writes them as JSON. [`Live`]
//! passes it on to those who watch. [`page`] is the document. The package knows neither where
//! values come from nor how an answer reaches a browser: the feature `explorer` of `osapi-metrics`
//! does, and so does `osapi-metrics explore`.

mod answers;
mod history;
mod json;
mod live;
mod number;
pub mod page;

pub use answers::{HistoryAnswer, Interrupted, Pieces, ProcessInfo};
pub use history::{
    History, HistoryQuery, Limits, MetricInfo, MetricKind, NewSeries, QueryError, Recording,
    SeriesKey,
};
pub use live::{Live, TooManyViewers, Viewer};
