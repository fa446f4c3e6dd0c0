//! The observed clients, and the sums of the clients of one name.

use std::{
    ops::{Add, Sub},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    task::{Context, Poll, Waker},
};

use async_nats::{Client, Statistics, connection::State};
use futures_sink::Sink;

use super::{NatsMetrics, metrics::ClientLabels};
use crate::{ObservableCounter, instruments::Observation};

/// The groups that have clients. A process has few groups.
static GROUPS: Mutex<Vec<Arc<Group>>> = Mutex::new(Vec::new());

/// The clients that share the series of one name.
#[derive(Debug)]
pub(super) struct Group {
    /// The set of the process, or of the capture of a test.
    set: &'static NatsMetrics,
    labels: ClientLabels,
    members: Arc<Mutex<Members>>,
    /// Not empty while the group has members.
    observations: Mutex<Vec<Observation>>,
}

#[derive(Debug, Default)]
struct Members {
    present: Vec<Member>,
    /// The counts of members that have left: a counter must not fall.
    past: Counts,
}

/// A client, with all its clones.
#[derive(Debug)]
struct Member {
    client: Client,
    statistics: Arc<Statistics>,
    /// The counts before the observation.
    begun: Counts,
    observed: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    reconnects: u64,
    received_messages: u64,
    sent_messages: u64,
    received_bytes: u64,
    sent_bytes: u64,
}

/// Adds a client to the group of these labels.
pub(super) fn join(client: &Client, set: &'static NatsMetrics, labels: ClientLabels) -> Arc<Group> {
    let mut groups = lock(&GROUPS);
    let same = |group: &&Arc<Group>| std::ptr::eq(group.set, set) && group.labels == labels;
    let group = groups.iter().find(same).cloned().unwrap_or_else(|| {
        let group = Arc::new(Group::new(set, labels));
        groups.push(Arc::clone(&group));
        group
    });
    lock(&group.members).add(client);
    group
}

/// Removes a client from its group, and ends the group's observations if it was the last client.
pub(super) fn leave(group: &Arc<Group>, statistics: &Arc<Statistics>) {
    let mut groups = lock(&GROUPS);
    let mut members = lock(&group.members);
    let left = members.remove(statistics);
    let ended = if members.present.is_empty() {
        groups.retain(|other| !Arc::ptr_eq(other, group));
        std::mem::take(&mut *lock(&group.observations))
    } else {
        Vec::new()
    };
    // Dropped after the locks, because the drop may run other code.
    drop((members, groups));
    drop((left, ended));
}

impl Group {
    fn new(set: &'static NatsMetrics, labels: ClientLabels) -> Self {
        let members = Arc::<Mutex<Members>>::default();
        let count = |counter: &ObservableCounter<ClientLabels>, of: fn(&Counts) -> u64| {
            let (members, labels) = (Arc::clone(&members), labels.clone());
            counter.observe_each(move |observer| {
                let members = lock(&members);
                if !members.present.is_empty() {
                    observer.observe(&labels, of(&members.counts()));
                }
            })
        };
        let mut observations = vec![
            count(&set.reconnects_total, |counts| counts.reconnects),
            count(&set.received_messages_total, |counts| counts.received_messages),
            count(&set.sent_messages_total, |counts| counts.sent_messages),
            count(&set.received_bytes_total, |counts| counts.received_bytes),
            count(&set.sent_bytes_total, |counts| counts.sent_bytes),
        ];
        let (connected, of) = (Arc::clone(&members), labels.clone());
        observations.push(set.connected.observe_each(move |observer| {
            let members = lock(&connected);
            if !members.present.is_empty() {
                observer.observe(&of, members.are_connected().into());
            }
        }));
        Self { set, labels, members, observations: Mutex::new(observations) }
    }
}

impl Members {
    fn add(&mut self, client: &Client) {
        let statistics = client.statistics();
        if let Some(known) = self.find(&statistics) {
            self.present[known].observed += 1;
        } else {
            let begun = Counts::of(&statistics);
            self.present.push(Member { client: client.clone(), statistics, begun, observed: 1 });
        }
    }

    /// Returns the client if its last observation has ended.
    fn remove(&mut self, statistics: &Arc<Statistics>) -> Option<Member> {
        let at = self.find(statistics)?;
        self.present[at].observed -= 1;
        if self.present[at].observed > 0 {
            return None;
        }
        let member = self.present.remove(at);
        self.past = self.past + member.counts();
        Some(member)
    }

    fn find(&self, statistics: &Arc<Statistics>) -> Option<usize> {
        self.present.iter().position(|member| Arc::ptr_eq(&member.statistics, statistics))
    }

    fn counts(&self) -> Counts {
        self.present.iter().fold(self.past, |sum, member| sum + member.counts())
    }

    fn are_connected(&self) -> bool {
        self.present.iter().all(|member| is_connected(&member.client))
    }
}

impl Member {
    fn counts(&self) -> Counts {
        Counts::of(&self.statistics) - self.begun
    }
}

/// Whether the client has a connection. The state of a client does not change when the client is
/// drained or its runtime ends. No task reads the client's commands then, which its sink of
/// messages reports.
fn is_connected(client: &Client) -> bool {
    let mut sink = client.clone();
    let ready = Pin::new(&mut sink).poll_ready(&mut Context::from_waker(Waker::noop()));
    client.connection_state() == State::Connected && !matches!(ready, Poll::Ready(Err(_)))
}

impl Counts {
    fn of(statistics: &Statistics) -> Self {
        Self {
            // Zero connects: the client never had a connection.
            reconnects: statistics.connects.load(Ordering::Relaxed).saturating_sub(1),
            received_messages: statistics.in_messages.load(Ordering::Relaxed),
            sent_messages: statistics.out_messages.load(Ordering::Relaxed),
            received_bytes: statistics.in_bytes.load(Ordering::Relaxed),
            sent_bytes: statistics.out_bytes.load(Ordering::Relaxed),
        }
    }

    fn zip(self, other: Self, with: fn(u64, u64) -> u64) -> Self {
        Self {
            reconnects: with(self.reconnects, other.reconnects),
            received_messages: with(self.received_messages, other.received_messages),
            sent_messages: with(self.sent_messages, other.sent_messages),
            received_bytes: with(self.received_bytes, other.received_bytes),
            sent_bytes: with(self.sent_bytes, other.sent_bytes),
        }
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.zip(other, u64::wrapping_add)
    }
}

impl Sub for Counts {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.zip(other, u64::wrapping_sub)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
