use std::error::Error;

use http::StatusCode;

use crate::exposition::{NameFilter, ScrapeFormat};

/// The part of the runtime that the endpoint calls.
pub(crate) trait MetricsSource: Send + Sync + 'static {
    /// Collects all metrics, and renders those that the filter has. It runs the callbacks of users
    /// and may take its time, so it is called where blocking is allowed.
    fn render(
        &self,
        format: ScrapeFormat,
        filter: &NameFilter,
    ) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>>;

    /// The reason why there is nothing to scrape, with the status of the answer; `None` if there
    /// are metrics.
    fn unavailable(&self) -> Option<(StatusCode, &'static str)>;

    /// Every declaration of the program, as JSON.
    fn catalogue(&self) -> String;

    /// The reasons why the process cannot do its work now. Called on the request's own task: it
    /// must not block.
    fn readiness(&self) -> Result<(), Vec<String>>;
}
