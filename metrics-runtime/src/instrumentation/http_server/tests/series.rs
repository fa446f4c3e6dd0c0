//! A thread remembers the series that a look-up would find.

use std::{convert::Infallible, future::ready};

use http::Response;
use tower_service::Service;

use super::{
    super::HttpRoute,
    support::{measured, now, request_with},
};
use crate::testing::{Captured, capture};

const DURATION: &str = "http.server.request.duration";

fn serve(route: String) {
    let mut service = measured(|_| ready(Ok::<_, Infallible>(Response::new(String::new()))));
    let mut request = request_with("GET", "", String::new());
    request.extensions_mut().insert(HttpRoute::new(route));
    drop(now(service.call(request)));
}

#[test]
fn each_capture_has_series_of_its_own() {
    for requests in 1..=3 {
        let captured = capture(|| (0..requests).for_each(|_| serve("/captured".to_owned())));
        let route = &[("http.route", "/captured")];
        assert_eq!(captured.histogram(DURATION, route).count, requests);
        assert_eq!(captured.counter("http_server_request_total", &[]), requests);
    }
}

#[test]
fn every_use_of_the_overflow_series_is_counted() {
    let captured = Captured::new();
    let overflowed = || captured.overflowed_samples(DURATION);
    captured.run(|| (0..100).for_each(|route| serve(format!("/overflowing/{route}"))));
    assert_eq!(overflowed(), 0);
    captured.run(|| {
        (0..3).for_each(|_| serve("/one-too-many".to_owned()));
        serve("/overflowing/7".to_owned());
    });
    assert_eq!(overflowed(), 3);
    let overflow = &[("otel_metric_overflow", "true")];
    assert_eq!(captured.histogram(DURATION, overflow).count, 3);
    assert_eq!(captured.histogram(DURATION, &[("http.route", "/overflowing/7")]).count, 2);
}

#[test]
fn more_series_than_a_thread_remembers_are_found_again() {
    let captured = capture(|| {
        for _ in 0..2 {
            for status in 0..20_u16 {
                for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"] {
                    for route in ["/remembered/a", "/remembered/b"] {
                        answer(method, 200 + status, route);
                    }
                }
            }
        }
    });
    assert_eq!(captured.histogram(DURATION, &[]).count, 2 * 20 * 8 * 2);
    let one = &[("http.request.method", "PUT"), ("http.route", "/remembered/b")];
    assert_eq!(captured.histogram(DURATION, one).count, 40);
    assert_eq!(captured.counter("http_server_request_total", &[]), 640);
}

fn answer(method: &str, status: u16, route: &'static str) {
    let mut service = measured(|_| {
        let response = Response::builder().status(status);
        ready(Ok::<_, Infallible>(response.body(String::new()).unwrap()))
    });
    drop(now(service.call(request_with(method, route, String::new()))));
}
