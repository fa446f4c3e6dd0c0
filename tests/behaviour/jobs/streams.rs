//! Functions that return streams: a job lasts from the first poll of its stream to its end.

use std::{
    convert::Infallible,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use futures_util::{
    Stream, StreamExt,
    stream::{self, BoxStream, LocalBoxStream},
};
use osapi_metrics::{ErrorType, instrumented_job};

use super::{Ends, active, ends, errors::errors};

#[derive(Clone, Copy, Debug, ErrorType, PartialEq)]
enum ReadError {
    Torn,
    #[error_type(timeout)]
    Late,
}

type Item = Result<u32, ReadError>;

#[instrumented_job(name = "streams.numbers")]
fn numbers(to: u32) -> impl Stream<Item = u32> {
    stream::iter(0..to)
}

#[instrumented_job(name = "streams.pinned")]
fn pinned(to: u32) -> Pin<Box<dyn Stream<Item = u32> + Send>> {
    Box::pin(stream::iter(0..to))
}

#[instrumented_job(name = "streams.boxed")]
fn boxed<'a>(items: &'a [Item]) -> BoxStream<'a, Item> {
    stream::iter(items.iter().copied()).boxed()
}

#[instrumented_job(name = "streams.local", item_errors)]
fn local(items: Vec<Item>) -> LocalBoxStream<'static, Item> {
    stream::iter(items).boxed_local()
}

#[instrumented_job(name = "streams.classified", item_errors, error_type = |e: &String| e.clone())]
fn classified(item: &str) -> impl Stream<Item = Result<(), String>> + use<> {
    stream::iter([Err(item.to_owned())])
}

#[instrumented_job(name = "streams.panics")]
fn panics() -> impl Stream<Item = Infallible> {
    stream::poll_fn(|_| panic!("no item"))
}

/// The next item of a stream that does not wait.
fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(poll_fn(|context| stream.poll_next_unpin(context))).poll(&mut context) {
        Poll::Ready(item) => item,
        Poll::Pending => panic!("the stream waits"),
    }
}

#[test]
fn a_stream_is_active_from_its_first_poll_to_its_end() {
    let mut stream = numbers(2);
    assert_eq!((stream.size_hint(), active("streams.numbers")), ((2, Some(2)), Some(0.0)));
    assert_eq!((next(&mut stream), active("streams.numbers")), (Some(0), Some(1.0)));
    assert_eq!((next(&mut stream), next(&mut stream)), (Some(1), None));
    assert_eq!(active("streams.numbers"), Some(0.0));
    assert_eq!(ends("streams.numbers"), Ends { completed: 1, ..Ends::default() });
    assert_eq!(next(&mut stream), None, "a poll after the end is no job");
    drop(stream);
    drop(numbers(1));
    assert_eq!(ends("streams.numbers"), Ends { completed: 1, ..Ends::default() });
}

#[test]
fn a_stream_that_is_dropped_before_its_end_is_cancelled() {
    let mut stream = pinned(3);
    assert_eq!(next(&mut stream), Some(0));
    drop(stream);
    assert_eq!(ends("streams.pinned"), Ends { cancelled: 1, ..Ends::default() });
}

#[test]
fn errors_among_the_items_count_by_a_key() {
    let items = [Ok(1), Err(ReadError::Torn), Ok(2), Err(ReadError::Late)];
    let mut without = boxed(&items);
    while next(&mut without).is_some() {}
    assert_eq!(ends("streams.boxed"), Ends { completed: 1, ..Ends::default() });

    let mut stream = local(items.to_vec());
    assert_eq!(next(&mut stream), Some(Ok(1)));
    assert_eq!(active("streams.local"), Some(1.0));
    assert_eq!(next(&mut stream), Some(Err(ReadError::Torn)));
    assert_eq!(ends("streams.local"), Ends { failed: 1, ..Ends::default() });
    assert_eq!(errors("streams.local", "torn"), Some(1.0));
    // The items after it belong to no job.
    while next(&mut stream).is_some() {}
    let mut late = local(vec![Err(ReadError::Late)]);
    assert_eq!(next(&mut late), Some(Err(ReadError::Late)));
    drop(late);
    assert_eq!(ends("streams.local"), Ends { failed: 1, timed_out: 1, ..Ends::default() });

    assert_eq!(next(&mut classified("own_class")), Some(Err("own_class".to_owned())));
    assert_eq!(errors("streams.classified", "own_class"), Some(1.0));
}

#[test]
fn a_stream_that_panics_has_panicked() {
    let mut stream = Box::pin(panics());
    catch_unwind(AssertUnwindSafe(|| next(&mut stream))).unwrap_err();
    drop(stream);
    assert_eq!(ends("streams.panics"), Ends { panicked: 1, ..Ends::default() });
}
