//! The metrics about metrics, with the outcomes that exporters report.

#[cfg(feature = "prometheus")]
mod exemplars;
#[cfg(feature = "_otlp")]
mod exports;
mod expressions;
#[cfg(feature = "runtime")]
mod instruments;
#[cfg(feature = "prometheus")]
mod scrapes;

#[cfg(feature = "prometheus")]
pub(crate) use exemplars::left_out_exemplars;
#[cfg(feature = "_otlp")]
pub(crate) use exports::{ExportOutcome, exported};
pub(crate) use expressions::expression_panicked;
#[cfg(feature = "runtime")]
pub(crate) use instruments::{observe_instruments, touch};
#[cfg(feature = "prometheus")]
pub(crate) use scrapes::{CountedScrape, ScrapeOutcome, active_scrape};
