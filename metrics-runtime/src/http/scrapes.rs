//! The answer to a request for the metrics.

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
    answer::{AnswerBody, JSON, answer, error, holding, with},
    name_parameters::{InvalidNames, name_filter},
    request::{EndpointRequest, joined},
    scrape_limit::{ScrapeLimit, ScrapePermit},
    single_flight::{Representation, SingleFlight},
    source::MetricsSource,
    token_file::TokenFile,
};
use crate::{
    core::self_metrics::{CountedScrape, ScrapeOutcome},
    exposition::{self, Format, Negotiated, ScrapeFormat},
};

/// The header in which Prometheus sends its scrape timeout, in seconds.
const SCRAPE_TIMEOUT: HeaderName = HeaderName::from_static("x-prometheus-scrape-timeout-seconds");
/// The time between the end of a scrape and the scrape timeout of Prometheus. An answer that
/// reports why there are no metrics has to arrive before Prometheus gives up. The exporters of the
/// Prometheus project leave the same margin.
const RESPONSE_MARGIN: Duration = Duration::from_millis(500);

/// Answers scrapes: checks the token, negotiates the format, and limits number and time.
pub(super) struct Scrapes {
    source: Arc<dyn MetricsSource>,
    single_flight: SingleFlight,
    token_file: Option<TokenFile>,
    limit: Arc<ScrapeLimit>,
    timeout: Duration,
}

/// The reason why a scrape gets no metrics.
pub(super) enum Rejection {
    /// The configured token cannot be read.
    TokenUnreadable,
    /// The request presents a wrong token, or no token.
    Unauthorized { presented: bool },
    /// There is nothing to scrape.
    Unavailable(StatusCode, &'static str),
    /// The request refuses every format.
    NotAcceptable,
    /// The names that the request asks for cannot be read.
    InvalidNames(InvalidNames),
    /// The limit of concurrent scrapes is reached.
    Overloaded { limit: usize },
    /// The collection takes too long.
    TimedOut(Duration),
    /// The collection failed.
    Failed(Arc<dyn Error + Send + Sync>),
}

impl Scrapes {
    pub(super) fn new(
        source: Arc<dyn MetricsSource>,
        token_file: Option<TokenFile>,
        max_concurrent_scrapes: usize,
        timeout: Duration,
    ) -> Self {
        Self {
            single_flight: SingleFlight::new(Arc::clone(&source)),
            source,
            token_file,
            // The client may take as long to read the metrics as their collection may take.
            limit: ScrapeLimit::new(max_concurrent_scrapes, timeout.saturating_mul(2)),
            timeout,
        }
    }

    pub(super) async fn answer(&self, request: &EndpointRequest<'_>) -> Response<AnswerBody> {
        let counted = CountedScrape::begin();
        let limit = limit(self.timeout, request.headers);
        let scraped = timeout(limit, self.scrape(request)).await;
        match scraped.unwrap_or(Err(Rejection::TimedOut(limit))) {
            Ok(response) => {
                counted.end(ScrapeOutcome::Succeeded);
                response
            }
            Err(rejection) => {
                counted.end(rejection.outcome());
                rejection.into_answer()
            }
        }
    }

    /// The answer to a request for the catalogue. It takes the place of a scrape, and is not
    /// counted as one.
    pub(super) async fn catalogue(&self, headers: &HeaderMap) -> Response<AnswerBody> {
        let permit = match self.check(headers).await {
            Ok(()) => self.admit(),
            Err(rejection) => Err(rejection),
        };
        match permit {
            Ok(permit) => holding(answer(StatusCode::OK, JSON, self.source.catalogue()), permit),
            Err(rejection) => rejection.into_answer(),
        }
    }

    /// Checks the token, and whether there are metrics.
    pub(super) async fn check(&self, headers: &HeaderMap) -> Result<(), Rejection> {
        if let Some(token) = &self.token_file
            && !token.admits(headers).await.map_err(|_| Rejection::TokenUnreadable)?
        {
            return Err(Rejection::Unauthorized { presented: headers.contains_key(AUTHORIZATION) });
        }
        match self.source.unavailable() {
            Some((status, reason)) => Err(Rejection::Unavailable(status, reason)),
            None => Ok(()),
        }
    }

    pub(super) fn admit(&self) -> Result<ScrapePermit, Rejection> {
        self.limit.admit().ok_or_else(|| Rejection::Overloaded { limit: self.limit.limit() })
    }

