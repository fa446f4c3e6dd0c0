use std::{ops::Deref, sync::Arc, time::Instant};

use crate::core::{
    registry::capture::CapturedSets,
    sync::scope::{CaptureClock, Listener, Scope},
};

/// A capture: the values that were captured so far. Clones share one capture.
///
/// ```
/// use osapi_metrics::{JobMetrics, testing::Captured};
///
/// let captured = Captured::new();
/// let length = captured.run(|| {
///     JobMetrics::global().created("image.resize").inc();
///     "image.resize".len()
/// });
/// assert_eq!(length, 12);
/// assert_eq!(captured.counter("osapi_jobs_created_total", &[]), 1);
/// ```
#[derive(Clone, Default)]
pub struct Captured {
    pub(super) sets: Arc<CapturedSets>,
    clock: Arc<CaptureClock>,
}

/// Captures the values that a thread records, until it is dropped. Made by
/// [`capture_thread`](super::capture_thread), and read through the methods of [`Captured`].
#[derive(Debug)]
#[must_use = "the capture ends when this value is dropped"]
pub struct ThreadCapture {
    captured: Captured,
    _scope: Scope,
}

impl Captured {
    /// A capture without values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Captures the values that `block` records on this thread, also if it panics. Returns the
    /// block's return value.
    pub fn run<R>(&self, block: impl FnOnce() -> R) -> R {
        let _scope = self.enter();
        block()
    }

    /// Takes the time of the captured jobs and timers from `clock`, from now on.
    ///
    /// For tests on tokio's paused clock, which does not wait for a sleep but goes ahead:
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use osapi_metrics::{instrumented_job, testing};
    ///
    /// #[instrumented_job(name = "report.collect")]
    /// async fn build() {
    ///     tokio::time::sleep(Duration::from_secs(10)).await;
    /// }
    ///
    /// # /* A test is not run here:
    /// #[tokio::test(start_paused = true)]
    /// # */
    /// async fn a_report_takes_ten_seconds() {
    ///     let captured = testing::capture_thread();
    ///     captured.set_clock(|| tokio::time::Instant::now().into_std());
    ///     build().await;
    ///     assert_eq!(captured.histogram("osapi_job_duration_seconds", &[]).sum, 10.0);
    /// }
    /// # let mut runtime = tokio::runtime::Builder::new_current_thread();
    /// # let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    /// # runtime.block_on(a_report_takes_ten_seconds());
    /// ```
    ///
    /// The [module](super#time) says which times follow the clock. The closure must not record.
    pub fn set_clock(&self, clock: impl Fn() -> Instant + Send + Sync + 'static) {
        self.clock.set(clock);
    }

    pub(super) fn enter(&self) -> Scope {
        let receiver = Arc::<CapturedSets>::clone(&self.sets);
        Scope::enter(Some(Listener { receiver, clock: Arc::clone(&self.clock) }))
    }
}

impl ThreadCapture {
    pub(super) fn begin(captured: Captured) -> Self {
        Self { _scope: captured.enter(), captured }
    }
}

impl Deref for ThreadCapture {
    type Target = Captured;

    fn deref(&self) -> &Captured {
        &self.captured
    }
}
