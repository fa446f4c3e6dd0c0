//! The live page of `osapi-metrics`: what a service measures, in a browser, with nothing installed.
//!
//! ```text
//! values ─► History ─┬─ answer ─► /history    charts
//!                    ├─ hello  ─┬► /live      every series, and then what changes
//!                    └─ update ─┘
//! page::document ───────────────► /explorer   one document with its script and its style
//! ```
//!
//! [`History`] keeps the values of series in bounded memory and writes them as JSON. [`page`] is
//! the document. The package knows neither where values come from nor how an answer reaches a
//! browser: the feature `explorer` of `osapi-metrics` does.

mod answers;
mod history;
mod json;
mod number;
pub mod page;

pub use answers::ProcessInfo;
pub use history::{
    History, HistoryQuery, Limits, MetricInfo, MetricKind, NewSeries, QueryError, Recording,
    SeriesKey,
};
