//! Where the samples come from.

mod prometheus;
mod scrapes;

use std::time::Duration;

use osapi_metrics::{MetricDescriptor, descriptor::InstrumentKind};
use reqwest::{Client, Url};

use super::{error::VerifyError, samples::Samples};
use prometheus::Prometheus;
use scrapes::Scrapes;

/// The processes themselves, or a Prometheus that scrapes them.
pub(super) enum Source {
    Scrapes(Scrapes),
    Prometheus(Prometheus),
}

/// A moment in the time of a source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(f64);

/// How much of what has happened before a mark can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    /// Every process has been read since.
    pub(super) is_complete: bool,
    /// There is nothing more to wait for.
    pub(super) is_last: bool,
}

impl Source {
    pub(super) fn of(metrics: &[String], prometheus: Option<&str>) -> Result<Self, VerifyError> {
        let http = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build();
        let http = http.unwrap_or_default();
        Ok(match prometheus {
            Some(url) => Self::Prometheus(Prometheus::new(http, url)?),
            None => Self::Scrapes(Scrapes::new(http, metrics)?),
        })
    }

    pub(super) fn is_scrapes(&self) -> bool {
        matches!(self, Self::Scrapes(_))
    }

    /// The samples of every metric of tasker. With ids, metrics that have correlation ids are only
    /// those of these ids.
    pub(super) async fn read(&self, ids: &[String]) -> Result<Samples, VerifyError> {
        match self {
            Self::Scrapes(scrapes) => scrapes.read().await,
            Self::Prometheus(prometheus) => prometheus.read(ids).await,
        }
    }

    /// Now.
    pub(super) async fn mark(&self) -> Result<Mark, VerifyError> {
        match self {
            Self::Scrapes(_) => Ok(Mark(0.0)),
            Self::Prometheus(prometheus) => prometheus.time().await.map(Mark),
        }
    }

    /// What can be read of what happened before the mark, which was made `ago`.
    pub(super) async fn progress(
        &self,
        mark: Mark,
        ago: Duration,
    ) -> Result<Progress, VerifyError> {
        match self {
            Self::Scrapes(_) => Ok(scrapes::progress(ago)),
            Self::Prometheus(prometheus) => prometheus.progress(mark.0, ago).await,
        }
    }
}

/// A URL, with a message that says what one looks like.
pub(super) fn parse(url: &str) -> Result<Url, VerifyError> {
    let wrong = |reason: String| VerifyError::Url { given: url.to_owned(), reason };
    let parsed = Url::parse(url).map_err(|error| wrong(error.to_string()))?;
    if parsed.has_host() && matches!(parsed.scheme(), "http" | "https") {
        return Ok(parsed);
    }
    Err(wrong("it does not begin with `http://`".to_owned()))
}

/// The name of the samples: of a histogram the buckets, of which the last one has the count.
pub(super) fn sample_name(metric: &MetricDescriptor) -> String {
    let name = metric.prometheus_name();
    match metric.kind {
        InstrumentKind::Histogram => format!("{name}_bucket"),
        _ => name.to_owned(),
    }
}
