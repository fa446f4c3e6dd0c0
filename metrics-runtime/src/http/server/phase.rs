//! Where a connection is between its requests.

use std::{
    sync::{Arc, Mutex},
    task::{Context, Waker},
};

use tokio::time::Instant;

use super::limits::ServerLimits;
use crate::core::sync::lock;

/// The phase of a connection, shared by its two ends: the bytes, and the service.
#[derive(Clone, Debug)]
pub(super) struct Phase(Arc<Mutex<State>>);

#[derive(Debug)]
enum State {
    /// The head of a request is on its way, or the first one has not begun.
    Head { since: Instant },
    /// The service has the request, or the client takes the answer. hyper may not read again when
    /// this ends, so the reader is woken.
    Serving { reader: Option<Waker> },
    /// The answer was given, and no byte has come or gone since.
    Idle { since: Instant },
    /// The service has the connection.
    Upgraded,
}

impl Phase {
    /// The phase of a new connection.
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State::Head { since: Instant::now() })))
    }

    /// Bytes have come.
    pub(super) fn read(&self) {
        let mut state = lock(&self.0);
        if let State::Idle { .. } = *state {
            *state = State::Head { since: Instant::now() };
        }
    }

    /// Bytes have gone.
    pub(super) fn wrote(&self) {
        if let State::Idle { since } = &mut *lock(&self.0) {
            *since = Instant::now();
        }
    }

    /// The head is complete. The request is served until the value is dropped.
    pub(super) fn serve(&self) -> Serving {
        *lock(&self.0) = State::Serving { reader: None };
        Serving(self.clone())
    }

    /// The time at which the connection is closed if nothing happens. Without one, the task is
    /// woken when there is one.
    pub(super) fn deadline(&self, limits: &ServerLimits, context: &Context<'_>) -> Option<Instant> {
        match &mut *lock(&self.0) {
            State::Head { since } => Some(*since + limits.head_timeout),
            State::Idle { since } => Some(*since + limits.idle_timeout),
            State::Serving { reader } => {
                *reader = Some(context.waker().clone());
                None
            }
            State::Upgraded => None,
        }
    }
}

/// A request that is served.
#[derive(Debug)]
pub(super) struct Serving(Phase);

impl Serving {
    /// The answer gives the connection to the service.
    pub(super) fn upgrade(&self) {
        *lock(&self.0.0) = State::Upgraded;
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let mut state = lock(&self.0.0);
        if let State::Serving { reader } = &mut *state {
            let reader = reader.take();
            *state = State::Idle { since: Instant::now() };
            drop(state);
            if let Some(reader) = reader {
                reader.wake();
            }
        }
    }
}
