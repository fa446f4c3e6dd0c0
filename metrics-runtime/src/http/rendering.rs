use std::{
    error::Error,
    ptr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use hyper::body::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::{Source, server::unless};
use crate::{
    core::sync::catch_panic,
    exposition::{self, Format},
};

/// Renders scrapes, one at a time, on threads where blocking is allowed: a callback of the user that hangs takes one
/// thread of the pool, which the application needs too, and no more.
///
/// Requests that wait for the same body share it: one rendering, which begins after all of them have arrived, so that
/// nobody gets values that are older than the request.
pub(super) struct Renderings {
    source: Arc<dyn Source>,
    turn: Arc<Semaphore>,
    /// Those that have not begun.
    waiting: Mutex<Vec<(Body, Weak<Rendering>)>>,
}

/// What a request wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Body {
    pub(super) format: Format,
    pub(super) compressed: bool,
}

/// A rendered scrape, or why there is none.
pub(super) type Rendered = Result<Bytes, Arc<dyn Error + Send + Sync>>;

/// One rendering, for everybody who waits for it.
struct Rendering {
    body: Body,
    /// Taken by whoever begins it. If it is gone without a result, there will be none.
    begin: Mutex<Option<watch::Sender<Option<Rendered>>>>,
    result: watch::Receiver<Option<Rendered>>,
}

impl Renderings {
    pub(super) fn new(source: Arc<dyn Source>) -> Self {
        let turn = Arc::new(Semaphore::new(1));
        Self { source, turn, waiting: Mutex::default() }
    }

    /// A body whose rendering begins after this call. It goes on for the others if this future is dropped.
    pub(super) async fn body(&self, body: Body) -> Rendered {
        let rendering = self.join(body);
        let mut result = rendering.result.clone();
        let turn = Arc::clone(&self.turn).acquire_owned();
        if let Some(Ok(turn)) = unless(result.wait_for(Option::is_some), turn).await {
            self.begin(&rendering, turn);
        }
        let result = result.wait_for(Option::is_some).await.ok();
        result
            .and_then(|result| result.clone())
            .unwrap_or_else(|| Err(Arc::new(RenderingError::Lost)))
    }

    /// The rendering of this body that has not begun.
    fn join(&self, body: Body) -> Arc<Rendering> {
        let mut waiting = lock(&self.waiting);
        // Nobody waits any more for those that are gone.
        waiting.retain(|(_, rendering)| rendering.strong_count() > 0);
        let same = waiting.iter().find(|(other, _)| *other == body);
        if let Some(rendering) = same.and_then(|(_, rendering)| rendering.upgrade()) {
            return rendering;
        }
        let (sender, result) = watch::channel(None);
        let begin = Mutex::new(Some(sender));
        let rendering = Arc::new(Rendering { body, begin, result });
        waiting.push((body, Arc::downgrade(&rendering)));
        rendering
    }

    /// Begins a rendering, unless somebody else has.
    fn begin(&self, rendering: &Arc<Rendering>, turn: OwnedSemaphorePermit) {
        lock(&self.waiting).retain(|(_, other)| !ptr::eq(other.as_ptr(), Arc::as_ptr(rendering)));
        let Some(result) = lock(&rendering.begin).take() else { return };
        let (body, source) = (rendering.body, Arc::clone(&self.source));
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let rendered = render(&*source, body);
            if let Err(error) = &rendered {
                tracing::error!(%error, "the metrics could not be rendered for a scrape");
            }
            // Nobody may wait any more.
            let _ = result.send(Some(rendered));
        });
    }
}

fn render(source: &dyn Source, body: Body) -> Rendered {
    // The source is used again after a panic; it has to cope.
    let text = catch_panic(|| source.render(body.format))
        .unwrap_or_else(|| Err(Box::new(RenderingError::Panicked)))?;
    let bytes = if body.compressed { exposition::gzip(text.as_bytes()) } else { text.into_bytes() };
    Ok(bytes.into())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, thiserror::Error)]
enum RenderingError {
    #[error("the rendering panicked")]
    Panicked,
    #[error("the runtime that it was rendered on is shutting down")]
    Lost,
}

#[cfg(test)]
mod tests {
    use std::{
        future::{Future, poll_fn},
        pin::{Pin, pin},
        sync::atomic::{AtomicUsize, Ordering},
        task::Poll,
    };

    use http::StatusCode;
    use tokio::sync::mpsc;

    use super::*;

    const TEXT: Body = Body { format: Format::Text, compressed: false };
    const OPEN_METRICS: Body = Body { format: Format::OpenMetrics, compressed: false };
    const PACKED: Body = Body { format: Format::Text, compressed: true };

    /// A source that tells when it begins, and ends when it is told how.
    struct Held {
        began: mpsc::UnboundedSender<Format>,
        ends: Mutex<std::sync::mpsc::Receiver<End>>,
        count: AtomicUsize,
    }

    enum End {
        Well,
        Badly,
        Panicking,
    }

    impl Source for Held {
        fn render(&self, format: Format) -> Result<String, Box<dyn Error + Send + Sync>> {
            let nth = self.count.fetch_add(1, Ordering::Relaxed) + 1;
            self.began.send(format).unwrap();
            let end = self.ends.lock().unwrap().recv().unwrap();
            match end {
                End::Well => Ok(format!("{nth}")),
                End::Badly => Err(format!("{nth} failed").into()),
                End::Panicking => std::panic::resume_unwind(Box::new("a panic of this test")),
            }
        }

