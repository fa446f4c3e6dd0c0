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
//! [conventions]: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/

#[cfg(all(test, feature = "axum"))]
mod axum_tests;
mod body;
mod in_flight;
mod metrics;
mod route;
mod service;
#[cfg(all(test, feature = "prometheus"))]
mod tests;

pub use {
    body::ResponseBody,
    metrics::{HttpServerMetrics, UrlScheme},
    route::HttpRoute,
    service::{HttpServerLayer, HttpServerService, ResponseFuture},
};
