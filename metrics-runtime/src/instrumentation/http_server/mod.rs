//! The `http.server.*` metrics of any HTTP service, as a [tower layer](HttpServerLayer).
//!
//! Names, labels and boundaries follow OpenTelemetry's [semantic conventions for HTTP
//! metrics][conventions]; [`HttpServerMetrics`] lists them. The layer fits every service of
//! [`http`] requests and responses, such as services of axum, hyper and tonic:
//!
#![cfg_attr(feature = "axum", doc = "```")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::{Router, routing::get};
//! use osapi_metrics::Metrics;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let metrics = Metrics::builder().enabled(true).install()?;
//! let app: Router = Router::new()
//!     .route("/jobs/{id}", get(|| async { "queued" }))
//!     .layer(metrics.http_layer())
//!     .merge(metrics.router());
//! # Ok(())
//! # }
//! ```
//!
//! # When a request ends
//!
//! A request begins when the service is called. It ends, and is recorded, exactly once:
//!
//! * with the last frame of the response's body, or with its head when no body follows. The last
//!   frame completes the declared length, has trailers, or is the one after which the body says
//!   that it has ended; a body without such a frame ends when it has no further one;
//! * when the service or the body returns an error;
//! * when the response, or the future that makes it, is dropped, because the server has noticed
//!   that the client is gone, or a time-out expired;
//! * when the service panics; the panic continues unchanged.
//!
//! The conventions do not specify whether the duration includes the body. Here it does, so a
//! request is active for as long as its duration, and a slow download shows in both.
//!
//! # Sizes of requests
//!
//! The size of a request's body is the number of bytes that the service has read when the request
//! ends: 0 if the service did not read it, and less than the declared length if the body was
//! refused or broke off. With axum, no configuration is needed for this.
//!
//! A body of another type, such as hyper's `Incoming`, cannot be counted without giving the service
//! another type of body. [`HttpServerLayer::counting_requests`] does so. Without it, the size is
//! the declared one (`Content-Length`, for a server), whether the body is read or not. A request
//! that declares no size is missing in `http.server.request.body.size`.
//!
//! # Methods
//!
//! The known methods are the variants of [`HttpMethod`], by the conventions' default list; upper
//! and lower case differ. Their number is a part of the declared series, which are fixed when the
//! program is compiled. So `OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS`, with which other
//! instrumentations replace their list, is not read: other methods are `_OTHER`.
//!
//! # Names of your own
//!
//! A set of the service names the [`HttpServerRoles`] that it records. [`Metrics::http_layer_in`]
//! makes a layer that records in this set instead of [`HttpServerMetrics`];
//! [`HttpServerLayer::new_in`] takes the labels of a set whose roles have labels, and has an
//! example of labels that depend on the request.
//!
#![cfg_attr(feature = "axum", doc = "```")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::{Router, routing::get};
//! use osapi_metrics::{
//!     Counter, Histogram, MetricSet, Metrics, instrumentation::http_server::HttpServerRoles,
//! };
//!
//! /// The requests of a service.
//! #[derive(MetricSet)]
//! #[metric_set(prefix = "http", roles(of = HttpServerRoles))]
//! struct ServiceHttp {
//!     /// Requests that have ended.
//!     #[metric(unit = "{request}", on = requests)]
//!     requests_total: Counter,
//!     /// Time of requests.
//!     #[metric(
//!         unit = "s",
//!         buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
//!         on = duration,
//!     )]
//!     request_duration_seconds: Histogram,
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let metrics = Metrics::builder().enabled(true).install()?;
//! let app: Router = Router::new()
//!     .route("/jobs/{id}", get(|| async { "queued" }))
//!     .layer(metrics.http_layer_in::<ServiceHttp>());
//! # Ok(())
//! # }
//! ```
//!
//! A request costs as much as its metrics: a metric without labels adds to its series, a metric
//! with labels of the request looks up its series first. To
//! record a service in two sets, give it two layers.
//!
//! # Beside the official layer
//!
//! [`opentelemetry-instrumentation-tower`] 0.18 also makes spans, and takes custom attributes. Its
//! metrics differ:
//!
//! | | there | here |
//! |---|---|---|
//! | a request that is cancelled or panics | stays active for ever, and is not in the duration | ends as `cancelled` or `panicked` |
//! | a streamed body | the duration ends with the head of the response | it ends with the body |
//! | body sizes | the declared sizes; a streamed body has none | the bytes that passed |
//! | `error.type` | never, so that an error of the service looks like any request without a status | for every failure |
//! | unknown methods | a series each | `_OTHER` |
//! | a URI without scheme, which is all of HTTP/1 | `url.scheme` is empty | `http`, or as [the layer](HttpServerLayer::with_scheme) says |
//! | `network.protocol.version` | always | left out; the conventions recommend it |
//!
//! [`opentelemetry-instrumentation-tower`]: https://docs.rs/opentelemetry-instrumentation-tower
//! [`Metrics::http_layer_in`]: crate::Metrics::http_layer_in
//! [conventions]: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/

mod in_flight;
mod metrics;
mod recorder;
mod request;
mod request_body;
mod response_body;
mod roles;
mod route;
mod series;
mod service;
#[cfg(all(test, feature = "prometheus"))]
mod tests;

pub use {
    metrics::HttpServerMetrics,
    recorder::{OwnSet, RequestRecorder, ShippedSet},
    request::{ActiveRequest, EndedRequest, HttpMethod, RequestFailure, UrlScheme},
    request_body::{Counted, Given, RequestBody, RequestSizing},
    response_body::ResponseBody,
    roles::HttpServerRoles,
    route::HttpRoute,
    service::{HttpServerLayer, HttpServerService, ResponseFuture},
};