        fn unavailable(&self) -> Option<(StatusCode, &'static str)> {
            None
        }

        fn readiness(&self) -> Result<(), Vec<String>> {
            Ok(())
        }
    }

    struct Hands {
        began: mpsc::UnboundedReceiver<Format>,
        ends: std::sync::mpsc::Sender<End>,
    }

    fn held() -> (Arc<Renderings>, Hands) {
        let (begins, began) = mpsc::unbounded_channel();
        let (ends, ended) = std::sync::mpsc::channel();
        let source = Held { began: begins, ends: Mutex::new(ended), count: AtomicUsize::new(0) };
        (Arc::new(Renderings::new(Arc::new(source))), Hands { began, ends })
    }

    /// Lets a request arrive; it cannot be answered yet.
    async fn arrive(request: Pin<&mut impl Future<Output = Rendered>>) {
        let mut request = request;
        let answered = poll_fn(|context| Poll::Ready(request.as_mut().poll(context).is_ready()));
        assert!(!answered.await);
    }

    fn text(rendered: &Rendered) -> String {
        match rendered {
            Ok(body) => String::from_utf8(body.to_vec()).unwrap(),
            Err(error) => error.to_string(),
        }
    }

    #[tokio::test]
    async fn requests_that_wait_for_the_same_body_share_one_rendering_that_begins_after_them() {
        let (renderings, mut hands) = held();
        let mut first = pin!(renderings.body(TEXT));
        arrive(first.as_mut()).await;
        assert_eq!(hands.began.recv().await, Some(Format::Text));

        let mut waiting: Vec<_> = (0..200).map(|_| Box::pin(renderings.body(TEXT))).collect();
        for request in &mut waiting {
            arrive(request.as_mut()).await;
        }
        let mut other = pin!(renderings.body(OPEN_METRICS));
        arrive(other.as_mut()).await;
        let mut packed = pin!(renderings.body(PACKED));
        arrive(packed.as_mut()).await;

        for _ in 0..4 {
            hands.ends.send(End::Well).unwrap();
        }
        assert_eq!(text(&first.await), "1");
        let mut bodies = Vec::new();
        for request in waiting {
            bodies.push(request.await.unwrap());
        }
        assert!(bodies.iter().all(|body| body.as_ptr() == bodies[0].as_ptr()), "one body");
        assert_eq!(bodies[0], "2");
        assert_eq!(text(&other.await), "3");
        assert_eq!(packed.await.unwrap()[..2], [0x1f, 0x8b]);
        // Those whose turn came after their rendering had begun left the turn to others.
        hands.ends.send(End::Well).unwrap();
        assert_eq!(text(&renderings.body(TEXT).await), "5");
    }

    #[tokio::test]
    async fn a_rendering_goes_on_for_the_others_when_who_began_it_has_gone() {
        let (renderings, mut hands) = held();
        let running = Arc::clone(&renderings);
        let first = tokio::spawn(async move { running.body(TEXT).await });
        hands.began.recv().await.unwrap();

        let mut beginning = Box::pin(renderings.body(TEXT));
        arrive(beginning.as_mut()).await;
        let mut left = Box::pin(renderings.body(TEXT));
        arrive(left.as_mut()).await;
        hands.ends.send(End::Well).unwrap();
        assert_eq!(text(&first.await.unwrap()), "1");
        let began = tokio::select! {
            format = hands.began.recv() => format,
            _ = &mut beginning => None,
        };
        assert_eq!(began, Some(Format::Text));
        drop(beginning);
        hands.ends.send(End::Well).unwrap();
        assert_eq!(text(&left.await), "2");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_not_rendered() {
        let (renderings, mut hands) = held();
        let mut first = Box::pin(renderings.body(TEXT));
        arrive(first.as_mut()).await;
        hands.began.recv().await.unwrap();
        let mut waiting = Box::pin(renderings.body(TEXT));
        arrive(waiting.as_mut()).await;
        drop((first, waiting));

        let mut last = pin!(renderings.body(OPEN_METRICS));
        arrive(last.as_mut()).await;
        hands.ends.send(End::Well).unwrap();
        hands.ends.send(End::Well).unwrap();
        assert_eq!(text(&last.await), "2");
    }

    #[tokio::test]
    async fn failures_and_panics_reach_all_who_share_them_and_nobody_else() {
        for (end, expected) in
            [(End::Badly, "2 failed"), (End::Panicking, "the rendering panicked")]
        {
            let (renderings, mut hands) = held();
            let mut first = pin!(renderings.body(TEXT));
            arrive(first.as_mut()).await;
            hands.began.recv().await.unwrap();
            let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(renderings.body(TEXT))).collect();
            for request in &mut waiting {
                arrive(request.as_mut()).await;
            }
            hands.ends.send(End::Well).unwrap();
            hands.ends.send(end).unwrap();
            assert_eq!(text(&first.await), "1");
            for request in waiting {
                assert_eq!(text(&request.await), expected);
            }
            hands.ends.send(End::Well).unwrap();
            assert_eq!(text(&renderings.body(TEXT).await), "3");
        }
    }
}
