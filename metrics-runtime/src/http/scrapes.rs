//! What a request for the metrics is answered.

use std::{error::Error, sync::Arc, time::Duration};

use http::{
    HeaderMap, Response, StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, HeaderName, RETRY_AFTER, VARY,
        WWW_AUTHENTICATE,
    },
};
use tokio::time::timeout;

use super::{
    Source,
    answer::{AnswerBody, PLAIN, answer, holding, with},
    rendering::{Body, Renderings},
    slots::Slots,
    token_file::TokenFile,
};
use crate::{
    config::{BearerTokenError, MetricsConfig},
    core::self_metrics::{CountedScrape, ScrapeOutcome},
    exposition::{self, Format},
};

/// How long Prometheus waits for the answer, in seconds.
const WAITS: HeaderName = HeaderName::from_static("x-prometheus-scrape-timeout-seconds");
/// An answer that says why there are no metrics has to come before Prometheus gives up. The exporters of the
/// Prometheus project leave as much.
const WAY_BACK: Duration = Duration::from_millis(500);

/// Answers scrapes: to those who may, in the format that they want, and to so many at a time.
pub(super) struct Scrapes {
    source: Arc<dyn Source>,
    renderings: Renderings,
    token_file: Option<TokenFile>,
    slots: Arc<Slots>,
    limit: Duration,
}

/// Why a scrape gets no metrics.
enum Refusal {
    /// The token that it would have to present cannot be read.
    TokenUnreadable,
    /// It presents a wrong token, or none.
    Unauthorized { presented: bool },
    /// There is nothing to scrape.
    Unavailable(StatusCode, &'static str),
    /// It takes neither format.
    NotAcceptable,
    /// As many as are allowed go on already.
    Overloaded { limit: usize },
    /// A collection takes too long.
    TimedOut(Duration),
    /// A collection failed.
    Failed(Arc<dyn Error + Send + Sync>),
}

impl Scrapes {
    pub(super) fn new(
        source: Arc<dyn Source>,
        config: &MetricsConfig,
    ) -> Result<Self, BearerTokenError> {
        let limit = config.scrape_timeout;
        Ok(Self {
            renderings: Renderings::new(Arc::clone(&source)),
            source,
            token_file: config.bearer_token_file.as_deref().map(TokenFile::open).transpose()?,
            // As long again as the metrics may take to come about, they may take to be read.
            slots: Slots::new(config.max_concurrent_scrapes, limit.saturating_mul(2)),
            limit,
        })
    }

    pub(super) async fn answer(&self, headers: &HeaderMap) -> Response<AnswerBody> {
        let counted = CountedScrape::begin();
        let limit = limit(self.limit, headers);
        let scraped = timeout(limit, self.scrape(headers)).await;
        match scraped.unwrap_or(Err(Refusal::TimedOut(limit))) {
            Ok(response) => {
                counted.end(ScrapeOutcome::Succeeded);
                response
            }
            Err(refusal) => {
                counted.end(refusal.outcome());
                refusal.into_answer()
            }
        }
    }

    async fn scrape(&self, headers: &HeaderMap) -> Result<Response<AnswerBody>, Refusal> {
        if let Some(token) = &self.token_file
            && !token.admits(headers).await.map_err(|_| Refusal::TokenUnreadable)?
        {
            return Err(Refusal::Unauthorized { presented: headers.contains_key(AUTHORIZATION) });
        }
        if let Some((status, reason)) = self.source.unavailable() {
            return Err(Refusal::Unavailable(status, reason));
        }
        let format = exposition::negotiate(joined(headers, &ACCEPT).as_deref())
            .ok_or(Refusal::NotAcceptable)?;
        let compressed = exposition::accepts_gzip(joined(headers, &ACCEPT_ENCODING).as_deref());
        let overloaded = || Refusal::Overloaded { limit: self.slots.limit() };
        let slot = self.slots.take().ok_or_else(overloaded)?;

        let body = self.renderings.body(Body { format, compressed });
        let body = body.await.map_err(Refusal::Failed)?;
        let response = answer(StatusCode::OK, format.content_type(), body);
        let response = with(response, VARY, "Accept, Accept-Encoding");
        let response = if compressed { with(response, CONTENT_ENCODING, "gzip") } else { response };
        Ok(holding(response, slot))
    }
}

impl Refusal {
    fn outcome(&self) -> ScrapeOutcome {
        match self {
            Self::TokenUnreadable | Self::Failed(_) => ScrapeOutcome::Failed,
            Self::Unauthorized { .. } => ScrapeOutcome::Unauthorized,
            Self::Unavailable(..) => ScrapeOutcome::Unavailable,
            Self::NotAcceptable => ScrapeOutcome::NotAcceptable,
            Self::Overloaded { .. } => ScrapeOutcome::Overloaded,
            Self::TimedOut(_) => ScrapeOutcome::TimedOut,
        }
    }

