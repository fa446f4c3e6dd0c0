//! Captures: the values that one test records, apart from tests that run at the same time. (Feature
//! `testing`.)
//!
//! ```toml
//! [dev-dependencies]
//! osapi-metrics = { version = "…", features = ["testing"] }
//! ```
//!
//! A capture takes the values that a block of code records, or a future, and a test reads them
//! afterwards:
//!
//! ```
//! use osapi_metrics::{instrumented_job, testing};
//!
//! #[instrumented_job(name = "number.parse")]
//! fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
//!     text.parse()
//! }
//!
//! # /* A test is not run here:
//! #[test]
//! # */
//! fn a_word_is_no_number() {
//!     let captured = testing::capture(|| {
//!         parse("7").unwrap();
//!         parse("seven").unwrap_err();
//!     });
//!     let ended = |status| captured.counter("osapi_jobs_completed_total", &[("status", status)]);
//!     assert_eq!(ended("completed"), 1);
//!     assert_eq!(ended("failed"), 1);
//!     assert_eq!(captured.up_down_counter("osapi_jobs_active", &[]), 0);
//!     assert_eq!(captured.histogram("osapi_job_duration_seconds", &[]).count, 2);
//! }
//! # a_word_is_no_number();
//! ```
//!
//! No runtime has to be installed. An installed runtime makes no difference, nor does one that is
//! configured to be off. Captured values are not exported.
//!
//! # Where a capture reaches
//!
//! | to capture | use |
//! |---|---|
//! | a block of code | [`capture()`] |
//! | an async block | [`capture_async`] |
//! | the rest of a test | [`capture_thread`] |
//! | several blocks, with their return values | [`Captured::run`] |
//! | other threads or spawned tasks | [`Captured::run`] and [`Captured::wrap`] of a clone |
//!
//! A capture takes the values of the threads that it is entered on. Tasks that `tokio::spawn`
//! starts in a `#[tokio::test]` run on the test's own thread, unless the test asks for
//! `multi_thread`, and are captured by [`capture_thread`]. Tasks and blocks on other threads are
//! captured if they enter the capture:
//!
//! ```
//! # use osapi_metrics::{JobMetrics, testing::Captured};
//! let captured = Captured::new();
//! let other = std::thread::spawn({
//!     let captured = captured.clone();
//!     move || captured.run(|| JobMetrics::global().created("image.resize").inc())
//! });
//! other.join().unwrap();
//! assert_eq!(captured.counter("osapi_jobs_created_total", &[("job_name", "image.resize")]), 1);
//! ```
//!
//! In `tokio::spawn(captured.wrap(task()))` the task is captured on any thread that runs it. Of
//! nested captures, the innermost one takes the values.
//!
//! [`MetricSet::global`](crate::MetricSet::global) makes the difference: on a thread that captures,
//! it returns the capture's own instance of the set. A reference, a series or a timer that code has
//! taken before, and keeps in a `static` or a field, still records in its former instance. A job
//! ends in the instance in which it began.
//!
//! # Time
//!
//! A test does not wait ten seconds for a job of ten seconds. On tokio's paused clock a sleep takes
//! no time: the clock goes ahead by ten seconds. (`#[tokio::test(start_paused = true)]`, or
//! `tokio::time::pause()`, with tokio's feature `test-util`.) [`Captured::set_clock`] lets a
//! capture take the time from there:
//!
//! ```
//! # use std::time::Duration;
//! # use osapi_metrics::{instrumented_job, testing};
//! # #[instrumented_job(name = "report.build", queued_at = queued_at)]
//! # async fn build(queued_at: std::time::Instant) {
//! #     tokio::time::sleep(Duration::from_secs(10)).await;
//! # }
//! # /* A test is not run here:
//! #[tokio::test(start_paused = true)]
//! # */
//! async fn a_report_waits_and_is_built() {
//!     let captured = testing::capture_thread();
//!     captured.set_clock(|| tokio::time::Instant::now().into_std());
//!     let queued_at = tokio::time::Instant::now().into_std();
//!     tokio::time::advance(Duration::from_secs(5)).await;
//!     build(queued_at).await; // sleeps for 10 s
//!     assert_eq!(captured.histogram("osapi_job_queue_wait_seconds", &[]).sum, 5.0);
//!     assert_eq!(captured.histogram("osapi_job_duration_seconds", &[]).sum, 10.0);
//! }
//! # let mut runtime = tokio::runtime::Builder::new_current_thread();
//! # let runtime = runtime.enable_time().start_paused(true).build().unwrap();
//! # runtime.block_on(a_report_waits_and_is_built());
//! ```
//!
//! * The durations of jobs, the ages of running jobs, the times at which jobs last succeeded, and
//!   timers follow the clock. So do waits since an [`Instant`](std::time::Instant), which has to be
//!   one of the clock: `tokio::time::Instant::now().into_std()`. Waits since a
//!   [`SystemTime`](std::time::SystemTime) do not, because the system's clock cannot be paused, nor
//!   do the durations of the ready instrumentations, such as those of HTTP requests.
//! * Times are exact to the nanosecond, so that a test can compare them with `==`.
//! * Any function that returns an `Instant` is a clock. It is asked on the threads that the capture
//!   is entered on, twice for each job. Elsewhere, and in other captures, the time is that of the
//!   machine. Outside of a runtime, tokio's `Instant::now()` is the machine's time too.
//! * Nothing of this is compiled without the feature `testing`.
//!
//! # Mistakes in a test
//!
//! Mistakes panic: a metric that is not linked in, a metric of another kind, a label that the
//! metric does not have, a value that a closed label cannot have. The message has the name that was
//! probably meant.
//!
//! ```should_panic
//! # use osapi_metrics::testing;
//! let captured = testing::capture(|| {});
//! // `osapi_jobs_completed_total` has no label `state`; its labels are `job_name`, `status`
//! assert_eq!(captured.counter("osapi_jobs_completed_total", &[("state", "failed")]), 0);
//! ```
//!
//! # Has everything been recorded?
//!
//! [`Captured::assert_covers`] fails if a test leaves a metric of a set unrecorded, and names the
//! source location of each such metric.
//! [`Catalogue::never_recorded`](crate::Catalogue::never_recorded) reports such metrics of a
//! running program.
//!
//! # Has a declaration changed?
//!
//! [`assert_catalogue`] fails if the program declares something else than a committed file says.

mod capture;
mod captured;
mod catalogue;
mod coverage;
mod future;
mod histogram;
mod listing;
mod metric;
mod reading;
mod value;

pub use capture::{capture, capture_async, capture_thread};
pub use captured::{Captured, ThreadCapture};
pub use catalogue::assert_catalogue;
pub use future::CapturedFuture;
pub use histogram::CapturedHistogram;
pub use value::CapturedValue;
