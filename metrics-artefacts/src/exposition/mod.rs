//! The text of a scrape, read line by line: text format 0.0.4 and `OpenMetrics` 1.0, with the
//! quoted names of Prometheus 3.
//!
//! ```
//! use osapi_metrics_artefacts::exposition::{Content, Format, Reader};
//!
//! let text = "# TYPE orders_total counter\norders_total{paid=\"true\"} 3\n";
//! let entries: Result<Vec<_>, _> = Reader::new(text, Format::Text).collect();
//! let entries = entries.unwrap();
//! assert!(matches!(&entries[1].content, Content::Sample(sample) if sample.value == 3.0));
//!
//! let error = Reader::new("orders_total{paid} 3\n", Format::Text).next().unwrap().unwrap_err();
//! assert_eq!(error.to_string(), "line 1: the label `paid` has no `=`");
//! ```
//!
//! The entries borrow the text, so memory does not grow with its lines.

mod cursor;
mod entry;
mod error;
mod format;
mod limits;
mod reader;
#[cfg(test)]
mod tests;

pub use entry::{Content, Entry, Exemplar, FamilyType, Labels, Sample};
pub use error::{ExpositionError, MAX_LINES, Problem};
pub use format::Format;
pub use reader::Reader;

pub(crate) use limits::{MAX_NAMES, MAX_SERIES};
