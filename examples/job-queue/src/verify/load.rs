//! The jobs of the measurement, and the client that runs them.

use std::time::{Duration, SystemTime};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::error::VerifyError;
use crate::job::{Priority, Service};

/// A sequence of jobs, the same for the same seed: one of each service in turn, each of a few
/// milliseconds to a few dozen on a processor of today, with sizes and priorities that vary.
#[derive(Clone, Debug)]
pub(super) struct Load {
    seed: u64,
    jobs: usize,
}

impl Load {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, jobs: 0 }
    }

    /// The next jobs.
    pub(super) fn batch(&mut self, jobs: usize) -> Vec<Value> {
        (0..jobs).map(|_| self.job()).collect()
    }

    fn job(&mut self) -> Value {
        let service = Service::ALL[self.jobs % Service::ALL.len()];
        self.jobs += 1;
        let payload = match service {
            Service::Simulation => {
                json!({"millis": self.between(5, 40), "steps": self.between(1, 5)})
            }
            Service::Hash => {
                let text = "x".repeat(self.size(100, 2_000));
                json!({"text": text, "rounds": self.between(20_000, 100_000)})
            }
            Service::Compress => json!({"bytes": self.between(200_000, 1_000_000)}),
            Service::Image => {
                json!({"width": self.between(160, 400), "height": self.between(100, 250)})
            }
        };
        let priority = Priority::ALL[self.size(0, Priority::ALL.len() as u64 - 1)];
        json!({
            "service": service.name(),
            "payload": payload,
            "priority": priority.name(),
            "timeout": "10m",
        })
    }

    /// A number of this range, by the generator `SplitMix64`.
    fn between(&mut self, least: u64, most: u64) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.seed;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        least + (number ^ (number >> 31)) % (most - least + 1)
    }

    fn size(&mut self, least: u64, most: u64) -> usize {
        usize::try_from(self.between(least, most)).unwrap_or_default()
    }
}

/// A client of one process.
#[derive(Clone, Debug)]
pub(super) struct JobClient {
    http: Client,
    base: String,
}

/// How many jobs are under way at the same time: as many as one of the two workers has slots.
const CONCURRENCY: usize = 4;

/// How long an answer may take; a request for a record waits for 10 s at most.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

impl JobClient {
    pub(super) fn new(base: &str) -> Result<Self, VerifyError> {
        let built = Client::builder().no_proxy().timeout(ANSWER_LIMIT).build();
        let http = built.map_err(|error| request_error(base, &error))?;
        Ok(Self { http, base: base.to_owned() })
    }

    /// Runs the jobs, and returns when the client saw the end of each.
    pub(super) async fn run(&self, jobs: &[Value]) -> Result<Vec<SystemTime>, VerifyError> {
        let running = stream::iter(jobs).map(async |job| self.run_one(job).await);
        running.buffer_unordered(CONCURRENCY).try_collect().await
    }

    async fn run_one(&self, job: &Value) -> Result<SystemTime, VerifyError> {
        let url = format!("{}/jobs", self.base);
        let request = self.http.post(&url).header("content-type", "application/json");
        let request = request.header("x-user", "verify").body(job.to_string());
        let receipt = json_of(&url, request, StatusCode::ACCEPTED).await?;
        let url = format!("{url}/{}?wait=10s", receipt["id"].as_str().unwrap_or_default());
        loop {
            let record = json_of(&url, self.http.get(&url), StatusCode::OK).await?;
            match record["state"].as_str() {
                Some("completed") => return Ok(SystemTime::now()),
                Some("queued" | "assigned" | "running") => {}
                _ => {
                    let (job, record) = (job.to_string(), record.to_string());
                    return Err(VerifyError::Job { job, record });
                }
            }
        }
    }

    /// The text of the metrics.
    pub(super) async fn scrape(&self) -> Result<String, VerifyError> {
        let url = format!("{}/metrics", self.base);
        text_of(&url, self.http.get(&url), StatusCode::OK).await
    }
}

async fn json_of(
    url: &str,
    request: reqwest::RequestBuilder,
    expected: StatusCode,
) -> Result<Value, VerifyError> {
    let text = text_of(url, request, expected).await?;
    serde_json::from_str(&text).map_err(|error| request_error(url, &error))
}

async fn text_of(
    url: &str,
    request: reqwest::RequestBuilder,
    expected: StatusCode,
) -> Result<String, VerifyError> {
    let answer = request.send().await.map_err(|error| request_error(url, &error))?;
    let status = answer.status();
    let text = answer.text().await.map_err(|error| request_error(url, &error))?;
    if status == expected {
        return Ok(text);
    }
    let reason = format!("{status} instead of {expected}: {}", text.trim());
    Err(VerifyError::Request { url: url.to_owned(), reason })
}

fn request_error(url: &str, error: &dyn std::error::Error) -> VerifyError {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        reason = format!("{reason}: {error}");
        cause = error.source();
    }
    VerifyError::Request { url: url.to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::job::Payload;

    #[test]
    fn the_same_seed_has_the_same_jobs_and_each_is_valid() {
        let jobs = Load::new(1).batch(200);
        assert_eq!(jobs, Load::new(1).batch(200));
        assert_ne!(jobs, Load::new(2).batch(200));
        let mut distinct = BTreeSet::new();
        for (nth, job) in jobs.into_iter().enumerate() {
            let service = Service::named(job["service"].as_str().unwrap()).unwrap();
            assert_eq!(service, Service::ALL[nth % 4]);
            Payload::parse(service, job["payload"].clone()).unwrap();
            distinct.insert(job["priority"].to_string());
        }
        assert_eq!(distinct.len(), Priority::ALL.len());
    }
}
