use std::{
    error::Error,
    ptr,
    sync::{Arc, Mutex, Weak},
};

use hyper::body::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::{source::MetricsSource, unless::unless};
use crate::{
    core::sync::{catch_panic, lock},
    exposition::{self, NameFilter, ScrapeFormat},
};

/// Renders scrapes, one at a time, on threads where blocking is allowed. A user callback that hangs
/// occupies one thread of the pool, which the application uses too, and not more.
///
/// Requests that wait for the same representation share one rendering. The rendering begins after
/// all of them have arrived, so that no request gets values that are older than the request.
pub(super) struct SingleFlight {
    source: Arc<dyn MetricsSource>,
    /// Permits one rendering at a time.
    permits: Arc<Semaphore>,
    /// The renderings that have not begun.
    waiting: Mutex<Vec<(Representation, Weak<Rendering>)>>,
}

/// The representation that a request negotiated.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Representation {
    pub(super) format: ScrapeFormat,
    pub(super) filter: NameFilter,
    pub(super) compressed: bool,
}

/// The bytes of a scrape, or the reason why there are no bytes.
pub(super) type RenderResult = Result<Bytes, Arc<dyn Error + Send + Sync>>;

/// One rendering, for all requests that wait for it.
struct Rendering {
    representation: Representation,
    /// Taken by the request that begins the rendering. If it is dropped without a result, there is
    /// never one.
    begin: Mutex<Option<watch::Sender<Option<RenderResult>>>>,
    result: watch::Receiver<Option<RenderResult>>,
}

impl SingleFlight {
    pub(super) fn new(source: Arc<dyn MetricsSource>) -> Self {
        let permits = Arc::new(Semaphore::new(1));
        Self { source, permits, waiting: Mutex::default() }
    }

    /// Waits for a rendering that begins after this call. The rendering goes on for other requests
    /// if this future is dropped.
    pub(super) async fn render(&self, representation: Representation) -> RenderResult {
        let rendering = self.join(representation);
        let mut result = rendering.result.clone();
        let permit = Arc::clone(&self.permits).acquire_owned();
        if let Ok(Ok(permit)) = unless(result.wait_for(Option::is_some), permit).await {
            self.begin(&rendering, permit);
        }
        let result = result.wait_for(Option::is_some).await.ok();
        result
            .and_then(|result| result.clone())
            .unwrap_or_else(|| Err(Arc::new(RenderingError::Lost)))
    }

    /// The rendering of this representation that has not begun.
    fn join(&self, representation: Representation) -> Arc<Rendering> {
        let mut waiting = lock(&self.waiting);
        // Removes the renderings that no request waits for any more.
        waiting.retain(|(_, rendering)| rendering.strong_count() > 0);
        let same = waiting.iter().find(|(other, _)| *other == representation);
        if let Some(rendering) = same.and_then(|(_, rendering)| rendering.upgrade()) {
            return rendering;
        }
        let (sender, result) = watch::channel(None);
        let begin = Mutex::new(Some(sender));
        let waits_for = representation.clone();
        let rendering = Arc::new(Rendering { representation, begin, result });
        waiting.push((waits_for, Arc::downgrade(&rendering)));
        rendering
    }

    /// Begins a rendering, unless another request has begun it.
    fn begin(&self, rendering: &Arc<Rendering>, permit: OwnedSemaphorePermit) {
        lock(&self.waiting).retain(|(_, other)| !ptr::eq(other.as_ptr(), Arc::as_ptr(rendering)));
        let Some(result) = lock(&rendering.begin).take() else { return };
        let (representation, source) = (rendering.representation.clone(), Arc::clone(&self.source));
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let rendered = render(&*source, representation);
            if let Err(error) = &rendered {
                tracing::error!(%error, "the metrics could not be rendered for a scrape");
            }
            // Fails if no request waits any more.
            let _ = result.send(Some(rendered));
        });
    }
}

