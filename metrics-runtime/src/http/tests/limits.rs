//! The limits of concurrent scrapes and of their time.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, mpsc},
    task::Poll,
    thread,
    time::Instant,
};

use http::{HeaderMap, Method, Response, header::RETRY_AFTER};
use http_body_util::BodyExt;

use super::{
    super::{answer::AnswerBody, request::EndpointRequest},
    *,
};

/// A source that reports the start of a rendering, and ends it when the test says so.
fn held() -> (FixedSource, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (begins, began) = mpsc::channel();
    let (release, released) = mpsc::channel();
    let (begins, released) = (Mutex::new(begins), Mutex::new(released));
    let render = move |_| {
        begins.lock().unwrap().send(()).map_err(|_| "the test is over")?;
        let end = released.lock().unwrap().recv();
        end.map(|()| "# released\n".to_owned()).map_err(|_| "the test is over".to_owned())
    };
    (FixedSource { render: Box::new(render), ..FixedSource::default() }, began, release)
}

fn allowing(scrapes: usize, source: FixedSource) -> Endpoint {
    let config = MetricsConfig {
        max_concurrent_scrapes: scrapes,
        scrape_timeout: Duration::from_secs(300),
        ..MetricsConfig::default()
    };
    configured(Arc::new(source), &config).unwrap()
}

type Request<'a> = Pin<Box<dyn Future<Output = Response<AnswerBody>> + 'a>>;

fn scrape<'a>(endpoint: &'a Endpoint, headers: &'a HeaderMap) -> Request<'a> {
    Box::pin(async move {
        let request = EndpointRequest {
            method: &Method::GET,
            path: "/metrics",
            query: None,
            headers,
            draining: None,
        };
        endpoint.respond(&request).await
    })
}

