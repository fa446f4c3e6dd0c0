use tokio::sync::watch;

/// The progress of an attempt, in percent. It only grows. Clones share it.
#[derive(Clone, Debug)]
pub struct Progress(watch::Sender<u8>);

impl Progress {
    /// A progress of 0, and its receiver, which ends with the last clone of the progress.
    pub fn new() -> (Self, watch::Receiver<u8>) {
        let (sender, receiver) = watch::channel(0);
        (Self(sender), receiver)
    }

    /// Says that a part of the work is done.
    pub fn set(&self, done: u64, all: u64) {
        let percent = (done.min(all) * 100).checked_div(all).unwrap_or(100);
        let percent = u8::try_from(percent).unwrap_or(100);
        self.0.send_if_modified(|last| {
            let grows = percent > *last;
            *last = percent.max(*last);
            grows
        });
    }
}
