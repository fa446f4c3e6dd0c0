//! Push to a [Pushgateway], for batch jobs that end before anybody can scrape them.
//!
//! ```no_run
//! use osapi_metrics::{Metrics, pushgateway::Pushgateway};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let metrics = Metrics::builder().service_name("backup").enabled(true).install()?;
//! // The job runs.
//! let gateway = Pushgateway::new("http://pushgateway:9091", "backup").grouping("instance", "db1");
//! metrics.push_to(&gateway)?;
//! # Ok(())
//! # }
//! ```
//!
//! A gateway keeps a group of metrics for each grouping key, which is the job with the further
//! labels that [`grouping`](Pushgateway::grouping) adds, until the group is deleted. Prometheus
//! scrapes the gateway with `honor_labels: true`.
//!
//! | method | request | effect on the group |
//! |---|---|---|
//! | [`Metrics::push_to`](crate::Metrics::push_to) | `PUT` | all of its metrics are replaced |
//! | [`Metrics::add_to`](crate::Metrics::add_to) | `POST` | metrics of the same names are replaced |
//! | [`Metrics::delete_from`](crate::Metrics::delete_from) | `DELETE` | it is deleted |
//!
//! * These methods block the thread until the gateway has answered, at most for the
//!   [`timeout`](Pushgateway::timeout). `push_to_async`, `add_to_async` and `delete_from_async` do
//!   not, and run on any async runtime.
//! * A request is sent once. The job decides whether it tries again.
//! * The metrics are in the text format 0.0.4, the one that a gateway reads.
//! * The proxies of the environment count, as for the [push over OTLP](crate::config#proxies).
//! * If metrics are disabled, not served to Prometheus or shut down, nothing is sent.
//!
//! [Pushgateway]: https://github.com/prometheus/pushgateway

mod error;
mod exposed_labels;
mod gateway;
mod grouping;
mod request;

pub use error::PushgatewayError;
pub use gateway::Pushgateway;

pub(crate) use gateway::GroupRequest;
