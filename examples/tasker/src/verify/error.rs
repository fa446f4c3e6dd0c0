use std::{io, path::PathBuf};

use osapi_metrics_rules::excerpt::ShownAddress;
use reqwest::StatusCode;

use super::samples::SampleError;
use crate::{client::ClientError, config::ConfigErrors};

/// Why the checklist could not be gone through.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The API does not answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The URL cannot be read.
    #[error(
        "`{}` is not a URL ({reason}); it looks like `http://127.0.0.1:8090/metrics`",
        ShownAddress(.given)
    )]
    Url {
        /// What was given.
        given: String,
        /// What is wrong.
        reason: String,
    },
    /// Something else than tasker answers.
    #[error("{url} is not the API of tasker; give its address with --api")]
    NotTasker {
        /// What was asked.
        url: String,
    },
    /// Nobody answers at an address of metrics.
    #[error(
        "{url} does not answer: {reason}; give the address of the metrics of a running process \
         with --metrics"
    )]
    NoScrape {
        /// What was asked.
        url: String,
        /// The cause.
        reason: String,
    },
    /// No metrics are served.
    #[error(
        "{url} answered {status} instead of metrics; set `enabled` and `prometheus` below \
         `telemetry` to true in the configuration of the process, or give another address with \
         --metrics"
    )]
    NoMetrics {
        /// What was asked.
        url: String,
        /// The status of the answer.
        status: StatusCode,
    },
    /// The answer is not a scrape.
    #[error(
        "{url} does not answer with OpenMetrics ({cause}); give the metrics of tasker with --metrics"
    )]
    NotOpenMetrics {
        /// What was asked.
        url: String,
        /// What is wrong.
        #[source]
        cause: SampleError,
    },
    /// Prometheus does not answer a query.
    #[error("the Prometheus at {url} does not answer: {reason}; check the URL of --prometheus")]
    Prometheus {
        /// Its address.
        url: String,
        /// The cause.
        reason: String,
    },
    /// Prometheus scrapes no tasker.
    #[error(
        "the Prometheus at {url} has scraped no process of tasker; add the addresses of their \
         metrics to its `scrape_configs`"
    )]
    NotScraped {
        /// Its address.
        url: String,
    },
    /// The file of --config has mistakes.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The file of --log cannot be read.
    #[error("{} cannot be read: {cause}; give the file of the process's log with --log", .path.display())]
    Log {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        cause: io::Error,
    },
}
