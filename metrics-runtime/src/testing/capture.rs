use super::captured::{Captured, ThreadCapture};

/// Captures the values that `block` records on this thread.
///
/// [`Captured::run`] returns the block's return value too.
///
/// ```
/// use osapi_metrics::{JobMetrics, testing};
///
/// let captured = testing::capture(|| JobMetrics::global().created("image.resize").inc());
/// assert_eq!(captured.counter("osapi_jobs_created_total", &[]), 1);
/// ```
pub fn capture(block: impl FnOnce()) -> Captured {
    let captured = Captured::new();
    captured.run(block);
    captured
}

/// Captures the values that a future records, on any thread that polls it.
///
/// Tasks that the future spawns are not captured; [`Captured::wrap`] captures them.
///
/// ```
/// use osapi_metrics::{JobMetrics, testing};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let captured = testing::capture_async(async {
///     JobMetrics::global().created("image.resize").inc();
/// });
/// assert_eq!(captured.await.counter("osapi_jobs_created_total", &[]), 1);
/// # });
/// ```
pub async fn capture_async(future: impl Future<Output = ()>) -> Captured {
    let captured = Captured::new();
    captured.wrap(future).await;
    captured
}

/// Captures the values that this thread records, until the returned value is dropped.
///
/// ```
/// use osapi_metrics::{JobMetrics, testing};
///
/// # /* A test is not run here:
/// #[tokio::test]
/// # */
/// async fn jobs_are_counted_where_they_are_created() {
///     let captured = testing::capture_thread();
///     let task = async { JobMetrics::global().created("image.resize").inc() };
///     tokio::spawn(task).await.unwrap();
///     assert_eq!(captured.counter("osapi_jobs_created_total", &[]), 1);
/// }
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(jobs_are_counted_where_they_are_created());
/// ```
pub fn capture_thread() -> ThreadCapture {
    ThreadCapture::begin(Captured::new())
}
