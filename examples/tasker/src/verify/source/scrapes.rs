use std::{collections::BTreeSet, time::Duration};

use osapi_metrics_rules::excerpt::ShownAddress;
use reqwest::{Client, Url, header::ACCEPT};

use super::{Progress, parse};
use crate::{
    client::{body_of, reason},
    verify::{error::VerifyError, samples::Samples},
};

/// The time in which a process counts what it has committed.
const SETTLING: Duration = Duration::from_secs(5);

/// The processes of tasker, which are scraped in turn.
pub(in crate::verify) struct Scrapes {
    http: Client,
    urls: BTreeSet<Url>,
}

impl Scrapes {
    pub(super) fn new(http: Client, urls: &[String]) -> Result<Self, VerifyError> {
        let urls: Result<_, _> = urls.iter().map(|url| parse(url)).collect();
        Ok(Self { http, urls: urls? })
    }

    pub(super) async fn read(&self) -> Result<Samples, VerifyError> {
        let mut samples = Samples::default();
        for url in &self.urls {
            samples.extend(self.scrape(url).await?);
        }
        Ok(samples)
    }

    async fn scrape(&self, url: &Url) -> Result<Samples, VerifyError> {
        let shown = || ShownAddress(url.as_str()).to_string();
        let silent = |reason| VerifyError::NoScrape { url: shown(), reason };
        let request = self.http.get(url.clone());
        let request = request.header(ACCEPT, "application/openmetrics-text; version=1.0.0");
        let answer = request.send().await.map_err(|error| silent(reason(&error)))?;
        let status = answer.status();
        if !status.is_success() {
            return Err(VerifyError::NoMetrics { url: shown(), status });
        }
        let text = body_of(answer).await.map_err(silent)?;
        Samples::parse(&String::from_utf8_lossy(&text))
            .map_err(|cause| VerifyError::NotOpenMetrics { url: shown(), cause })
    }
}

/// A scrape has everything, but what a process has not counted yet.
pub(super) fn progress(ago: Duration) -> Progress {
    Progress { is_complete: true, is_last: ago >= SETTLING }
}
