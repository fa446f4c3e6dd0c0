use std::pin::Pin;

use tokio::sync::watch;

/// In the extensions of each request: reports when the server ends, so that an answer that goes on
/// and on can end first.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(feature = "explorer"),
    allow(dead_code, reason = "the explorer has answers that go on and on")
)]
pub(in crate::http) struct Draining(watch::Receiver<()>);

#[cfg_attr(
    not(feature = "explorer"),
    allow(dead_code, reason = "the explorer has answers that go on and on")
)]
impl Draining {
    pub(super) fn new(drain: watch::Receiver<()>) -> Self {
        Self(drain)
    }

    /// Waits until the server ends.
    pub(in crate::http) fn wait(self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut drain = self.0;
        // An error is the end, too.
        Box::pin(async move { drop(drain.changed().await) })
    }
}
