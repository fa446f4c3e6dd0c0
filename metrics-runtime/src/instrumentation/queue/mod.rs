//! Queues of [PGMQ] in PostgreSQL.
//!
//! A [`Queue`] sends and receives with PGMQ's functions, over an
//! [`ObservedPool`](super::sqlx::ObservedPool), and measures what it does. [`QueueMetrics`] lists
//! the metrics; the queries have [the metrics of the pool](super::sqlx) too:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use osapi_metrics::instrumentation::{queue::Queue, sqlx::ObservedPool};
//!
//! # async fn run(pool: sqlx::PgPool) -> Result<(), Box<dyn std::error::Error>> {
//! let queue = Queue::new(ObservedPool::new(pool, "shop"), "orders")?;
//! queue.create().await?;
//! queue.sample(Duration::from_secs(15)).keep();
//!
//! queue.send(&"an order").await?;
//! for message in queue.read::<String>(Duration::from_secs(30), 10).await? {
//!     match message.body {
//!         Ok(order) => println!("{order}"),
//!         Err(error) => eprintln!("message {} is foreign: {error}", message.id),
//!     }
//!     queue.delete(message.id).await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What is measured
//!
//! * **Messages** that were sent, received, deleted and archived. Messages that are sent or deleted
//!   [in a transaction](Queue::send_on) count when the statement has succeeded.
//! * **Messages that come back**: a message with a read count above 1 was received before, and
//!   neither deleted nor archived before its visibility ended. It counts as a retry and as a
//!   visibility time-out. PGMQ does not report which consumer let the time pass, nor whether one
//!   gave the message back with [`extend`](Queue::extend).
//! * **Operations** with their time, and those that failed or were cancelled by the class of their
//!   error.
//! * **Depth, visible depth and age of the oldest message**, by [samples](Queue::sample) in the
//!   background: a collection does not query the database. An empty queue has no age. When samples
//!   fail, the series are left out.
//!
//! # Installation
//!
//! The functions and tables of PGMQ 1.10 or later must be in the database, in the schema `pgmq`.
//! They need no extension and no superuser: the crate [`pgmq`][crate] has PGMQ's SQL, and installs
//! or updates it on PostgreSQL 15 as the owner of the database. For `sqlx` 0.9 it is at present
//! `pgmq = { version = "=0.34.0-alpha.7", default-features = false, features =
//! ["install-sql-embedded"] }`, with one call at the start of the service, on the pool that is not
//! observed:
//!
//! ```ignore
//! pgmq::install::install_sql_from_embedded(&pool).await?;
//! ```
//!
//! It takes a lock, runs in a transaction, and writes to the table `pgmq.__pgmq_migrations` what it
//! has run, so several processes may start at the same time. It must not be used in a database that
//! has the extension `pgmq`.
//!
//! # Names of your own
//!
//! A service with other names declares a set, whose metrics have the roles of [`QueueRoles`]:
//!
//! ```no_run
//! use osapi_metrics::{
//!     Counter, LabelSet, MetricSet, ObservableGauge,
//!     instrumentation::{
//!         queue::{Queue, QueueNameError, QueueRoles},
//!         sqlx::ObservedPool,
//!     },
//! };
//!
//! #[derive(Clone, LabelSet)]
//! struct Namespace {
//!     #[label(max = 20)]
//!     namespace: &'static str,
//! }
//!
//! /// The queues of a shop.
//! #[derive(MetricSet)]
//! #[metric_set(prefix = "shop", roles(of = QueueRoles, labels = Namespace))]
//! struct ShopQueues {
//!     /// Messages that were sent.
//!     #[metric(name = "shop.queue.sent.total", unit = "{message}", on = sent)]
//!     sent: Counter,
//!     /// Messages in the queue.
//!     #[metric(name = "shop.queue.depth", unit = "{message}", on = depth)]
//!     depth: ObservableGauge<Namespace>,
//! }
//!
//! # fn run(database: ObservedPool<sqlx::Postgres>) -> Result<(), QueueNameError> {
//! let labels = Namespace { namespace: "shipping" };
//! let queue = Queue::new_in::<ShopQueues>(database, "shipping", &labels)?;
//! # Ok(())
//! # }
//! ```
//!
//! [PGMQ]: https://github.com/pgmq/pgmq
//! [crate]: https://docs.rs/pgmq/0.34.0-alpha.7/pgmq/install/

mod handle;
mod message;
mod metrics;
mod name;
mod operation;
mod roles;
mod sampling;

pub use {
    handle::Queue,
    message::Message,
    metrics::{QueueLabels, QueueMetrics},
    name::QueueNameError,
    roles::{QueueOperation, QueueRoles, QueueVerb},
    sampling::{QueueSample, QueueSampling},
};
