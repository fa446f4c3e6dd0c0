//! The observation of a channel's fill level.

use tokio::sync::mpsc;

use super::ChannelRoles;
use crate::roles::{Dimension, Level, Observations};

/// What the senders of a channel share.
#[derive(Debug)]
pub(super) struct ObservedChannel {
    pub(super) roles: ChannelRoles,
    _observations: Observations,
}

impl ObservedChannel {
    pub(super) fn observe<T: Send + 'static>(
        sender: &mpsc::Sender<T>,
        roles: ChannelRoles,
    ) -> Self {
        let observations = [
            read(&roles.capacity, sender, |sender| sender.max_capacity() as f64),
            read(&roles.used, sender, |sender| used(sender) as f64),
            read(&roles.usage, sender, |sender| used(sender) as f64 / sender.max_capacity() as f64),
        ];
        roles.full.add(&(), 0);
        Self { roles, _observations: observations.into_iter().collect() }
    }
}

/// Reads a value from the channel at each collection. A strong sender lives no longer than the
/// reading, so it does not keep the channel open.
fn read<T: Send + 'static, D: Dimension>(
    level: &Level<D>,
    sender: &mpsc::Sender<T>,
    value: fn(&mpsc::Sender<T>) -> f64,
) -> Observations {
    let weak = sender.downgrade();
    level.observe(move |observer| {
        if let Some(sender) = weak.upgrade()
            && !sender.is_closed()
        {
            observer.observe(&(), value(&sender));
        }
    })
}

fn used<T>(sender: &mpsc::Sender<T>) -> usize {
    sender.max_capacity() - sender.capacity()
}
