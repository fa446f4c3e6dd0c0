//! Each way in which a request can end, and the series that it ends in.
//!
//! All tests record in the metrics of the process, so every test has a method, a status or a route
//! of its own.

use std::{
    convert::Infallible,
    fmt,
    future::{pending, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    task::Poll,
};

use http::{Response, header::CONTENT_LENGTH};
use tower_layer::Layer;
use tower_service::Service;

use super::{
    super::{HttpRoute, HttpServerLayer, UrlScheme},
    support::{
        Answering, DURATIONS, Script, Step, active, assert_ended, break_down, layer, measured, now,
        poll, poll_body, request, response, series,
    },
};

const TOTAL: &str = "http_server_request_total";

#[test]
fn a_request_is_active_until_the_last_frame_of_its_body() {
    let route = "/streamed";
    let mut service = measured(|_| {
        ready(Ok::<_, Infallible>(response(209, [Step::Data("a"), Step::Wait, Step::Data("b")])))
    });
    let response = now(service.call(request("TRACE", route))).unwrap();
    let mut body = response.into_body();
    assert!(poll_body(&mut body).is_ready());
    assert!(poll_body(&mut body).is_pending());
    assert!(poll_body(&mut body).is_ready());
    assert_eq!(active("TRACE"), 1);
    assert_ended(route, &[]);

    assert!(matches!(poll_body(&mut body), Poll::Ready(None)));
    assert_eq!(active("TRACE"), 0);
    let labels = r#"http_request_method="TRACE",http_response_status_code="209""#;
    assert_ended(route, &[(labels, 1)]);
    drop(body);
    assert_ended(route, &[(labels, 1)]);
    let status = r#"http_response_status_code="209""#;
    let total = series(TOTAL, status);
    assert_eq!(total, [(labels.to_owned(), 1)]);
}

#[test]
fn a_body_of_known_length_ends_with_its_last_byte() {
    let route = "/known-length";
    let mut service = measured(|_| {
        let mut response = response(200, [Step::Data("ab"), Step::Data("c")]);
        response.headers_mut().insert(CONTENT_LENGTH, 3.into());
        ready(Ok::<_, Infallible>(response))
    });
    let response = now(service.call(request("GET", route))).unwrap();
    let mut body = response.into_body();
    assert!(poll_body(&mut body).is_ready());
    assert_ended(route, &[]);
    assert!(poll_body(&mut body).is_ready());
    let labels = r#"http_request_method="GET",http_response_status_code="200""#;
    assert_ended(route, &[(labels, 1)]);
}

#[test]
fn a_response_without_a_body_ends_with_its_head() {
    let route = "/bodiless";
    // Servers do not poll these bodies, and drop them.
    for (method, status) in [("HEAD", 200), ("CONNECT", 200), ("GET", 204), ("GET", 304)] {
        let mut service =
            measured(|_| ready(Ok::<_, Infallible>(response(status, [Step::Data("a")]))));
        drop(now(service.call(request(method, route))));
    }
    let mut empty = measured(|_| ready(Ok::<_, Infallible>(Response::new(String::new()))));
    drop(now(empty.call(request("GET", route))));

    assert_ended(
        route,
        &[
            (r#"http_request_method="CONNECT",http_response_status_code="200""#, 1),
            (r#"http_request_method="GET",http_response_status_code="200""#, 1),
            (r#"http_request_method="GET",http_response_status_code="204""#, 1),
            (r#"http_request_method="GET",http_response_status_code="304""#, 1),
            (r#"http_request_method="HEAD",http_response_status_code="200""#, 1),
        ],
    );
}

#[test]
fn errors_of_the_service_and_of_the_body_are_told_apart() {
    let route = "/errors";
    let mut failing = measured(|_| ready(Err::<Response<Script>, _>(fmt::Error)));
    assert!(now(failing.call(request("GET", route))).is_err());

    let mut breaking = measured(|_| ready(Ok::<_, Infallible>(response(200, [Step::Fail]))));
    let response = now(breaking.call(request("GET", route))).unwrap();
    assert!(matches!(poll_body(&mut response.into_body()), Poll::Ready(Some(Err(_)))));

    assert_ended(
        route,
        &[
            (
                r#"error_type="body_error",http_request_method="GET",http_response_status_code="200""#,
                1,
            ),
            (r#"error_type="service_error",http_request_method="GET""#, 1),
        ],
    );
}

#[test]
fn only_the_servers_own_error_statuses_are_errors() {
    let route = "/statuses";
    for status in [200, 404, 503] {
        let mut service = measured(|_| ready(Ok::<_, Infallible>(response(status, []))));
        let response = now(service.call(request("GET", route))).unwrap();
        assert!(poll_body(&mut response.into_body()).is_ready());
    }
    assert_ended(
        route,
        &[
            (r#"error_type="503",http_request_method="GET",http_response_status_code="503""#, 1),
            (r#"http_request_method="GET",http_response_status_code="200""#, 1),
            (r#"http_request_method="GET",http_response_status_code="404""#, 1),
        ],
    );
}

#[test]
fn a_dropped_request_is_cancelled_and_no_longer_active() {
    let route = "/cancelled";
    let mut waiting = measured(|_| pending::<Result<Response<Script>, Infallible>>());
    let never_polled = waiting.call(request("PATCH", route));
    let mut polled = Box::pin(waiting.call(request("PATCH", route)));
    assert!(poll(polled.as_mut()).is_pending());

    let mut answering = measured(|_| {
        ready(Ok::<_, Infallible>(response(200, [Step::Data("a"), Step::WaitForever])))
    });
    let response = now(answering.call(request("PATCH", route))).unwrap();
    let mut half_read = response.into_body();
    assert!(poll_body(&mut half_read).is_ready());
    assert_eq!(active("PATCH"), 3);

    drop((never_polled, polled, half_read));
    assert_eq!(active("PATCH"), 0);
    assert_ended(
        route,
        &[
            (r#"error_type="cancelled",http_request_method="PATCH""#, 2),
            (
                r#"error_type="cancelled",http_request_method="PATCH",http_response_status_code="200""#,
                1,
            ),
        ],
    );
}

#[test]
fn a_panic_goes_on_and_is_recorded() {
    type Outcome = Result<Response<Script>, Infallible>;
    let route = "/panics";

    let mut calling = measured(|_| break_down::<std::future::Ready<Outcome>>());
    let call = catch_unwind(AssertUnwindSafe(|| now(calling.call(request("DELETE", route)))));
    assert!(call.is_err());

    let mut polling = measured(|_| async { break_down::<Outcome>() });
    let call = catch_unwind(AssertUnwindSafe(|| now(polling.call(request("DELETE", route)))));
    assert!(call.is_err());

    let mut streaming = measured(|_| ready(Outcome::Ok(response(200, [Step::Panic]))));
    let mut body = now(streaming.call(request("DELETE", route))).unwrap().into_body();
    // The panic is caught before the body is dropped, as by a layer that makes responses of panics.
    let frame = catch_unwind(AssertUnwindSafe(|| poll_body(&mut body).is_ready()));
    assert!(frame.is_err());
    drop(body);

    assert_eq!(active("DELETE"), 0);
    assert_ended(
        route,
        &[
            (r#"error_type="panicked",http_request_method="DELETE""#, 2),
            (
                r#"error_type="panicked",http_request_method="DELETE",http_response_status_code="200""#,
                1,
            ),
        ],
    );
}

#[test]
fn unknown_methods_are_one_series() {
    let route = "/methods";
    let mut service = measured(|_| ready(Ok::<_, Infallible>(Response::new(String::new()))));
    for method in ["BREW", "get", "PROPFIND", "query", "QUERYING"] {
        drop(now(service.call(request(method, route))));
    }
    let labels = r#"http_request_method="_OTHER",http_response_status_code="200""#;
    assert_ended(route, &[(labels, 5)]);
}

/// The methods that the semantic conventions know.
#[test]
fn known_methods_have_a_series_each() {
    let mut service = measured(|_| ready(Ok::<_, Infallible>(Response::new(String::new()))));
    for (method, route) in [
        ("GET", "/known/get"),
        ("HEAD", "/known/head"),
        ("POST", "/known/post"),
        ("PUT", "/known/put"),
        ("DELETE", "/known/delete"),
        ("CONNECT", "/known/connect"),
        ("OPTIONS", "/known/options"),
        ("TRACE", "/known/trace"),
        ("PATCH", "/known/patch"),
        ("QUERY", "/known/query"),
    ] {
        drop(now(service.call(request(method, route))));
        let labels = format!(r#"http_request_method="{method}",http_response_status_code="200""#);
        assert_ended(route, &[(&labels, 1)]);
    }
}

#[test]
fn the_scheme_is_the_layers_or_else_the_uris() {
    let scheme = |layer: HttpServerLayer, uri: &str, route: &'static str| {
        let answer = |_| ready(Ok::<_, Infallible>(Response::new(String::new())));
        let mut service = layer.layer(Answering(answer));
        let mut request = request("GET", route);
        *request.uri_mut() = uri.parse().unwrap();
        drop(now(service.call(request)));
        let series = series(DURATIONS, &format!("http_route=\"{route}\""));
        let https = series[0].0.contains(r#"url_scheme="https""#);
        if https { "https" } else { "http" }
    };
    let layer = layer();
    assert_eq!(scheme(layer, "/jobs", "/scheme-1"), "http");
    assert_eq!(scheme(layer, "https://localhost/jobs", "/scheme-2"), "https");
    assert_eq!(scheme(layer, "gopher://localhost/jobs", "/scheme-3"), "http");
    let layer = layer.with_scheme(UrlScheme::Https);
    assert_eq!(scheme(layer, "http://localhost/jobs", "/scheme-4"), "https");
}

#[test]
fn the_responses_route_wins_over_the_requests() {
    let mut service = measured(|_| {
        let mut response = Response::new(String::new());
        response.extensions_mut().insert(HttpRoute::new("/routed/{id}"));
        ready(Ok::<_, Infallible>(response))
    });
    drop(now(service.call(request("GET", "/outer"))));
    assert_ended("/outer", &[]);
    let labels = r#"http_request_method="GET",http_response_status_code="200""#;
    assert_ended("/routed/{id}", &[(labels, 1)]);
}
