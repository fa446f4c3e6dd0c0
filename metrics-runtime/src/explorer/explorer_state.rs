use std::{
    fmt, io, process,
    sync::{Arc, Mutex, MutexGuard, Weak},
    time::{Duration, Instant},
};

use osapi_metrics_explorer::{
    HistoryAnswer, HistoryQuery, Live, ProcessInfo, TooManyViewers, Viewer,
};

use super::recorder::Recorder;
use crate::{
    collection::{CollectError, Collector},
    config::ExplorerHistory,
    core::{catalogue::Catalogue, snapshot::Snapshot, sync::lock},
    periodic::{Occasion, PeriodicThread, PreparedThread, TaskError},
};

/// The time between two frames.
const INTERVAL: Duration = Duration::from_secs(1);

/// How long the history goes on after somebody looked.
const LINGER: Duration = Duration::from_secs(5 * 60);

/// What an explorer is made of.
pub(crate) struct ExplorerSetup {
    pub(crate) collector: Box<dyn Fn() -> Collector + Send + Sync>,
    pub(crate) catalogue: Catalogue,
    pub(crate) history: ExplorerHistory,
}

/// Keeps the history of a runtime while it is asked for, and passes it on. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Explorer(Arc<Shared>);

struct Shared {
    setup: ExplorerSetup,
    /// The process that the explorer was made in.
    process: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    live: Live,
    recorder: Recorder,
    last_look: Instant,
    /// Absent while nobody looks.
    thread: Option<PeriodicThread>,
    has_ended: bool,
}

/// The reason why there is nothing to see.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NothingToSee {
    #[error("the metrics runtime is shut down")]
    Ended,
    #[error(
        "this process was split by fork() from the one that was installed, where the explorer is; \
         install a runtime in this process"
    )]
    Split,
    #[error(transparent)]
    TooManyViewers(#[from] TooManyViewers),
    #[error("no thread could be started that reads the metrics: {0}")]
    NoThread(io::Error),
}

impl Explorer {
    /// An explorer that begins to read when somebody looks, or now if the history is kept always.
    pub(crate) fn new(process: ProcessInfo, setup: ExplorerSetup) -> Self {
        let state = State {
            live: Live::new(process, INTERVAL),
            recorder: Recorder::default(),
            last_look: Instant::now(),
            thread: None,
            has_ended: false,
        };
        let explorer =
            Self(Arc::new(Shared { setup, process: process::id(), state: Mutex::new(state) }));
        if explorer.0.setup.history == ExplorerHistory::Always
            && let Err(error) = explorer.0.look(&mut lock(&explorer.0.state))
        {
            tracing::warn!(%error, "the explorer keeps no history before somebody looks");
        }
        explorer
    }

    /// The history, as it is now.
    pub(crate) fn history(&self, query: &HistoryQuery) -> Result<HistoryAnswer, NothingToSee> {
        let mut state = self.0.state()?;
        self.0.look(&mut state)?;
        Ok(state.live.answer(query))
    }

    /// The events of a new viewer.
    pub(crate) fn watch(&self) -> Result<Viewer, NothingToSee> {
        let mut state = self.0.state()?;
        self.0.look(&mut state)?;
        Ok(state.live.watch()?)
    }

    /// Ends the thread and the events of all viewers.
    pub(crate) fn end(&self) {
        let mut state = lock(&self.0.state);
        state.has_ended = true;
        state.forget();
    }
}

impl Shared {
    /// The state, except in a process that was split: its copy of the lock may be held for ever,
    /// and its copy of the thread does not run.
    fn state(&self) -> Result<MutexGuard<'_, State>, NothingToSee> {
        if process::id() == self.process { Ok(lock(&self.state)) } else { Err(NothingToSee::Split) }
    }

    /// Notes that somebody looks. Starts the thread, whose first frame follows at once.
    fn look(self: &Arc<Self>, state: &mut State) -> Result<(), NothingToSee> {
        if state.has_ended {
            return Err(NothingToSee::Ended);
        }
        state.last_look = Instant::now();
        if state.thread.is_none() {
            let thread = PreparedThread::spawn("osapi-metrics-explorer");
            let thread = thread.map_err(NothingToSee::NoThread)?;
            let mut reading = Reading { explorer: Arc::downgrade(self), collector: None };
            let thread = thread.start(vec![INTERVAL], move |_, _| reading.next());
            // Nobody waits for the first frame.
            let _ = thread.request(Occasion::Flush);
            state.thread = Some(thread);
        }
        Ok(())
    }

    fn record(&self, state: &mut State, snapshot: &Snapshot) {
        const NANOS_PER_MILLI: u64 = 1_000_000;

        let names = self.setup.catalogue.never_recorded().map(|metric| metric.name);
        let State { live, recorder, .. } = state;
        live.record(snapshot.time.0 / NANOS_PER_MILLI, &names.collect::<Vec<_>>(), |frame| {
            recorder.record(snapshot, frame);
        });
    }
}

impl State {
    /// Ends the thread and gives the memory back.
    fn forget(&mut self) {
        self.thread = None;
        self.live.clear();
        self.recorder = Recorder::default();
    }

    fn is_viewed(&mut self, kept: ExplorerHistory) -> bool {
        if self.live.viewer_count() > 0 {
            self.last_look = Instant::now();
        }
        kept == ExplorerHistory::Always || self.last_look.elapsed() < LINGER
    }
}

/// The task of the thread.
struct Reading {
    explorer: Weak<Shared>,
    /// Made on the thread.
    collector: Option<Collector>,
}

impl Reading {
    fn next(&mut self) -> Result<(), TaskError> {
        let Some(explorer) = self.explorer.upgrade() else { return Ok(()) };
        {
            let mut state = lock(&explorer.state);
            if state.has_ended || !state.is_viewed(explorer.setup.history) {
                state.forget();
                return Ok(());
            }
        }
        let collector = self.collector.get_or_insert_with(&explorer.setup.collector);
        // The callbacks of users run without the lock.
        match Collector::begin().and_then(|collecting| collector.collect(&collecting)) {
            Ok(snapshot) => {
                let mut state = lock(&explorer.state);
                if !state.has_ended {
                    explorer.record(&mut state, snapshot);
                }
            }
            Err(error) => return Err(report(error)),
        }
        Ok(())
    }
}

fn report(error: CollectError) -> TaskError {
    tracing::debug!(%error, "the metrics could not be collected for the explorer");
    error.into()
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explorer").field("state", &self.state).finish_non_exhaustive()
    }
}