    fn into_answer(self) -> Response<AnswerBody> {
        match self {
            Self::TokenUnreadable => {
                let reason = "the bearer token that a scrape has to present cannot be read\n";
                let response = answer(StatusCode::SERVICE_UNAVAILABLE, PLAIN, reason);
                with(response, RETRY_AFTER, "10")
            }
            Self::Unauthorized { presented } => {
                let refusal = "the metrics need the configured bearer token\n";
                let response = answer(StatusCode::UNAUTHORIZED, PLAIN, refusal);
                // Without a token there is no error to tell (RFC 6750, 3.1).
                let challenge = if presented {
                    r#"Bearer realm="metrics", error="invalid_token""#
                } else {
                    r#"Bearer realm="metrics""#
                };
                with(response, WWW_AUTHENTICATE, challenge)
            }
            Self::Unavailable(status, reason) => answer(status, PLAIN, format!("{reason}\n")),
            Self::NotAcceptable => {
                let offer = format!(
                    "available are {} and {}\n",
                    Format::OpenMetrics.content_type(),
                    Format::Text.content_type()
                );
                let response = answer(StatusCode::NOT_ACCEPTABLE, PLAIN, offer);
                with(response, VARY, "Accept, Accept-Encoding")
            }
            Self::Overloaded { limit } => {
                let reason = format!(
                    "{limit} scrapes are going on, which is the limit \
                     (`telemetry.metrics.max_concurrent_scrapes`)\n"
                );
                let response = answer(StatusCode::SERVICE_UNAVAILABLE, PLAIN, reason);
                with(response, RETRY_AFTER, "1")
            }
            Self::TimedOut(limit) => {
                let limit = humantime::format_duration(limit);
                let reason = format!("not collected within {limit}\n");
                let response = answer(StatusCode::SERVICE_UNAVAILABLE, PLAIN, reason);
                with(response, RETRY_AFTER, "10")
            }
            Self::Failed(error) => {
                let reason = format!("the metrics could not be rendered: {error}\n");
                answer(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, reason)
            }
        }
    }
}

/// How long a scrape may take: as configured, or less if its client waits for less.
fn limit(configured: Duration, headers: &HeaderMap) -> Duration {
    let seconds = headers.get(WAITS).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let waits = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    // What is not a time is no reason to refuse a scrape.
    let Some(waits) = waits.filter(|waits| !waits.is_zero()) else { return configured };
    configured.min(waits.saturating_sub(WAY_BACK.min(waits / 10)))
}

/// All lines of a list header as one (RFC 9110, 5.3); lines that are not text are left out.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Vec<_> =
        headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_less_gets_an_answer_before_that() {
        let configured = Duration::from_secs(15);
        let of = |value: &str| {
            let value = value.parse().unwrap();
            limit(configured, &HeaderMap::from_iter([(WAITS, value)])).as_millis()
        };
        for (waits, millis) in
            [("10", 9_500), ("10.000000", 9_500), ("1", 900), ("0.01", 9), ("15.4", 14_900)]
        {
            assert_eq!(of(waits), millis, "{waits}");
        }
        for ignored in ["15.5", "600", "1e300", "0", "-1", "NaN", "inf", "soon", ""] {
            assert_eq!(of(ignored), 15_000, "{ignored}");
        }
        assert_eq!(limit(configured, &HeaderMap::new()), configured);
    }
}
