//! The observed clients, and the sums of the clients of one name.

use std::{
    any::Any,
    fmt,
    ops::{Add, Sub},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    task::{Context, Poll, Waker},
};

use async_nats::{Client, Statistics, connection::State};
use futures_sink::Sink;

use super::NatsRoles;
use crate::roles::{Dimension, Observations, RecordRoles, Total};

/// The groups that have clients. A process has few groups.
static GROUPS: Mutex<Vec<Arc<Group>>> = Mutex::new(Vec::new());

/// The clients that share the series of the same labels in a set.
pub(super) struct Group {
    /// A [`Key`] of the type of the set.
    key: Box<dyn Any + Send + Sync>,
    members: Arc<Mutex<Members>>,
    /// Held while the group has members.
    observations: Mutex<Observations>,
}

/// The set and the labels of a group.
struct Key<S: RecordRoles<NatsRoles>> {
    /// The set of the process, or of the capture of a test.
    set: &'static S,
    labels: S::Labels,
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

/// Adds a client to the group of these labels in the set.
pub(super) fn join<S>(client: &Client, set: &'static S, labels: &S::Labels) -> Arc<Group>
where
    S: RecordRoles<NatsRoles, Labels: PartialEq>,
{
    let mut groups = lock(&GROUPS);
    let group =
        groups.iter().find(|group| group.is_of(set, labels)).cloned().unwrap_or_else(|| {
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
        Observations::default()
    };
    // Dropped after the locks, because the drop may run other code.
    drop((members, groups));
    drop((left, ended));
}

impl Group {
    fn new<S: RecordRoles<NatsRoles>>(set: &'static S, labels: &S::Labels) -> Self {
        let members = Arc::<Mutex<Members>>::default();
        let roles = set.roles(labels);
        let connected = Arc::clone(&members);
        let observations = [
            roles.connected.observe(move |observer| {
                let members = lock(&connected);
                if !members.present.is_empty() {
                    observer.observe(&(), f64::from(u8::from(members.are_connected())));
                }
            }),
            count(&roles.reconnects, &members, |counts| counts.reconnects),
            count(&roles.received_messages, &members, |counts| counts.received_messages),
            count(&roles.sent_messages, &members, |counts| counts.sent_messages),
            count(&roles.received_bytes, &members, |counts| counts.received_bytes),
            count(&roles.sent_bytes, &members, |counts| counts.sent_bytes),
        ];
        let observations = Mutex::new(observations.into_iter().collect());
        Self { key: Box::new(Key { set, labels: labels.clone() }), members, observations }
    }

    fn is_of<S>(&self, set: &'static S, labels: &S::Labels) -> bool
    where
        S: RecordRoles<NatsRoles, Labels: PartialEq>,
    {
        let key = self.key.downcast_ref::<Key<S>>();
        key.is_some_and(|key| std::ptr::eq(key.set, set) && key.labels == *labels)
    }
}

/// Reports a sum of the members at each collection.
fn count<D: Dimension>(
    total: &Total<D>,
    members: &Arc<Mutex<Members>>,
    of: fn(&Counts) -> u64,
) -> Observations {
    let members = Arc::clone(members);
    total.observe(move |observer| {
        let members = lock(&members);
        if !members.present.is_empty() {
            observer.observe(&(), of(&members.counts()) as f64);
        }
    })
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group").field("members", &self.members).finish_non_exhaustive()
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
