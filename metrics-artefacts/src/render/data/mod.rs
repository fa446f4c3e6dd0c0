//! The data of panels: queries with the values of variables, asked of a Prometheus.

mod answer;
mod ask;
mod series;
mod span;
mod variables;

pub(super) use ask::{Session, is_there, scrape_interval};
pub(super) use series::{PanelData, Series};
pub(super) use span::{DEFAULT_SCRAPE_INTERVAL, Span};
pub use variables::Variables;
