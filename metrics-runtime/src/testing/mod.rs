//! What a test recorded, apart from all others that run at the same time. (Feature `testing`.)
//!
//! ```toml
//! [dev-dependencies]
//! osapi-metrics = { version = "…", features = ["testing"] }
//! ```
//!
//! A capture takes what a block of code records, or an async one, and is asked for it afterwards:
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
//!     let completed = |status| captured.counter("osapi_jobs_completed_total", &[("status", status)]);
//!     assert_eq!(completed("completed"), 1);
//!     assert_eq!(completed("failed"), 1);
//!     assert_eq!(captured.up_down_counter("osapi_jobs_active", &[]), 0);
//!     assert_eq!(captured.histogram("osapi_job_duration_seconds", &[]).count, 2);
//! }
//! # a_word_is_no_number();
//! ```
//!
//! No runtime has to be installed for this, and it makes no difference if one is, or if it is
//! configured to be off. What is captured is exported nowhere.
//!
//! # Where a capture reaches
//!
//! | to capture | use |
//! |---|---|
//! | a block of code | [`capture`] |
//! | an async block | [`capture_async`] |
//! | the rest of a test | [`capture_thread`] |
//! | several blocks, with what they return | [`Captured::run`] |
//! | what other threads do, or spawned tasks | [`Captured::run`] and [`Captured::wrap`] of a clone |
//!
//! A capture is a matter of the thread that records. Tasks that `tokio::spawn` starts in a
//! `#[tokio::test]` run on the test's own thread, unless the test asks for `multi_thread`, and are
//! captured by [`capture_thread`]. Tasks and blocks on other threads are not, until they are told:
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
//! In `tokio::spawn(captured.wrap(task()))` the task is captured on whatever thread it runs. Of
//! captures inside each other the innermost one takes what is recorded.
//!
//! What captures is [`MetricSet::global`](crate::MetricSet::global): while a thread captures, it gives
//! the instance that the capture has of the set. A reference, a series or a timer that code has taken
//! before, and keeps in a `static` or a field, goes on recording where it did. A job ends where it
//! began.
//!
//! # Mistakes in a test
//!
//! They panic: a metric that is not linked in, one of another kind, a label that it does not have, a
//! value that a closed label cannot have. The message has what was probably meant.
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
//! [`Captured::assert_covers`] fails if a test leaves a metric of a set without a value, and names the
//! places where those stand. [`Catalogue::never_recorded`](crate::Catalogue::never_recorded) tells the
//! same of a running program.

mod capture;
mod captured;
mod coverage;
mod future;
mod histogram;
mod listing;
mod metric;
mod reading;
mod value;

pub use capture::{capture, capture_async, capture_thread};
pub use captured::{Captured, ThreadCapture};
pub use future::CapturedFuture;
pub use histogram::CapturedHistogram;
pub use value::CapturedValue;
