use std::{
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use super::{demand::Demand, source::Source};
use crate::core::{
    roles::{Count, RoleObserver},
    sync::lock,
};

/// The last sample of a [`Sampler`](super::Sampler), for observations. Clones are of the same
/// sampler, whose end leaves no sample.
pub struct Samples<T> {
    shared: Arc<Shared<T>>,
}

/// What a source had at one time.
#[derive(Debug)]
#[non_exhaustive]
pub struct Sample<T> {
    /// When the reading began.
    pub at: Instant,
    /// What was read.
    pub value: T,
}

struct Shared<T> {
    source: Source,
    errors: Count,
    interval: Duration,
    state: Mutex<State<T>>,
}

struct State<T> {
    last: Option<Arc<Sample<T>>>,
    /// Whether the last reading that has ended succeeded.
    is_current: bool,
    reading: Reading,
    demand: Demand,
}

/// The reading that is under way.
#[derive(Clone, Copy, Debug)]
enum Reading {
    None,
    Began(Instant),
    /// Was counted as a failure before its end.
    Hangs,
    /// There is no other reading.
    Ended,
}

/// A reading that takes more than this number of intervals counts as failed before its end.
const PATIENCE: u32 = 3;

impl<T> Samples<T> {
    pub(super) fn new(source: &'static str, interval: Duration, errors: Count) -> Self {
        let state = State {
            last: None,
            is_current: false,
            reading: Reading::None,
            demand: Demand::new(interval),
        };
        let source = Source::new(source);
        Self { shared: Arc::new(Shared { source, errors, interval, state: Mutex::new(state) }) }
    }

    /// The last sample. `None` before the first reading has ended, after a reading that failed,
    /// while a reading takes more than three intervals, and after the end of the sampler.
    ///
    /// A call says that there is a reader: samples that nobody would read are not taken.
    pub fn latest(&self) -> Option<Arc<Sample<T>>> {
        let now = Instant::now();
        let mut state = lock(&self.shared.state);
        state.demand.read(now);
        match state.reading {
            Reading::Began(at) if now.saturating_duration_since(at) > self.patience() => {
                state.reading = Reading::Hangs;
                drop(state);
                let error = format!("no answer for {:?}", self.patience());
                self.shared.source.check::<(), _>(Err(error), &self.shared.errors);
                None
            }
            Reading::Hangs | Reading::Ended => None,
            Reading::None | Reading::Began(_) => state.last.clone().filter(|_| state.is_current),
        }
    }

    /// The closure of an observation, which reports what it finds in the last sample.
    pub fn observation<C, F>(
        &self,
        report: F,
    ) -> impl Fn(&mut RoleObserver<'_, C>) + Send + Sync + 'static + use<T, C, F>
    where
        T: Send + Sync + 'static,
        C: 'static,
        F: Fn(&T, &mut RoleObserver<'_, C>) + Send + Sync + 'static,
    {
        let samples = self.clone();
        move |observer| {
            if let Some(sample) = samples.latest() {
                report(&sample.value, observer);
            }
        }
    }

    /// The closure of an observation of the time since the last sample, for a role
    /// `Level<Seconds>`. It goes on while readings fail or hang, and is absent before the first
    /// sample.
    pub fn age_observation(
        &self,
    ) -> impl Fn(&mut RoleObserver<'_, ()>) + Send + Sync + 'static + use<T>
    where
        T: Send + Sync + 'static,
    {
        let samples = self.clone();
        move |observer| {
            let at = lock(&samples.shared.state).last.as_ref().map(|sample| sample.at);
            if let Some(at) = at {
                observer.observe(&(), at.elapsed().as_secs_f64());
            }
        }
    }

    pub(super) fn is_due(&self) -> bool {
        lock(&self.shared.state).demand.is_due(Instant::now())
    }

    /// Takes a sample.
    pub(super) fn take<E: fmt::Display>(&self, read: impl FnOnce() -> Result<T, E>) {
        let at = Instant::now();
        lock(&self.shared.state).reading = Reading::Began(at);
        let read = read();
        let read = self.shared.source.check(read, &self.shared.errors);
        let mut state = lock(&self.shared.state);
        state.is_current = read.is_some();
        if let Some(value) = read {
            state.last = Some(Arc::new(Sample { at, value }));
        }
        state.reading = Reading::None;
        state.demand.sample(at);
    }

    /// There is no further sample.
    pub(super) fn end(&self) {
        let mut state = lock(&self.shared.state);
        state.reading = Reading::Ended;
        state.last = None;
    }

    fn patience(&self) -> Duration {
        self.shared.interval.saturating_mul(PATIENCE)
    }
}

impl<T> Clone for Samples<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> fmt::Debug for Samples<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Samples").field("source", &self.shared.source).finish_non_exhaustive()
    }
}