fn render(source: &dyn MetricsSource, representation: Representation) -> RenderResult {
    let Representation { format, filter, compressed } = representation;
    // The source is used again after a panic, and has to remain valid.
    let rendered = catch_panic(|| source.render(format, &filter))
        .unwrap_or_else(|| Err(Box::new(RenderingError::Panicked)))?;
    let bytes = if compressed { exposition::gzip(&rendered) } else { rendered };
    Ok(bytes.into())
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
    use crate::exposition::Format;

    const TEXT: Representation = Representation {
        format: ScrapeFormat::Text(Format::Text),
        filter: NameFilter::ALL,
        compressed: false,
    };
    const OPEN_METRICS: Representation =
        Representation { format: ScrapeFormat::Text(Format::OpenMetrics), ..TEXT };
    const PACKED: Representation = Representation { compressed: true, ..TEXT };

    /// A source that reports the start of each rendering, and ends it as the test decides.
    struct Script {
        began: mpsc::UnboundedSender<ScrapeFormat>,
        ends: Mutex<std::sync::mpsc::Receiver<End>>,
        count: AtomicUsize,
    }

    enum End {
        Success,
        Failure,
        Panic,
    }

    impl MetricsSource for Script {
        fn render(
            &self,
            format: ScrapeFormat,
            _: &NameFilter,
        ) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
            let nth = self.count.fetch_add(1, Ordering::Relaxed) + 1;
            self.began.send(format).unwrap();
            let end = self.ends.lock().unwrap().recv().unwrap();
            match end {
                End::Success => Ok(format!("{nth}").into_bytes()),
                End::Failure => Err(format!("{nth} failed").into()),
                End::Panic => std::panic::resume_unwind(Box::new("a panic of this test")),
            }
        }

        fn unavailable(&self) -> Option<(StatusCode, &'static str)> {
            None
        }

        fn catalogue(&self) -> String {
            String::new()
        }

        fn readiness(&self) -> Result<(), Vec<String>> {
            Ok(())
        }
    }

    struct Control {
        began: mpsc::UnboundedReceiver<ScrapeFormat>,
        ends: std::sync::mpsc::Sender<End>,
    }

    fn script() -> (Arc<SingleFlight>, Control) {
        let (begins, began) = mpsc::unbounded_channel();
        let (ends, ended) = std::sync::mpsc::channel();
        let source = Script { began: begins, ends: Mutex::new(ended), count: AtomicUsize::new(0) };
        (Arc::new(SingleFlight::new(Arc::new(source))), Control { began, ends })
    }

    /// Lets a request arrive; it cannot be answered yet.
    async fn arrive(request: Pin<&mut impl Future<Output = RenderResult>>) {
        let mut request = request;
        let answered = poll_fn(|context| Poll::Ready(request.as_mut().poll(context).is_ready()));
        assert!(!answered.await);
    }

    fn text(rendered: &RenderResult) -> String {
        match rendered {
            Ok(body) => String::from_utf8(body.to_vec()).unwrap(),
            Err(error) => error.to_string(),
        }
    }

    #[tokio::test]
    async fn requests_that_wait_for_the_same_body_share_one_rendering_that_begins_after_them() {
        let (scrapes, mut control) = script();
        let mut first = pin!(scrapes.render(TEXT));
        arrive(first.as_mut()).await;
        assert_eq!(control.began.recv().await, Some(TEXT.format));

        let mut waiting: Vec<_> = (0..200).map(|_| Box::pin(scrapes.render(TEXT))).collect();
        for request in &mut waiting {
            arrive(request.as_mut()).await;
        }
        let mut other = pin!(scrapes.render(OPEN_METRICS));
        arrive(other.as_mut()).await;
        let mut packed = pin!(scrapes.render(PACKED));
        arrive(packed.as_mut()).await;
        let named = |name: &str| Representation {
            filter: NameFilter::of([name.to_owned()].into_iter()),
            ..TEXT
        };
        let mut some = pin!(scrapes.render(named("a")));
        arrive(some.as_mut()).await;
        let mut others = pin!(scrapes.render(named("b")));
        arrive(others.as_mut()).await;
        let mut again = pin!(scrapes.render(named("a")));
        arrive(again.as_mut()).await;

        for _ in 0..6 {
            control.ends.send(End::Success).unwrap();
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
        assert_eq!(text(&some.await), "5");
        assert_eq!(text(&others.await), "6");
        assert_eq!(text(&again.await), "5");
        // Requests that got the permit after their rendering had begun passed it on.
        control.ends.send(End::Success).unwrap();
        assert_eq!(text(&scrapes.render(TEXT).await), "7");
    }

    #[tokio::test]
    async fn a_rendering_goes_on_for_the_others_when_its_first_request_is_dropped() {
        let (scrapes, mut control) = script();
        let running = Arc::clone(&scrapes);
        let first = tokio::spawn(async move { running.render(TEXT).await });
        control.began.recv().await.unwrap();

        let mut beginning = Box::pin(scrapes.render(TEXT));
        arrive(beginning.as_mut()).await;
        let mut left = Box::pin(scrapes.render(TEXT));
        arrive(left.as_mut()).await;
        control.ends.send(End::Success).unwrap();
        assert_eq!(text(&first.await.unwrap()), "1");
        let began = tokio::select! {
            format = control.began.recv() => format,
            _ = &mut beginning => None,
        };
        assert_eq!(began, Some(TEXT.format));
        drop(beginning);
        control.ends.send(End::Success).unwrap();
        assert_eq!(text(&left.await), "2");
    }

    #[tokio::test]
    async fn a_scrape_that_no_request_waits_for_is_not_rendered() {
        let (scrapes, mut control) = script();
        let mut first = Box::pin(scrapes.render(TEXT));
        arrive(first.as_mut()).await;
        control.began.recv().await.unwrap();
        let mut waiting = Box::pin(scrapes.render(TEXT));
        arrive(waiting.as_mut()).await;
        drop((first, waiting));

        let mut last = pin!(scrapes.render(OPEN_METRICS));
        arrive(last.as_mut()).await;
        control.ends.send(End::Success).unwrap();
        control.ends.send(End::Success).unwrap();
        assert_eq!(text(&last.await), "2");
    }

    #[tokio::test]
    async fn failures_and_panics_reach_all_who_share_them_and_nobody_else() {
        for (end, expected) in [(End::Failure, "2 failed"), (End::Panic, "the rendering panicked")]
        {
            let (scrapes, mut control) = script();
            let mut first = pin!(scrapes.render(TEXT));
            arrive(first.as_mut()).await;
            control.began.recv().await.unwrap();
            let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(scrapes.render(TEXT))).collect();
            for request in &mut waiting {
                arrive(request.as_mut()).await;
            }
            control.ends.send(End::Success).unwrap();
            control.ends.send(end).unwrap();
            assert_eq!(text(&first.await), "1");
            for request in waiting {
                assert_eq!(text(&request.await), expected);
            }
            control.ends.send(End::Success).unwrap();
            assert_eq!(text(&scrapes.render(TEXT).await), "3");
        }
    }
}
