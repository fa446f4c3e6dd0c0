//! What the server pushes.

use std::{fmt, sync::Weak};

use redis::{
    PushInfo, PushKind,
    aio::{AsyncPushSender, SendError},
};

use super::{PushClass, shared::Shared};

/// A sender of pushes that counts them and passes them on. Made by
/// [`ConnectionObserver::pushes_to`](super::ConnectionObserver::pushes_to).
pub struct ObservedPushes<P> {
    /// A client keeps its configuration, and so this sender, which does not keep the series.
    shared: Weak<Shared>,
    receiver: P,
}

impl<P> ObservedPushes<P> {
    pub(super) fn new(shared: Weak<Shared>, receiver: P) -> Self {
        Self { shared, receiver }
    }
}

impl<P: AsyncPushSender> AsyncPushSender for ObservedPushes<P> {
    fn send(&self, push: PushInfo) -> Result<(), SendError> {
        let class = class(&push.kind);
        let shared = self.shared.upgrade();
        if let Some(shared) = &shared {
            shared.roles.pushes.inc(&class);
            if class == PushClass::Disconnection {
                shared.changed(shared.figures.link.lost());
            }
        }
        let sent = self.receiver.send(push);
        if let (Some(shared), Err(_)) = (shared, &sent) {
            shared.roles.lost_pushes.inc(&class);
        }
        sent
    }
}

impl<P> fmt::Debug for ObservedPushes<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservedPushes").finish_non_exhaustive()
    }
}

fn class(kind: &PushKind) -> PushClass {
    match kind {
        PushKind::Message | PushKind::PMessage | PushKind::SMessage => PushClass::Message,
        PushKind::Subscribe
        | PushKind::PSubscribe
        | PushKind::SSubscribe
        | PushKind::Unsubscribe
        | PushKind::PUnsubscribe
        | PushKind::SUnsubscribe => PushClass::Subscription,
        PushKind::Invalidate => PushClass::Invalidation,
        PushKind::Disconnection => PushClass::Disconnection,
        _ => PushClass::Other,
    }
}
