use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

/// Waits for `work`, unless `stop` completes first: then its output is the error.
pub(super) async fn unless<T, S>(
    stop: impl Future<Output = S>,
    work: impl Future<Output = T>,
) -> Result<T, S> {
    let (mut stop, mut work) = (pin!(stop), pin!(work));
    poll_fn(|context| match stop.as_mut().poll(context) {
        Poll::Ready(stopped) => Poll::Ready(Err(stopped)),
        Poll::Pending => work.as_mut().poll(context).map(Ok),
    })
    .await
}
