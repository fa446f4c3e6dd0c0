//! Whether there is a connection, as far as the commands and the client show it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::LinkState;

/// The state of a connection. Each change begins an epoch.
///
/// Many commands share a connection, and their ends are seen in any order: one whose answer came
/// before the connection broke may be seen after one that failed. So a command changes the state
/// only in the epoch in which it began.
#[derive(Debug, Default)]
pub(super) struct Link {
    /// The epoch, above two bits for the state.
    word: AtomicU64,
}

/// A state of a [`Link`], with its epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Epoch(u64);

/// A change of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The first that was seen of the connection.
    First,
    /// A connection that was there is gone.
    Lost,
    /// A connection that was gone is there again.
    Restored,
}

const EPOCH: u64 = 4;
const CONNECTED: u64 = 1;
const DISCONNECTED: u64 = 2;

impl Link {
    /// The current epoch.
    pub(super) fn epoch(&self) -> Epoch {
        Epoch(self.word.load(Ordering::Relaxed))
    }

    /// The state; `None` if nothing has shown it yet.
    pub(super) fn state(&self) -> Option<LinkState> {
        self.epoch().state()
    }

    /// A command that began in an epoch has shown the state.
    pub(super) fn shown(&self, epoch: Epoch, state: LinkState) -> Option<Change> {
        let change = match (epoch.state(), state) {
            (None, _) => Change::First,
            (Some(LinkState::Connected), LinkState::Disconnected) => Change::Lost,
            (Some(LinkState::Disconnected), LinkState::Connected) => Change::Restored,
            _ => return None,
        };
        let state = match state {
            LinkState::Connected => CONNECTED,
            LinkState::Disconnected => DISCONNECTED,
        };
        let next = (epoch.0 / EPOCH + 1) * EPOCH + state;
        self.word
            .compare_exchange(epoch.0, next, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
            .then_some(change)
    }

    /// The client reports that the connection is gone.
    pub(super) fn lost(&self) -> Option<Change> {
        loop {
            let epoch = self.epoch();
            let change = self.shown(epoch, LinkState::Disconnected);
            if change.is_some() || epoch.state() == Some(LinkState::Disconnected) {
                return change;
            }
        }
    }
}

impl Epoch {
    fn state(self) -> Option<LinkState> {
        match self.0 % EPOCH {
            CONNECTED => Some(LinkState::Connected),
            DISCONNECTED => Some(LinkState::Disconnected),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Link, LinkState::*};

    #[test]
    fn the_state_is_unknown_until_it_is_shown() {
        let link = Link::default();
        assert_eq!(link.state(), None);
        assert_eq!(link.shown(link.epoch(), Connected), Some(Change::First));
        assert_eq!(link.shown(link.epoch(), Connected), None);
        assert_eq!(link.state(), Some(Connected));
        assert_eq!(Link::default().lost(), Some(Change::First));
    }

    #[test]
    fn commands_of_an_earlier_epoch_change_nothing() {
        let link = Link::default();
        link.shown(link.epoch(), Connected);
        let before = link.epoch();
        assert_eq!(link.shown(before, Disconnected), Some(Change::Lost));
        // Its answer came before the connection broke.
        assert_eq!(link.shown(before, Connected), None);
        assert_eq!(link.state(), Some(Disconnected));
        let broken = link.epoch();
        assert_eq!(link.shown(broken, Connected), Some(Change::Restored));
        // They failed with the connection before.
        assert_eq!(link.shown(before, Disconnected), None);
        assert_eq!(link.shown(broken, Disconnected), None);
        assert_eq!(link.state(), Some(Connected));
        assert_eq!(link.lost(), Some(Change::Lost));
        assert_eq!(link.lost(), None);
    }
}
