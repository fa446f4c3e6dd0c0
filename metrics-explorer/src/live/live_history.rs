use std::time::Duration;

use bytes::Bytes;

use super::viewers::{MAX_VIEWERS, Viewer, Viewers};
use crate::{
    answers::{HistoryAnswer, ProcessInfo},
    history::{History, HistoryQuery, Limits, Recording},
};

/// A history that grows by a frame at each interval, and is shown to those who watch.
///
/// ```
/// use std::{sync::Arc, time::Duration};
///
/// use osapi_metrics_explorer::{
///     HistoryQuery, Live, MetricInfo, MetricKind, NewSeries, ProcessInfo,
/// };
///
/// let mut live = Live::new(ProcessInfo::default(), Duration::from_secs(1));
/// let metric = Arc::new(MetricInfo::new("jobs_total", "shop", MetricKind::Counter, "{job}"));
/// live.record(1_796_000_000_000, &["jobs_failed_total"], |frame| {
///     let series = NewSeries { metric: &metric, labels: &[], boundaries: None };
///     let key = frame.begin_series(&series).expect("there is room for it");
///     frame.number(key, 17.0);
/// });
/// let viewer = live.watch()?;
/// let answer: String = live.answer(&HistoryQuery::parse("")?).collect();
/// assert!(answer.contains("\"values\":[17]"));
/// # drop(viewer);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Live {
    process: ProcessInfo,
    interval_ms: u64,
    history: History,
    viewers: Viewers,
    /// The names of the declared metrics that nobody has recorded.
    never_recorded: Vec<Box<str>>,
}

/// As many watch as are allowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{MAX_VIEWERS} viewers watch, which is the limit")]
pub struct TooManyViewers;

impl Live {
    /// An empty history of a process, with a frame at each interval, and the limits of
    /// [`Limits::default`].
    #[must_use]
    pub fn new(process: ProcessInfo, interval: Duration) -> Self {
        Self {
            process,
            interval_ms: u64::try_from(interval.as_millis()).unwrap_or(u64::MAX),
            history: History::new(Limits::default()),
            viewers: Viewers::default(),
            never_recorded: Vec::new(),
        }
    }

    /// Records the frame of this time, in milliseconds since 1970, and sends it to those who watch.
    /// `never_recorded` has the names of the declared metrics that nobody has recorded.
    pub fn record(
        &mut self,
        time_ms: u64,
        never_recorded: &[impl AsRef<str>],
        write: impl FnOnce(&mut Recording<'_>),
    ) {
        let mut frame = self.history.record(time_ms);
        write(&mut frame);
        frame.finish();
        let is_same = self.never_recorded.iter().map(|name| &**name);
        let is_same = is_same.eq(never_recorded.iter().map(AsRef::as_ref));
        if !is_same {
            self.never_recorded = never_recorded.iter().map(|name| name.as_ref().into()).collect();
        }
        let Self { process, interval_ms, history, viewers, never_recorded } = self;
        let update = || event("update", &history.update((!is_same).then_some(&**never_recorded)));
        viewers.send(update, || hello(history, process, *interval_ms, never_recorded));
    }

    /// The answer of `/history`, as it is now; it is written while it is read, and needs `self` no
    /// more.
    pub fn answer(&self, query: &HistoryQuery) -> HistoryAnswer {
        self.history.answer(query, &self.process, self.interval_ms)
    }

    /// The events of a new viewer.
    ///
    /// # Errors
    ///
    /// [`TooManyViewers`] if 64 watch.
    pub fn watch(&mut self) -> Result<Viewer, TooManyViewers> {
        if self.viewer_count() >= MAX_VIEWERS {
            return Err(TooManyViewers);
        }
        let Self { process, interval_ms, history, viewers, never_recorded } = self;
        let has_frames = history.frame_count() > 0;
        Ok(viewers.add(has_frames.then(|| hello(history, process, *interval_ms, never_recorded))))
    }

    /// The number of those who still watch.
    pub fn viewer_count(&mut self) -> usize {
        self.viewers.count()
    }

    /// Ends the events of all who watch, and gives the memory of the history back.
    pub fn clear(&mut self) {
        self.viewers.clear();
        self.history = History::new(Limits::default());
    }
}

fn hello(
    history: &History,
    process: &ProcessInfo,
    interval_ms: u64,
    never_recorded: &[Box<str>],
) -> Bytes {
    event("hello", &history.hello(process, interval_ms, never_recorded))
}

/// A server-sent event. The data is one line.
fn event(name: &str, data: &str) -> Bytes {
    format!("event: {name}\ndata: {data}\n\n").into()
}
