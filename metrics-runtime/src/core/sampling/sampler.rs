use std::{
    fmt::{self, Display},
    io,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use super::samples::Samples;
use crate::core::{roles::Count, sync::catch_panic};

/// Reads a source that can hang, on a thread of its own, so that no collection waits for it.
///
/// The thread reads at once, and then at most once for each interval. A reading that no reader
/// would see is left out: with an exporter that comes every minute and an interval of ten seconds,
/// there is one reading a minute, in the ten seconds before the exporter comes.
///
/// A reading that fails, panics, or takes more than three intervals is counted among the errors,
/// and its values are absent; a line of the log says so once, and another line when readings
/// succeed again. Dropping the sampler ends the thread, once a reading that is under way has ended.
///
/// ```
/// use std::time::Duration;
///
/// use osapi_metrics::{
///     roles::{Bytes, Count, Level, Seconds},
///     sampling::Sampler,
/// };
///
/// /// What an instrumentation of a tape library measures.
/// #[derive(Debug, Default)]
/// pub struct TapeRoles {
///     /// Bytes that are free.
///     pub free: Level<Bytes>,
///     /// Time since the last sample.
///     pub sample_age: Level<Seconds>,
///     /// Readings that failed.
///     pub reading_errors: Count,
/// }
///
/// # fn ask_the_library() -> std::io::Result<u64> { Ok(5) }
/// # let mut roles = TapeRoles::default();
/// let errors = std::mem::take(&mut roles.reading_errors);
/// let interval = Duration::from_secs(30);
/// let sampler = Sampler::spawn("tape library", interval, errors, ask_the_library)?;
/// let samples = sampler.samples();
/// roles.free.observe(samples.observation(|free, observer| {
///     observer.observe(&(), *free as f64);
/// })).keep();
/// roles.sample_age.observe(samples.age_observation()).keep();
/// sampler.keep();
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "sampling ends when this value is dropped; `keep()` it for the life of the process"]
pub struct Sampler<T> {
    samples: Samples<T>,
    /// Its end is the end of the thread.
    _end: mpsc::Sender<()>,
}

/// The shortest interval.
const SHORTEST: Duration = Duration::from_millis(1);

/// The longest interval. Instants that are further away cannot be represented on every system.
const LONGEST: Duration = Duration::from_secs(60 * 60 * 24 * 365);

impl<T: Send + Sync + 'static> Sampler<T> {
    /// Starts the thread. `source` is the name of what is read in lines of the log; `errors` counts
    /// readings that failed. An interval below a millisecond is a millisecond, and one above a year
    /// is a year.
    ///
    /// # Errors
    ///
    /// If the system does not give the process another thread.
    pub fn spawn<E: Display>(
        source: &'static str,
        interval: Duration,
        errors: Count,
        mut read: impl FnMut() -> Result<T, E> + Send + 'static,
    ) -> io::Result<Self> {
        let interval = interval.clamp(SHORTEST, LONGEST);
        let samples = Samples::new(source, interval, errors);
        let (end, ended) = mpsc::channel();
        let read = move || match catch_panic(&mut read) {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("the reading panicked".to_owned()),
        };
        let taken = samples.clone();
        // Linux shows 15 characters of a thread's name.
        let thread = thread::Builder::new().name("osapi-sampler".to_owned());
        thread.spawn(move || run(interval, &taken, &ended, read))?;
        Ok(Self { samples, _end: end })
    }

    /// The last sample, for observations.
    pub fn samples(&self) -> Samples<T> {
        self.samples.clone()
    }

    /// Keeps the sampler for the rest of the process.
    pub fn keep(self) {
        std::mem::forget(self);
    }
}

