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
pub(super) struct Phase(Arc<Mutex<Shared>>);

#[derive(Debug)]
struct Shared {
    state: State,
    /// The client may send bytes that nobody reads: the rest of a head, or a body.
    may_send: bool,
}

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
        let state = State::Head { since: Instant::now() };
        Self(Arc::new(Mutex::new(Shared { state, may_send: false })))
    }

    /// Bytes have come.
    pub(super) fn read(&self) {
        let mut shared = lock(&self.0);
        if let State::Idle { .. } = shared.state {
            shared.state = State::Head { since: Instant::now() };
        }
        if let State::Head { .. } = shared.state {
            shared.may_send = true;
        }
    }

    /// Bytes have gone.
    pub(super) fn wrote(&self) {
        if let State::Idle { since } = &mut lock(&self.0).state {
            *since = Instant::now();
        }
    }

    /// The head is complete. The request is served until the value is dropped.
    pub(super) fn serve(&self, has_body: bool) -> Serving {
        *lock(&self.0) = Shared { state: State::Serving { reader: None }, may_send: has_body };
        Serving(self.clone())
    }

    /// The server stops: what a client still sends is of no interest.
    pub(super) fn drain(&self) {
        lock(&self.0).may_send = false;
    }

    /// Whether the client may send bytes that nobody reads.
    pub(super) fn may_send(&self) -> bool {
        lock(&self.0).may_send
    }

    /// The time at which the connection is closed if nothing happens. Without one, the task is
    /// woken when there is one.
    pub(super) fn deadline(&self, limits: &ServerLimits, context: &Context<'_>) -> Option<Instant> {
        match &mut lock(&self.0).state {
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
        lock(&self.0.0).state = State::Upgraded;
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let mut shared = lock(&self.0.0);
        if let State::Serving { reader } = &mut shared.state {
            let reader = reader.take();
            shared.state = State::Idle { since: Instant::now() };
            drop(shared);
            if let Some(reader) = reader {
                reader.wake();
            }
        }
    }
}
