//! What the clones of a connection share.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    DatabaseMetrics, LinkState, PoolLabels, RedisMetrics, RedisRoles,
    link::{Change, Link},
};
use crate::roles::{Observations, RecordRoles};

/// What the clones of a connection share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) roles: RedisRoles,
    pub(super) figures: Arc<Figures>,
    _observations: Observations,
}

/// What a collection reads.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) link: Link,
    pub(super) in_flight: AtomicU64,
}

impl Shared {
    /// Records the shipped sets, for a connection of this name.
    pub(super) fn named(name: impl Into<Cow<'static, str>>) -> Arc<Self> {
        let labels = PoolLabels { pool: name.into() };
        let mut roles = RedisMetrics::global().roles(&labels);
        let conventions = DatabaseMetrics::global().roles(&labels);
        roles.operation_duration = conventions.query_duration;
        roles.connect = conventions.connect;
        roles.connect_failures = conventions.acquire_failures;
        Self::of(roles)
    }

    /// Records the set `S`.
    pub(super) fn recorded_in<S: RecordRoles<RedisRoles>>(labels: &S::Labels) -> Arc<Self> {
        Self::of(S::global().roles(labels))
    }

    fn of(roles: RedisRoles) -> Arc<Self> {
        let figures = Arc::<Figures>::default();
        let observations = observe(&roles, &figures);
        Arc::new(Self { roles, figures, _observations: observations })
    }

    /// Counts a change of the connection's state.
    pub(super) fn changed(&self, change: Option<Change>) {
        match change {
            Some(Change::Lost) => self.roles.disconnections.inc(&()),
            Some(Change::Restored) => self.roles.reconnections.inc(&()),
            Some(Change::First) | None => {}
        }
    }
}

/// Observes what a collection reads, as long as there is the connection.
fn observe(roles: &RedisRoles, figures: &Arc<Figures>) -> Observations {
    let (links, link, operations) = (Arc::clone(figures), Arc::clone(figures), Arc::clone(figures));
    let observations = [
        roles.connections.observe(move |observer| {
            if let Some(state) = links.link.state() {
                for each in [LinkState::Connected, LinkState::Disconnected] {
                    observer.observe(&each, f64::from(u8::from(each == state)));
                }
            }
        }),
        roles.connected.observe(move |observer| {
            if let Some(state) = link.link.state() {
                observer.observe(&(), f64::from(u8::from(state == LinkState::Connected)));
            }
        }),
        roles.in_flight.observe(move |observer| {
            observer.observe(&(), operations.in_flight.load(Ordering::Relaxed) as f64);
        }),
    ];
    observations.into_iter().collect()
}
