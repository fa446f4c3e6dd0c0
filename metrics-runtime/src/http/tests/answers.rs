//! The answer of each path to each method, over real sockets.

use std::{
    io::Read,
    net::TcpStream,
    pin::pin,
    sync::{Arc, Mutex, mpsc},
    task::{Context, Poll, Waker},
};

use flate2::read::GzDecoder;

use super::{
    super::{ServeError, serve},
    *,
};
use crate::config::EndpointError;

#[test]
fn the_accept_header_chooses_the_format() {
    for server in Server::all(&endpoint(FixedSource::default())) {
        let answer = server.ask("GET", "/metrics", &[]);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.text(), "# as Text\n");
        assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        assert_eq!(answer.header("vary"), "Accept, Accept-Encoding");

        let answer = server.ask("GET", "/metrics", &[OPENMETRICS]);
        assert_eq!(answer.text(), "# as OpenMetrics\n");
        assert_eq!(
            answer.header("content-type"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8"
        );

        let lines = ["Accept: application/json", OPENMETRICS];
        let answer = server.ask("GET", "/metrics", &lines);
        assert_eq!(answer.text(), "# as OpenMetrics\n", "two header lines are one list");

        let other = "Accept: text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.5";
        let answer = server.ask("GET", "/metrics", &[other]);
        assert_eq!(answer.text(), "# as Text\n");
        assert_eq!(
            answer.header("content-type"),
            "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
        );

        let answer = server.ask("GET", "/metrics", &[PROTOBUF, "Accept-Encoding: gzip"]);
        let mut unpacked = Vec::new();
        GzDecoder::new(answer.body.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, MESSAGES);
        let head = server.ask("HEAD", "/metrics", &[PROTOBUF]);
        for answer in [head, answer, server.ask("GET", "/metrics", &[PROTOBUF])] {
            assert_eq!(answer.header("vary"), "Accept, Accept-Encoding");
            assert_eq!(
                answer.header("content-type"),
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; \
                 encoding=delimited"
            );
        }
        assert_eq!(server.ask("GET", "/metrics", &[PROTOBUF]).body, MESSAGES);

        let answer = server.ask("GET", "/metrics", &["Accept: application/json"]);
        assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");

        let answer = server.ask("GET", "/metrics", &["Accept: application/json, */*;q=0"]);
        assert_eq!(answer.status, 406);
        let (code, message) = answer.error();
        assert_eq!(code, "not_acceptable");
        for offer in ["version=0.0.4", "version=1.0.0", "encoding=delimited"] {
            assert!(message.contains(offer), "{message}");
        }
    }
}

#[test]
fn gzip_is_used_where_it_is_accepted() {
    for server in Server::all(&endpoint(FixedSource::default())) {
        let plain = server.ask("GET", "/metrics", &[]);
        assert_eq!(plain.header("content-encoding"), "");

        let packed = server.ask("GET", "/metrics", &["Accept-Encoding: gzip"]);
        assert_eq!(packed.header("content-encoding"), "gzip");
        let mut unpacked = String::new();
        GzDecoder::new(packed.body.as_slice()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain.text());
    }
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    for server in Server::all(&endpoint(FixedSource::default())) {
        for path in ["/metrics", "/metrics/catalogue", "/health", "/health/ready"] {
            let mut connection = Connection::to(server.address);
            let mut head = connection.ask("HEAD", path, &[]);
            // A body would be read as the beginning of this answer.
            let mut get = connection.ask("GET", path, &[]);
            assert_eq!((head.status, get.status), (200, 200));
            assert_eq!(head.header("content-length"), get.body.len().to_string());
            head.headers.remove("date");
            get.headers.remove("date");
            assert_eq!(head.headers, get.headers);
        }
    }
}

#[test]
fn other_methods_are_refused() {
    for server in Server::all(&endpoint(FixedSource::default())) {
        for path in ["/metrics", "/metrics/catalogue", "/health", "/health/ready"] {
            for method in ["POST", "DELETE", "OPTIONS", "BREW"] {
                let answer = server.ask(method, path, &[]);
                assert_eq!(answer.status, 405, "{method} {path}");
                assert_eq!(answer.header("allow"), "GET, HEAD");
                assert_eq!(answer.error().0, "method_not_allowed", "{method} {path}");
            }
        }
        assert_eq!(server.ask("GET", "/metrics?name=x", &[]).status, 200);
    }
}