    async fn scrape(
        &self,
        request: &EndpointRequest<'_>,
    ) -> Result<Response<AnswerBody>, Rejection> {
        let &EndpointRequest { headers, query, .. } = request;
        self.check(headers).await?;
        let Negotiated { format, content_type } =
            exposition::negotiate(joined(headers, &ACCEPT).as_deref())
                .ok_or(Rejection::NotAcceptable)?;
        let compressed = exposition::accepts_gzip(joined(headers, &ACCEPT_ENCODING).as_deref());
        let filter = name_filter(query).map_err(Rejection::InvalidNames)?;
        let permit = self.admit()?;

        let representation = Representation { format, filter, compressed };
        let body = self.single_flight.render(representation).await.map_err(Rejection::Failed)?;
        let response = answer(StatusCode::OK, content_type, body);
        let response = with(response, VARY, "Accept, Accept-Encoding");
        let response = if compressed { with(response, CONTENT_ENCODING, "gzip") } else { response };
        Ok(holding(response, permit))
    }
}

impl Rejection {
    fn outcome(&self) -> ScrapeOutcome {
        match self {
            Self::TokenUnreadable | Self::Failed(_) => ScrapeOutcome::Failed,
            Self::Unauthorized { .. } => ScrapeOutcome::Unauthorized,
            Self::Unavailable(..) => ScrapeOutcome::Unavailable,
            Self::NotAcceptable | Self::InvalidNames(_) => ScrapeOutcome::NotAcceptable,
            Self::Overloaded { .. } => ScrapeOutcome::Overloaded,
            Self::TimedOut(_) => ScrapeOutcome::TimedOut,
        }
    }

    pub(super) fn into_answer(self) -> Response<AnswerBody> {
        match self {
            Self::TokenUnreadable => {
                let reason = "the bearer token that a scrape has to present cannot be read";
                let response = error(StatusCode::SERVICE_UNAVAILABLE, "token_unreadable", reason);
                with(response, RETRY_AFTER, "10")
            }
            Self::Unauthorized { presented } => {
                let reason = "the metrics need the configured bearer token";
                let response = error(StatusCode::UNAUTHORIZED, "unauthorized", reason);
                // Without a token there is no error to report (RFC 6750, 3.1).
                let challenge = if presented {
                    r#"Bearer realm="metrics", error="invalid_token""#
                } else {
                    r#"Bearer realm="metrics""#
                };
                with(response, WWW_AUTHENTICATE, challenge)
            }
            Self::Unavailable(status, reason) => error(status, "no_metrics", reason),
            Self::NotAcceptable => {
                let offer = format!(
                    "available are {}, {} and {}",
                    Format::OpenMetrics.content_type(),
                    ScrapeFormat::Protobuf.content_type(),
                    Format::Text.content_type()
                );
                let response = error(StatusCode::NOT_ACCEPTABLE, "not_acceptable", offer);
                with(response, VARY, "Accept, Accept-Encoding")
            }
            Self::InvalidNames(invalid) => {
                error(StatusCode::BAD_REQUEST, "invalid_names", invalid.to_string())
            }
            Self::Overloaded { limit } => {
                let reason = format!(
                    "{limit} scrapes are going on, which is the limit \
                     (`telemetry.metrics.max_concurrent_scrapes`)"
                );
                let response = error(StatusCode::SERVICE_UNAVAILABLE, "too_many_scrapes", reason);
                with(response, RETRY_AFTER, "1")
            }
            Self::TimedOut(limit) => {
                let reason = format!("not collected within {}", humantime::format_duration(limit));
                let response = error(StatusCode::SERVICE_UNAVAILABLE, "timed_out", reason);
                with(response, RETRY_AFTER, "10")
            }
            Self::Failed(cause) => {
                let reason = format!("the metrics could not be rendered: {cause}");
                error(StatusCode::INTERNAL_SERVER_ERROR, "not_rendered", reason)
            }
        }
    }
}

/// The longest time that a scrape may take: the configured time, or less if the client's timeout is
/// shorter.
fn limit(configured: Duration, headers: &HeaderMap) -> Duration {
    let seconds =
        headers.get(SCRAPE_TIMEOUT).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let waits = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    // A header that is not a time does not reject a scrape.
    let Some(waits) = waits.filter(|waits| !waits.is_zero()) else { return configured };
    configured.min(waits.saturating_sub(RESPONSE_MARGIN.min(waits / 10)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_with_a_shorter_timeout_gets_its_answer_before_it() {
        let configured = Duration::from_secs(15);
        let of = |value: &str| {
            let value = value.parse().unwrap();
            limit(configured, &HeaderMap::from_iter([(SCRAPE_TIMEOUT, value)])).as_millis()
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
