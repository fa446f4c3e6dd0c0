//! The `http.server.*` metrics of any HTTP service, as a [tower layer](HttpServerLayer).
//!
//! Names, labels and boundaries follow OpenTelemetry's [semantic conventions for HTTP metrics][conventions]; see
//! [`HttpServerMetrics`] for each of them. The layer fits every service of [`http`] requests and responses, such as
//! axum's, hyper's and tonic's:
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
//! * with the last frame of the response's body, or with its head when no body follows;
//! * when the service or the body gives an error;
//! * when the response or the future that makes it is dropped, because the client went away or a time-out struck;
//! * when the service panics; the panic goes on unchanged.
//!
//! The conventions do not say whether the duration includes the body. Here it does, so a request is active for as
//! long as its duration counts, and a slow download shows in both.
//!
//! # Sizes of requests
//!
//! The size of a request's body is what the service has read of it when the request ends: 0 if nobody looked at it,
//! and less than was announced if it was refused or broken off. With axum that is all there is to know.
//!
//! A body of another type, such as hyper's `Incoming`, cannot be counted without giving the service another type of
//! body. [`HttpServerLayer::counting_requests`] does so. Without it, the size is the one that the body declares
//! (`Content-Length`, for a server's), whether it is read or not; where it declares none, the request is missing in
//! `http.server.request.body.size`.
//!
//! # Beside the official layer
//!
//! [`opentelemetry-instrumentation-tower`] 0.18 makes spans too, and takes attributes of one's own. Its metrics differ:
//!
//! | | there | here |
//! |---|---|---|
//! | a request that is cancelled or panics | stays active for ever, and is not in the duration | ends as `cancelled` or `panicked` |
//! | a streamed body | the duration ends with the head of the response | it ends with the body |
//! | body sizes | those that are declared; a streamed body has none | the bytes that passed |
//! | `error.type` | never, so that an error of the service looks like any request without a status | for whatever fails |
//! | unknown methods | a series each | `_OTHER` |
//! | a URI without scheme, which is all of HTTP/1 | `url.scheme` is empty | `http`, or as [the layer](HttpServerLayer::with_scheme) says |
//! | `network.protocol.version` | always | left out; the conventions recommend it |
//!
//! [`opentelemetry-instrumentation-tower`]: https://docs.rs/opentelemetry-instrumentation-tower
//! [conventions]: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/

mod in_flight;
mod metrics;
mod request_body;
mod response_body;
mod route;
mod series;
mod service;
#[cfg(all(test, feature = "prometheus"))]
mod tests;

pub use {
    metrics::{HttpServerMetrics, UrlScheme},
    request_body::{Counted, Given, RequestBody, RequestSizing},
    response_body::ResponseBody,
    route::HttpRoute,
    service::{HttpServerLayer, HttpServerService, ResponseFuture},
};
