//! The beginning and the end of the observation of a client.

use std::{borrow::Cow, sync::Arc};

use async_nats::{Client, Statistics};

use super::{
    ClientLabels, NatsMetrics, NatsRoles,
    clients::{Group, join, leave},
};
use crate::roles::RecordRoles;

/// Keeps a client observed. Dropping this value ends the observation and drops its clone of the
/// client.
#[derive(Debug)]
#[must_use = "an observation ends when this value is dropped; `keep()` it for the life of the process"]
pub struct NatsObservation {
    group: Arc<Group>,
    client: Arc<Statistics>,
}

/// Records the [`NatsMetrics`] of this client, without the label `client`.
///
/// ```no_run
/// use osapi_metrics::instrumentation::nats;
///
/// # async fn run() -> Result<(), async_nats::Error> {
/// let client = async_nats::connect("nats://127.0.0.1:4222").await?;
/// let observation = nats::observe(&client);
/// client.publish("greetings", "hello".into()).await?;
/// drop(observation);
/// # Ok(())
/// # }
/// ```
pub fn observe(client: &Client) -> NatsObservation {
    observe_in::<NatsMetrics>(client, &ClientLabels::default())
}

/// Records the [`NatsMetrics`] of this client with the label `client`, for processes with several
/// clients. An empty name is equal to no name.
///
/// ```no_run
/// use osapi_metrics::instrumentation::nats;
///
/// # async fn run() -> Result<(), async_nats::Error> {
/// let orders = async_nats::connect("nats://orders.internal").await?;
/// let audit = async_nats::connect("nats://audit.internal").await?;
/// nats::observe_named(&orders, "orders").keep();
/// nats::observe_named(&audit, "audit").keep();
/// # Ok(())
/// # }
/// ```
pub fn observe_named(client: &Client, name: impl Into<Cow<'static, str>>) -> NatsObservation {
    let name = Some(name.into()).filter(|name| !name.is_empty());
    observe_in::<NatsMetrics>(client, &ClientLabels { client: name })
}

/// Records a client in a set of your own, which has `roles(of = NatsRoles)`. The labels are those
/// of `roles(…, labels = …)`, `()` without them. Clients that are observed in one set with equal
/// labels share their series. The [module](super#names-of-your-own) has an example.
pub fn observe_in<S>(client: &Client, labels: &S::Labels) -> NatsObservation
where
    S: RecordRoles<NatsRoles, Labels: PartialEq>,
{
    NatsObservation { group: join(client, S::global(), labels), client: client.statistics() }
}

impl NatsObservation {
    /// Keeps the observation for the rest of the process. The client's connection stays open as
    /// long, unless it is drained.
    pub fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for NatsObservation {
    fn drop(&mut self) {
        leave(&self.group, &self.client);
    }
}
