//! The series of one client in a scrape.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use async_nats::Statistics;
use osapi_metrics::exposition::Format;

use crate::RUNTIME;

/// The longest time that a test waits for a client.
const PATIENCE: Duration = Duration::from_secs(60);

/// The values of a client's series; `None` for a series that is not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) connected: Option<u64>,
    pub(super) reconnects: Option<u64>,
    pub(super) received_messages: Option<u64>,
    pub(super) sent_messages: Option<u64>,
    pub(super) received_bytes: Option<u64>,
    pub(super) sent_bytes: Option<u64>,
}

/// The series of a client by its name; for an empty name, the series without labels.
pub(super) fn read(client: &str) -> Reading {
    let text = RUNTIME.render(Format::Text);
    let labels = if client.is_empty() { String::new() } else { format!("{{client=\"{client}\"}}") };
    let value = |metric: &str| {
        let series = format!("osapi_nats_{metric}{labels} ");
        text.lines().find_map(|line| line.strip_prefix(&series)?.parse().ok())
    };
    Reading {
        connected: value("connected"),
        reconnects: value("reconnects_total"),
        received_messages: value("received_messages_total"),
        sent_messages: value("sent_messages_total"),
        received_bytes: value("received_bytes_total"),
        sent_bytes: value("sent_bytes_total"),
    }
}

/// Waits for a future, but not for ever.
pub(super) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("it is there in time")
}

/// Waits until the series of a client satisfy a condition.
pub(super) async fn becomes(client: &str, so: impl Fn(&Reading) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let now = read(client);
        if so(&now) {
            return;
        }
        assert!(Instant::now() < deadline, "{client} stays {now:?}");
        tokio::task::yield_now().await;
    }
}

impl Reading {
    /// One value for every count, and no state of the connection.
    pub(super) fn all(count: u64) -> Self {
        let count = Some(count);
        Self {
            connected: None,
            reconnects: count,
            received_messages: count,
            sent_messages: count,
            received_bytes: count,
            sent_bytes: count,
        }
    }

    /// The counts of the client itself.
    pub(super) fn of(statistics: &Statistics) -> Self {
        macro_rules! value {
            ($count:ident) => {
                Some(statistics.$count.load(Ordering::Relaxed))
            };
        }
        Self {
            connected: None,
            reconnects: value!(connects),
            received_messages: value!(in_messages),
            sent_messages: value!(out_messages),
            received_bytes: value!(in_bytes),
            sent_bytes: value!(out_bytes),
        }
    }

    /// The counts since an earlier reading.
    pub(super) fn since(&self, before: &Self) -> Self {
        let mut since = self.clone();
        for (count, before) in since.counts_mut().into_iter().zip(before.counts()) {
            *count = count.zip(before).map(|(count, before)| count - before);
        }
        since
    }

    /// Whether no count is greater than in `most`.
    pub(super) fn is_within(&self, most: &Self) -> bool {
        self.counts().into_iter().zip(most.counts()).all(|(count, most)| count <= most)
    }

    fn counts(&self) -> [Option<u64>; 5] {
        [
            self.reconnects,
            self.received_messages,
            self.sent_messages,
            self.received_bytes,
            self.sent_bytes,
        ]
    }

    fn counts_mut(&mut self) -> [&mut Option<u64>; 5] {
        [
            &mut self.reconnects,
            &mut self.received_messages,
            &mut self.sent_messages,
            &mut self.received_bytes,
            &mut self.sent_bytes,
        ]
    }
}