/// The answer, if the request has been answered.
async fn answered(request: &mut Request<'_>) -> Option<Response<AnswerBody>> {
    poll_fn(|context| {
        Poll::Ready(match request.as_mut().poll(context) {
            Poll::Ready(response) => Some(response),
            Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test]
async fn of_200_scrapes_at_a_time_as_many_are_answered_as_are_allowed() {
    let (source, _began, release) = held();
    let endpoint = configured(Arc::new(source), &MetricsConfig::default()).unwrap();
    let headers = HeaderMap::new();
    let mut going_on = Vec::new();
    let mut refused = 0;
    for _ in 0..200 {
        let mut request = scrape(&endpoint, &headers);
        let Some(response) = answered(&mut request).await else {
            going_on.push(request);
            continue;
        };
        refused += 1;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[RETRY_AFTER], "1");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = std::str::from_utf8(&body).unwrap();
        assert!(body.contains("40 scrapes"), "{body}");
        assert!(body.contains("`telemetry.metrics.max_concurrent_scrapes`"), "{body}");
    }
    assert_eq!((going_on.len(), refused), (40, 160));

    release.send(()).unwrap();
    release.send(()).unwrap();
    for request in going_on {
        assert_eq!(request.await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn scrapes_that_are_cancelled_give_their_permits_back() {
    let (source, _began, release) = held();
    let endpoint = allowing(2, source);
    let headers = HeaderMap::new();
    for _ in 0..10 {
        let mut requests = [scrape(&endpoint, &headers), scrape(&endpoint, &headers)];
        for request in &mut requests {
            assert!(answered(request).await.is_none());
        }
        let mut further = scrape(&endpoint, &headers);
        let status = answered(&mut further).await.map(|response| response.status());
        assert_eq!(status, Some(StatusCode::SERVICE_UNAVAILABLE));
    }
    drop(release);
    let status = scrape(&endpoint, &headers).await.status();
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "the source has ended");
}

#[test]
fn over_sockets_too() {
    let (source, _began, release) = held();
    let source = Arc::new(source);
    let endpoint = configured(source, &MetricsConfig::default()).unwrap();
    for server in Server::all(&endpoint) {
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..200 {
                let sender = sender.clone();
                let address = server.address;
                scope.spawn(move || {
                    sender.send(Connection::to(address).ask("GET", "/metrics", &[]).status)
                });
            }
            let statuses = |of: usize| -> Vec<u16> {
                (0..of).map(|_| receiver.recv_timeout(PATIENCE).unwrap()).collect()
            };
            assert_eq!(statuses(160), [503; 160]);
            // No other request waits for a permit.
            assert_eq!(server.ask("GET", "/health", &[]).status, 200);
            assert_eq!(server.ask("GET", "/metrics", &["Accept: */*;q=0"]).status, 406);
            assert_eq!(server.ask("HEAD", "/metrics", &[]).status, 503);
            for _ in 0..2 {
                release.send(()).unwrap();
            }
            assert_eq!(statuses(40), [200; 40]);
        });
    }
}

#[test]
fn who_may_not_scrape_learns_that_before_the_limit() {
    let (source, began, release) = held();
    let (_folder, config) = protected_by("s3cret");
    let config = MetricsConfig { max_concurrent_scrapes: 1, ..config };
    let server = Server::own(configured(Arc::new(source), &config).unwrap());
    let token = "Authorization: Bearer s3cret";
    let mut first = Connection::to(server.address);
    first.send("GET", "/metrics", &[token]);
    began.recv().unwrap();
    assert_eq!(server.ask("GET", "/metrics", &[]).status, 401);
    assert_eq!(server.ask("GET", "/metrics", &[token, "Accept: */*;q=0"]).status, 406);
    assert_eq!(server.ask("GET", "/metrics", &[token]).status, 503);
    release.send(()).unwrap();
    assert_eq!(first.answer("GET").status, 200);
}

#[test]
fn a_client_that_hangs_up_while_it_waits_gives_its_permit_back() {
    let (source, began, release) = held();
    let source = Arc::new(source);
    for server in Server::all(
        &configured(
            source,
            &MetricsConfig { max_concurrent_scrapes: 1, ..MetricsConfig::default() },
        )
        .unwrap(),
    ) {
        let mut gone = Connection::to(server.address);
        gone.send("GET", "/metrics", &[]);
        began.recv().unwrap();
        assert_eq!(server.ask("GET", "/metrics", &[]).status, 503);
        drop(gone);

        // The server notices the end of the connection after some time. Then only the rendering
        // blocks the next scrape.
        release.send(()).unwrap();
        release.send(()).unwrap();
        let hung_up = Instant::now();
        while server.ask("GET", "/metrics", &[]).status == 503 {
            assert!(hung_up.elapsed() < PATIENCE, "the permit is not given back");
        }
        began.recv().unwrap();
    }
}

#[test]
fn failures_and_heads_hold_no_permit() {
    let renderings = Mutex::new(0);
    let render = move |_| {
        let mut renderings = renderings.lock().unwrap();
        *renderings += 1;
        if *renderings % 2 == 0 { Ok("# even\n".to_owned()) } else { Err("odd".to_owned()) }
    };
    let source = FixedSource { render: Box::new(render), ..FixedSource::default() };
    for server in Server::all(&allowing(1, source)) {
        let mut connections: Vec<_> = (0..6).map(|_| Connection::to(server.address)).collect();
        for (nth, connection) in connections.iter_mut().enumerate() {
            let expected = if nth % 2 == 0 { 500 } else { 200 };
            assert_eq!(connection.ask("HEAD", "/metrics", &[]).status, expected);
        }
    }
}

#[test]
fn a_collection_that_hangs_is_given_up() {
    let (source, _began, _release) = held();
    let config = MetricsConfig {
        max_concurrent_scrapes: 1,
        scrape_timeout: Duration::from_millis(20),
        ..MetricsConfig::default()
    };
    for server in Server::all(&configured(Arc::new(source), &config).unwrap()) {
        for method in ["GET", "HEAD", "GET"] {
            let answer = server.ask(method, "/metrics", &[]);
            assert_eq!(answer.status, 503);
            assert_eq!(answer.header("retry-after"), "10");
            if method == "GET" {
                let (code, message) = answer.error();
                assert_eq!(
                    (code.as_str(), message.as_str()),
                    ("timed_out", "not collected within 20ms")
                );
            }
        }
        assert_eq!(server.ask("GET", "/health", &[]).status, 200);
    }
}

#[test]
fn a_client_that_waits_for_less_is_answered_before_it_gives_up() {
    let (source, _began, _release) = held();
    for server in Server::all(&allowing(40, source)) {
        let waits = "X-Prometheus-Scrape-Timeout-Seconds: 0.05";
        let answer = server.ask("GET", "/metrics", &[waits]);
        assert_eq!((answer.status, answer.error().1.as_str()), (503, "not collected within 45ms"));
    }
}
