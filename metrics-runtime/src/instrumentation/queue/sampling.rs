//! The samples of the depth of a queue.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Error, Row};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{Queue, QueueRoles, QueueVerb};
use crate::roles::Observations;

/// A sample is shown for this number of intervals.
const SHOWN: u32 = 3;

/// The shortest interval.
const SHORTEST: Duration = Duration::from_millis(1);

/// Keeps the depth of a queue sampled. Dropping this value ends the task and the series.
#[derive(Debug)]
#[must_use = "sampling ends when this value is dropped; `keep()` it for the life of the process"]
pub struct QueueSampling {
    task: JoinHandle<()>,
    last: LastSample,
    shown: Duration,
    _observations: Observations,
}

/// The state of a queue at one time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct QueueSample {
    /// When the sample was read.
    pub at: Instant,
    /// The messages in the queue.
    pub depth: u64,
    /// The messages in the queue that a read would return.
    pub visible_depth: u64,
    /// The time that the oldest message had been in the queue; absent for an empty queue.
    pub age: Option<Duration>,
}

/// The last sample, if there was one.
type LastSample = Arc<Mutex<Option<QueueSample>>>;

impl Queue {
    /// Reads the depth of the queue and the age of its oldest message now and at each interval, in
    /// a task of its own. A collection shows the last sample, and none that is older than three
    /// intervals; [`sample_age`](QueueRoles::sample_age) shows the time since the last sample as
    /// long as there was one.
    ///
    /// A sample counts the rows of the queue's table, so its cost grows with the depth. A sample
    /// that fails, or takes longer than three intervals, is counted among the errors; a line of the
    /// log says so once, and another line when samples succeed again.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn sample(&self, interval: Duration) -> QueueSampling {
        let interval = interval.max(SHORTEST);
        let shown = interval.saturating_mul(SHOWN);
        let last = LastSample::default();
        let observations = observe(&self.shared.roles, &last, shown);
        let (queue, samples) = (self.clone(), Arc::clone(&last));
        let task = tokio::spawn(async move {
            let mut is_failing = false;
            loop {
                queue.sample_once(&samples, shown, &mut is_failing).await;
                sleep(interval).await;
            }
        });
        QueueSampling { task, last, shown, _observations: observations }
    }

    async fn sample_once(&self, last: &LastSample, limit: Duration, is_failing: &mut bool) {
        let running = self.begin(QueueVerb::Sample);
        let failure = match timeout(limit, without_panic(self.read_sample())).await {
            Ok(sample) => running.end(sample).map(|sample| *lock(last) = Some(sample)).err(),
            Err(_) => {
                running.time_out();
                Some(Error::Io(std::io::ErrorKind::TimedOut.into()))
            }
        };
        let queue = self.name();
        match (&failure, *is_failing) {
            (Some(error), false) => tracing::warn!(queue, %error, "a queue cannot be sampled"),
            (None, true) => tracing::info!(queue, "the queue can be sampled again"),
            _ => {}
        }
        *is_failing = failure.is_some();
    }

    async fn read_sample(&self) -> Result<QueueSample, Error> {
        let sample = sqlx::query(AssertSqlSafe(Arc::clone(&self.shared.sample)));
        let row = sample.fetch_one(&self.database).await?;
        Ok(QueueSample {
            at: Instant::now(),
            depth: row.try_get::<i64, _>("depth")?.unsigned_abs(),
            visible_depth: row.try_get::<i64, _>("visible_depth")?.unsigned_abs(),
            age: row
                .try_get::<Option<f64>, _>("age")?
                .map(|age| Duration::try_from_secs_f64(age).unwrap_or_default()),
        })
    }
}

/// A panic as an error: `sqlx` panics at some messages that no PostgreSQL sends, and the samples go
/// on for as long as the process.
async fn without_panic<T>(reading: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let mut reading = pin!(reading);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| reading.as_mut().poll(context)));
        polled.unwrap_or_else(|_| {
            let message = "what the database sends cannot be read: the client panicked";
            Poll::Ready(Err(Error::Protocol(message.into())))
        })
    })
    .await
}

impl QueueSampling {
    /// The last sample, unless it is older than three intervals.
    pub fn latest(&self) -> Option<QueueSample> {
        recent(&self.last, self.shown)
    }

    /// Keeps the sampling for the rest of the process, or of the tokio runtime.
    pub fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for QueueSampling {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn observe(roles: &QueueRoles, last: &LastSample, shown: Duration) -> Observations {
    let recent = {
        let last = Arc::clone(last);
        move || recent(&last, shown)
    };
    let (depth, visible, age, last) = (recent.clone(), recent.clone(), recent, Arc::clone(last));
    let observations = [
        roles.depth.observe(move |observer| {
            if let Some(sample) = depth() {
                observer.observe(&(), sample.depth as f64);
            }
        }),
        roles.visible_depth.observe(move |observer| {
            if let Some(sample) = visible() {
                observer.observe(&(), sample.visible_depth as f64);
            }
        }),
        roles.age.observe(move |observer| {
            if let Some(age) = age().and_then(|sample| sample.age) {
                observer.observe(&(), age.as_secs_f64());
            }
        }),
        roles.sample_age.observe(move |observer| {
            if let Some(sample) = *lock(&last) {
                observer.observe(&(), sample.at.elapsed().as_secs_f64());
            }
        }),
    ];
    observations.into_iter().collect()
}

fn recent(last: &LastSample, shown: Duration) -> Option<QueueSample> {
    lock(last).filter(|sample| sample.at.elapsed() <= shown)
}

fn lock(last: &LastSample) -> std::sync::MutexGuard<'_, Option<QueueSample>> {
    last.lock().unwrap_or_else(PoisonError::into_inner)
}
