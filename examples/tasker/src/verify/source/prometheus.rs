use std::{collections::BTreeMap, time::Duration};

use osapi_metrics::MetricDescriptor;
use osapi_metrics_rules::excerpt::{Excerpt, ShownAddress};
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;

use super::{Progress, parse, sample_name};
use crate::{
    client::{body_of, reason},
    metrics::descriptors,
    verify::{
        error::VerifyError,
        samples::{Sample, Samples},
    },
};

/// A metric that every process of tasker has from its start.
const OF_EVERY_PROCESS: &str = "tasker_sql_queries_total";

/// The time in which a process counts what it has committed, in seconds.
const SETTLING: f64 = 5.0;

/// The longest time until every process has been scraped: more than the usual interval of a minute.
const PATIENCE: Duration = Duration::from_secs(150);

/// A Prometheus, which is asked by instant queries.
pub(in crate::verify) struct Prometheus {
    http: Client,
    base: Url,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    error: String,
    data: Option<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    result: Vec<Series>,
}

#[derive(Deserialize)]
struct Series {
    metric: BTreeMap<String, String>,
    value: (f64, String),
}

impl Prometheus {
    pub(super) fn new(http: Client, url: &str) -> Result<Self, VerifyError> {
        let mut base = parse(url)?;
        let path = format!("{}/api/v1/query", base.path().trim_end_matches('/'));
        base.set_path(&path);
        Ok(Self { http, base })
    }

    pub(super) async fn read(&self, ids: &[String]) -> Result<Samples, VerifyError> {
        let mut samples = Samples::default();
        for metric in descriptors() {
            let name = sample_name(metric);
            for Series { metric: labels, value: (_, value) } in
                self.query(&selector(metric, &name, ids)).await?
            {
                let value = value.parse().unwrap_or(f64::NAN);
                samples.add(&name, Sample { labels, value });
            }
        }
        Ok(samples)
    }

    /// The time of the server.
    pub(super) async fn time(&self) -> Result<f64, VerifyError> {
        Ok(self.number("vector(time())").await?.unwrap_or_default())
    }

    pub(super) async fn progress(&self, mark: f64, ago: Duration) -> Result<Progress, VerifyError> {
        let oldest = self.number(&format!("min(timestamp({OF_EVERY_PROCESS}))")).await?;
        let is_late = ago >= PATIENCE;
        match oldest {
            None if is_late => {
                Err(VerifyError::NotScraped { url: ShownAddress(self.base.as_str()).to_string() })
            }
            None => Ok(Progress { is_complete: false, is_last: false }),
            Some(oldest) => Ok(Progress {
                is_complete: oldest > mark,
                is_last: oldest > mark + SETTLING || is_late,
            }),
        }
    }

    async fn number(&self, query: &str) -> Result<Option<f64>, VerifyError> {
        let series = self.query(query).await?;
        Ok(series.first().and_then(|series| series.value.1.parse().ok()))
    }

    async fn query(&self, query: &str) -> Result<Vec<Series>, VerifyError> {
        let wrong = |reason: String| {
            let url = self.base.as_str().trim_end_matches("/api/v1/query");
            VerifyError::Prometheus { url: ShownAddress(url).to_string(), reason }
        };
        let mut url = self.base.clone();
        url.query_pairs_mut().append_pair("query", query);
        let answer = self.http.get(url).send().await.map_err(|error| wrong(reason(&error)))?;
        let status = answer.status();
        let body = body_of(answer).await.map_err(wrong)?;
        let answer: Answer = match serde_json::from_slice(&body) {
            Ok(answer) => answer,
            Err(_) if status != StatusCode::OK => return Err(wrong(status.to_string())),
            Err(error) => return Err(wrong(error.to_string())),
        };
        let refused = || {
            let said = Excerpt::of_message(&answer.error);
            wrong(format!("`{query}` is refused: {said}"))
        };
        Ok(answer.data.ok_or_else(refused)?.result)
    }
}

/// The query for the samples of a metric.
fn selector(metric: &MetricDescriptor, name: &str, ids: &[String]) -> String {
    if ids.is_empty() || metric.labels.iter().all(|label| label.key != "correlation_id") {
        return name.to_owned();
    }
    // The API accepts no id with another character that would mean something here.
    let ids: Vec<_> = ids.iter().map(|id| id.replace('.', "\\\\.")).collect();
    format!("{name}{{correlation_id=~\"{}\"}}", ids.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_with_the_label_are_filtered_by_it() {
        let of = |name: &str| {
            let metric = descriptors().find(|metric| metric.name == name).expect(name);
            let ids = ["a.b".to_owned(), "c".to_owned()];
            selector(metric, &sample_name(metric), &ids)
        };
        assert_eq!(
            of("tasker.tasks.requests.total"),
            r#"tasker_tasks_requests_total{correlation_id=~"a\\.b|c"}"#
        );
        assert_eq!(
            of("tasker.step.execution.duration"),
            r#"tasker_step_execution_duration_milliseconds_bucket{correlation_id=~"a\\.b|c"}"#
        );
        assert_eq!(of("tasker.steps.claimed.total"), "tasker_steps_claimed_total");
    }
}