fn run<T>(
    interval: Duration,
    samples: &Samples<T>,
    ended: &Receiver<()>,
    mut read: impl FnMut() -> Result<T, String>,
) {
    let mut next = Instant::now();
    loop {
        if samples.is_due() {
            samples.take(&mut read);
        }
        // Samples that were missed meanwhile are left out.
        next = (next + interval).max(Instant::now());
        let wait = next.saturating_duration_since(Instant::now());
        if ended.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

impl<T> Drop for Sampler<T> {
    fn drop(&mut self) {
        self.samples.end();
    }
}

impl<T> fmt::Debug for Sampler<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampler").field("samples", &self.samples).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
            mpsc,
        },
        time::{Duration, Instant},
    };

    use super::*;

    const SHORT: Duration = Duration::from_millis(1);
    const LONG: Duration = Duration::from_secs(3600);

    /// Waits for a state of the samples, for which the sampler needs other threads' time.
    fn wait_for<T>(samples: &Samples<T>, is_so: impl Fn(Option<&T>) -> bool) {
        let begin = Instant::now();
        while !is_so(samples.latest().as_deref().map(|sample| &sample.value)) {
            assert!(begin.elapsed() < Duration::from_secs(60), "the state does not come");
            thread::yield_now();
        }
    }

    fn spawn<T: Send + Sync + 'static>(
        interval: Duration,
        read: impl FnMut() -> Result<T, &'static str> + Send + 'static,
    ) -> Sampler<T> {
        Sampler::spawn("test", interval, Count::default(), read).unwrap()
    }

    #[test]
    fn samples_follow_each_other() {
        let mut number = 0;
        let taken = spawn(SHORT, move || {
            number += 1;
            Ok(number)
        });
        for expected in [1, 5, 9] {
            wait_for(&taken.samples(), |value| value.is_some_and(|value| *value >= expected));
        }
    }

    #[test]
    fn a_failure_leaves_no_sample_until_the_next_one() {
        let (answers, mut next) = (mpsc::channel(), Err("absent"));
        let (answer, answered) = answers;
        let taken = spawn(SHORT, move || {
            next = answered.try_recv().unwrap_or(next);
            if next == Ok(0) { panic!("a reading that panics") } else { next }
        });
        let samples = taken.samples();
        wait_for(&samples, |value| value.is_none());
        for number in [1, 2] {
            answer.send(Ok(number)).unwrap();
            wait_for(&samples, |value| value == Some(&number));
            answer.send(if number == 1 { Err("gone") } else { Ok(0) }).unwrap();
            wait_for(&samples, |value| value.is_none());
        }
    }

    #[test]
    fn a_reading_that_hangs_leaves_no_sample_and_blocks_no_reader() {
        let (release, released) = mpsc::channel();
        let (hangs, reading) = (Arc::new(AtomicBool::new(false)), 1);
        let hangs_now = Arc::clone(&hangs);
        let taken = spawn(SHORT, move || {
            if hangs_now.load(Ordering::SeqCst) {
                released.recv().map_err(|_| "the end")?;
            }
            Ok(reading)
        });
        let samples = taken.samples();
        wait_for(&samples, |value| value == Some(&reading));
        hangs.store(true, Ordering::SeqCst);
        wait_for(&samples, |value| value.is_none());
        hangs.store(false, Ordering::SeqCst);
        release.send(()).unwrap();
        wait_for(&samples, |value| value == Some(&reading));
    }

    #[test]
    fn an_interval_may_have_any_length() {
        for interval in [Duration::ZERO, Duration::MAX] {
            let taken = spawn(interval, || Ok(1));
            let samples = taken.samples();
            wait_for(&samples, |value| value == Some(&1));
            // The next reading and the next reader are at instants that can be represented.
            samples.is_due();
        }
    }

    #[test]
    fn the_first_reading_is_at_once_and_the_end_ends_the_thread() {
        let (alive, ended) = mpsc::channel::<()>();
        let taken = spawn(LONG, move || {
            let _ = &alive;
            Ok(1)
        });
        let samples = taken.samples();
        wait_for(&samples, |value| value == Some(&1));
        drop(taken);
        assert!(samples.latest().is_none());
        assert!(ended.recv().is_err());
    }
}