#[test]
fn a_token_protects_the_metrics_but_not_the_health() {
    let (_folder, config) = protected_by("s3cret\n");
    let endpoint = configured(Arc::new(FixedSource::default()), &config).unwrap();

    for server in Server::all(&endpoint) {
        for (headers, challenge) in [
            (&[][..], r#"Bearer realm="metrics""#),
            (&["Authorization: Bearer guess"], r#"Bearer realm="metrics", error="invalid_token""#),
        ] {
            for path in ["/metrics", "/metrics/catalogue"] {
                let answer = server.ask("GET", path, headers);
                assert_eq!(answer.status, 401, "{path}");
                assert_eq!(answer.header("www-authenticate"), challenge);
                assert_eq!(answer.error().0, "unauthorized");
                assert!(!answer.text().contains("s3cret"));
            }
        }
        let token = "Authorization: Bearer s3cret";
        assert_eq!(server.ask("GET", "/metrics", &[token]).status, 200);
        assert_eq!(server.ask("GET", "/metrics/catalogue", &[token]).status, 200);
        assert_eq!(server.ask("GET", "/health", &[]).status, 200);
        assert_eq!(server.ask("GET", "/health/ready", &[]).status, 200);
    }
}

#[test]
fn a_token_that_is_replaced_counts_from_the_next_request_on() {
    let (_folder, config) = protected_by("first");
    let file = config.bearer_token_file.clone().unwrap();
    let endpoint = configured(Arc::new(FixedSource::default()), &config).unwrap();
    let server = Server::own(endpoint);
    let with_token = |method: &str, token: &str| {
        server.ask(method, "/metrics", &[&format!("Authorization: Bearer {token}")]).status
    };
    assert_eq!(with_token("GET", "first"), 200);

    std::fs::write(&file, "second").unwrap();
    assert_eq!((with_token("GET", "first"), with_token("GET", "second")), (401, 200));

    // While the file cannot be read, no token is admitted, not even the earlier one.
    std::fs::remove_file(&file).unwrap();
    for token in ["first", "second", ""] {
        assert_eq!(with_token("GET", token), 503, "{token}");
        assert_eq!(with_token("HEAD", token), 503, "{token}");
    }
    assert_eq!(server.ask("GET", "/metrics", &[]).status, 401);
    std::fs::write(&file, " \n").unwrap();
    assert_eq!(with_token("GET", ""), 503);

    std::fs::write(&file, "third").unwrap();
    assert_eq!((with_token("GET", "second"), with_token("GET", "third")), (401, 200));
}

#[test]
fn readiness_tells_its_reasons() {
    let unready = FixedSource {
        unready: vec!["the broker is \"away\"".to_owned()],
        ..FixedSource::default()
    };
    for server in Server::all(&endpoint(unready)) {
        let answer = server.ask("GET", "/health/ready", &[]);
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("content-type"), "application/json");
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(
            body,
            serde_json::json!({"status": "unavailable", "reasons": ["the broker is \"away\""]})
        );

        let answer = server.ask("GET", "/health", &[]);
        assert_eq!((answer.status, answer.text()), (200, r#"{"status":"ok"}"#));
    }
}

#[test]
fn the_catalogue_is_below_the_metrics() {
    for (path, expected) in [
        ("/metrics", "/metrics/catalogue"),
        ("/internal/metrics/", "/internal/metrics/catalogue"),
        ("/", "/catalogue"),
    ] {
        let config = MetricsConfig { path: path.to_owned(), ..MetricsConfig::default() };
        let endpoint = configured(Arc::new(FixedSource::default()), &config).unwrap();
        for server in Server::all(&endpoint) {
            let answer = server.ask("GET", expected, &[]);
            assert_eq!((answer.status, answer.text()), (200, r#"{"sets":[]}"#), "{expected}");
            assert_eq!(answer.header("content-type"), "application/json");
        }
    }
}

#[test]
fn a_slash_at_the_end_makes_no_difference() {
    for (path, is_answered) in [
        ("/metrics", &["/metrics", "/metrics/", "/metrics/?name=x"][..]),
        ("/internal/metrics/", &["/internal/metrics/", "/internal/metrics"]),
        ("/", &["/"]),
        ("/health/", &["/health/"]),
    ] {
        let config = MetricsConfig { path: path.to_owned(), ..MetricsConfig::default() };
        let endpoint = configured(Arc::new(FixedSource::default()), &config).unwrap();
        for server in Server::all(&endpoint) {
            for path in is_answered {
                let answer = server.ask("GET", path, &[]);
                assert_eq!((answer.status, answer.text()), (200, "# as Text\n"), "{path}");
                assert_eq!(server.ask("POST", path, &[]).status, 405, "{path}");
            }
            let health = server.ask("GET", "/health", &[]);
            assert_eq!(health.text(), r#"{"status":"ok"}"#, "{path}");
            assert_eq!(server.ask("GET", "/metrics//", &[]).status, 404);
        }
    }
}

#[test]
fn the_names_of_a_query_are_a_filter() {
    let of = |names: &[&str]| {
        let filter = NameFilter::of(names.iter().map(ToString::to_string));
        format!("# as Text\n# {filter:?}\n")
    };
    for server in Server::all(&endpoint(FixedSource::default())) {
        for (query, text) in [
            ("?name[]=a&name[]=b", of(&["a", "b"])),
            ("?name%5B%5D=a&name%5b%5d=b", of(&["a", "b"])),
            ("?name[]=", of(&[""])),
            ("?name=a&debug=text&x=%zz", "# as Text\n".to_owned()),
            ("", "# as Text\n".to_owned()),
        ] {
            for path in ["/metrics", "/metrics/"] {
                let answer = server.ask("GET", &format!("{path}{query}"), &[]);
                assert_eq!(answer.status, 200, "{query}");
                assert_eq!(answer.text(), text, "{query}");
                let packed =
                    server.ask("GET", &format!("{path}{query}"), &["Accept-Encoding: gzip"]);
                let mut unpacked = String::new();
                GzDecoder::new(packed.body.as_slice()).read_to_string(&mut unpacked).unwrap();
                assert_eq!(unpacked, text, "{query}");
            }
        }
        for query in ["name[]=%zz".to_owned(), vec!["name[]=a"; 1025].join("&")] {
            let answer = server.ask("GET", &format!("/metrics?{query}"), &[]);
            assert_eq!((answer.status, answer.error().0.as_str()), (400, "invalid_names"));
        }
    }
}

#[test]
fn a_failed_rendering_is_an_answer_too() {
    let failing = FixedSource {
        render: Box::new(|format| match format {
            Format::Text => Err("the provider was shut down".to_owned()),
            Format::OpenMetrics => panic!("a panic that this test provokes"),
        }),
        ..FixedSource::default()
    };
    for server in Server::all(&endpoint(failing)) {
        let mut connection = Connection::to(server.address);
        let answer = connection.ask("GET", "/metrics", &[]);
        assert_eq!(answer.status, 500);
        let (code, message) = answer.error();
        assert_eq!(code, "not_rendered");
        assert!(message.contains("the provider was shut down"), "{message}");

        assert_eq!(connection.ask("GET", "/metrics", &[OPENMETRICS]).status, 500);
        assert_eq!(connection.ask("GET", "/health", &[]).status, 200);
    }
}

/// The client sends the whole head, however long, and reads the answer then.
#[test]
fn a_request_head_has_a_limit() {
    let server = Server::own(endpoint(FixedSource::default()));
    for length in [20_000, 8_000_000] {
        let long = format!("X-Long: {}", "x".repeat(length));
        assert_eq!(server.ask("GET", "/metrics", &[&long]).status, 431, "{length}");
    }
}

#[test]
fn other_paths_are_answered_with_that_of_the_metrics() {
    let server = Server::own(endpoint(FixedSource::default()));
    let answer = server.ask("GET", "/", &[]);
    assert_eq!((answer.status, answer.error().0.as_str()), (404, "no_such_path"));
    assert!(answer.error().1.contains("/metrics"));
}

#[test]
fn dropping_the_handle_lets_requests_finish_and_closes_the_port() {
    let (entered, rendering) = mpsc::channel();
    let (release, released) = mpsc::channel();
    let released = Mutex::new(released);
    let slow = FixedSource {
        render: Box::new(move |_| {
            entered.send(()).unwrap();
            released.lock().unwrap().recv().unwrap();
            Ok("finished\n".to_owned())
        }),
        ..FixedSource::default()
    };
    let mut server = Server::own(endpoint(slow));

    let mut idle = Connection::to(server.address);
    assert_eq!(idle.ask("GET", "/health", &[]).status, 200);
    let mut busy = Connection::to(server.address);
    busy.send("GET", "/metrics", &[]);
    rendering.recv().unwrap();

    server.handle.take();
    idle.end();
    assert!(TcpStream::connect(server.address).is_err());

    release.send(()).unwrap();
    assert_eq!(busy.answer("GET").text(), "finished\n");
    busy.end();
}

#[test]
fn a_port_in_use_is_named() {
    let server = Server::own(endpoint(FixedSource::default()));
    let second = runtime().block_on(serve(
        endpoint(FixedSource::default()),
        server.address,
        ServerLimits::default(),
    ));
    let error = second.unwrap_err();
    assert!(matches!(error, ServeError::Listen { address, .. } if address == server.address));
    let message = error.to_string();
    assert!(message.contains(&server.address.to_string()), "{message}");
    assert!(message.contains("telemetry.metrics.listen"), "{message}");
}

#[test]
fn serving_outside_a_runtime_is_an_error_and_no_panic() {
    let serving = pin!(serve(endpoint(FixedSource::default()), ANY_PORT, ServerLimits::default()));
    let polled = serving.poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Ready(Err(ServeError::NoRuntime { .. }))));
}

#[test]
fn unusable_settings_are_refused_before_anything_runs() {
    let refused =
        |config: &MetricsConfig| configured(Arc::new(FixedSource::default()), config).err();
    let with_path =
        |path: &str| refused(&MetricsConfig { path: path.to_owned(), ..MetricsConfig::default() });
    for path in ["", "metrics", "/a b", "/{x}", "/a?b", "/*rest", "/é", "/%41"] {
        let error = with_path(path);
        assert!(matches!(error, Some(EndpointError::PathNotPlain { .. })), "{path}");
    }
    for path in ["/health", "/health/ready"] {
        assert!(matches!(with_path(path), Some(EndpointError::PathTaken { .. })));
    }
    assert!(with_path("/internal/metrics-v1.txt").is_none());

    let absent = Some("/absent".into());
    let absent = refused(&MetricsConfig { bearer_token_file: absent, ..MetricsConfig::default() });
    let message = absent.unwrap().to_string();
    assert!(message.contains("/absent"), "{message}");
    assert!(message.contains("telemetry.metrics.bearer_token_file"), "{message}");
}
