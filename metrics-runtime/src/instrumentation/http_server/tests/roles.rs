//! Requests that are recorded in sets of a service, under names of their own.

use std::{
    convert::Infallible,
    fmt,
    future::{pending, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    task::Poll,
};

use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use super::{
    super::{
        ActiveRequest, EndedRequest, Given, HttpMethod, HttpRoute, HttpServerLayer,
        HttpServerMetrics, HttpServerRoles, OwnSet, RequestFailure, RequestRecorder, UrlScheme,
    },
    support::{
        Answering, Script, Step, break_down, layer, now, poll_body, request, request_with, response,
    },
};
use crate::{
    Counter, Histogram, LabelSet, LabelValue, MetricSet, UpDownCounter,
    roles::RoleLabels,
    testing::{Captured, capture},
};

#[derive(Clone, Copy, LabelValue)]
#[label(crate = "crate")]
enum Listener {
    Public,
    Internal,
}

/// The labels that the service gives to a layer.
#[derive(Clone, LabelSet)]
#[label(crate = "crate")]
struct Server {
    listener: Listener,
}

#[derive(LabelSet)]
#[label(crate = "crate")]
struct Ended {
    #[label(flatten)]
    server: Server,
    method: HttpMethod,
    scheme: UrlScheme,
    #[label(max = 3)]
    route: Option<HttpRoute>,
    #[label(max = 3)]
    class: Option<u16>,
    #[label(max = 3)]
    failure: Option<RequestFailure>,
}

impl RoleLabels<Server, EndedRequest> for Ended {
    fn role_labels(server: &Server, request: &EndedRequest) -> Self {
        Self {
            server: server.clone(),
            method: request.method,
            scheme: request.scheme,
            route: request.route.clone(),
            class: request.status.map(|status| status.as_u16() / 100),
            failure: request.failure,
        }
    }
}

#[derive(LabelSet)]
#[label(crate = "crate")]
struct Begun {
    #[label(flatten)]
    server: Server,
    method: HttpMethod,
    scheme: UrlScheme,
    #[label(max = 10)]
    route: Option<HttpRoute>,
}

impl RoleLabels<Server, ActiveRequest> for Begun {
    fn role_labels(server: &Server, request: &ActiveRequest) -> Self {
        Self {
            server: server.clone(),
            method: request.method,
            scheme: request.scheme,
            route: request.route.clone(),
        }
    }
}

/// Requests of a shop.
#[derive(MetricSet)]
#[metric_set(
    prefix = "shop",
    roles(of = HttpServerRoles, labels = Server),
    allow(non_base_units),
    crate = "crate"
)]
struct ShopHttp {
    /// Requests that have ended.
    #[metric(unit = "{request}", on = requests)]
    requests_total: Counter<Ended>,
    /// Time of requests.
    #[metric(unit = "ms", buckets = [1, 60_000], on = duration)]
    request_milliseconds: Histogram<Server>,
    /// Sizes of requests.
    #[metric(unit = "KiBy", buckets = [1, 2, 3], on = request_body_size)]
    received_kibibytes: Histogram<Ended>,
    /// Sizes of responses.
    #[metric(unit = "By", buckets = [1, 2, 3], on = response_body_size)]
    sent_bytes: Histogram<Ended, u64>,
    /// Requests that have begun and not ended.
    #[metric(unit = "{request}", on = active)]
    requests_active: UpDownCounter<Begun>,
}

fn count_and_sum(captured: &Captured, histogram: &str, labels: &[(&str, &str)]) -> (u64, f64) {
    let values = captured.histogram(histogram, labels);
    (values.count, values.sum.as_f64())
}

/// A layer that records in the set of the shop.
fn shop(listener: Listener) -> HttpServerLayer<Given, OwnSet> {
    HttpServerLayer::new_in::<ShopHttp>(&Server { listener })
}

#[test]
fn labels_are_made_from_the_layers_labels_and_the_request() {
    let captured = capture(|| {
        let public = shop(Listener::Public).with_scheme(UrlScheme::Https);
        let mut service = public.layer(Answering(|_| {
            let response = Response::builder().status(201);
            ready(Ok::<_, Infallible>(response.body("abc".to_owned()).unwrap()))
        }));
        let mut body = now(service.call(request_with("POST", "/carts", "x".repeat(2048))))
            .unwrap()
            .into_body();
        assert!(poll_body(&mut body).is_ready());

        let internal = shop(Listener::Internal);
        let mut failing =
            internal.layer(Answering(|_| ready(Err::<Response<Script>, _>(fmt::Error))));
        assert!(now(failing.call(request("BREW", "/pots"))).is_err());
    });
    let created = &[
        ("listener", "public"),
        ("method", "POST"),
        ("scheme", "https"),
        ("route", "/carts"),
        ("class", "2"),
    ];
    assert_eq!(captured.counter("shop_requests_total", created), 1);
    let failed = &[
        ("listener", "internal"),
        ("method", "_OTHER"),
        ("scheme", "http"),
        ("route", "/pots"),
        ("failure", "service_error"),
    ];
    assert_eq!(captured.counter("shop_requests_total", failed), 1);
    assert_eq!(captured.counter("shop_requests_total", &[]), 2);

    assert_eq!(count_and_sum(&captured, "shop_received_kibibytes", created), (1, 2.0));
    assert_eq!(count_and_sum(&captured, "shop_sent_bytes", created), (1, 3.0));
    // There was no response.
    assert_eq!(captured.histogram("shop_sent_bytes", &[]).count, 1);
    let public = &[("listener", "public")];
    let (count, sum) = count_and_sum(&captured, "shop_request_milliseconds", public);
    assert_eq!(count, 1);
    assert!(sum > 0.0 && sum < 60_000.0, "{sum}");
}

#[test]
fn a_request_is_active_in_the_set_of_its_layer_until_it_ends() {
    let active = |captured: &Captured| {
        let labels = &[
            ("listener", "internal"),
            ("method", "GET"),
            ("scheme", "http"),
            ("route", "/waiting"),
        ];
        captured.up_down_counter("shop_requests_active", labels)
    };
    let captured = Captured::new();
    let mut service = captured.run(|| {
        shop(Listener::Internal)
            .layer(Answering(|_| pending::<Result<Response<Script>, Infallible>>()))
    });
    let call = captured.run(|| service.call(request("GET", "/waiting")));
    assert_eq!(active(&captured), 1);
    assert_eq!(captured.counter("shop_requests_total", &[]), 0);
    captured.run(|| drop(call));
    assert_eq!(active(&captured), 0);
    let cancelled = &[("failure", "cancelled"), ("route", "/waiting")];
    assert_eq!(captured.counter("shop_requests_total", cancelled), 1);
}

#[test]
fn a_layer_in_a_set_counts_the_bodies_of_any_type() {
    let captured = capture(|| {
        let layer = shop(Listener::Public).counting_requests();
        let mut service = layer.layer(Answering(|request: Request<_>| {
            let mut body = request.into_body();
            assert!(poll_body(&mut body).is_ready());
            ready(Ok::<_, Infallible>(Response::new(String::new())))
        }));
        let body = Script::from([Step::Data("read"), Step::Data("left")]);
        drop(now(service.call(request_with("POST", "/counted", body))));
    });
    assert_eq!(count_and_sum(&captured, "shop_received_kibibytes", &[]), (1, 4.0 / 1024.0));
}

/// Serves a request that ends well, one that fails, one whose status is an error, one that is
/// cancelled, one whose service panics, and one whose body breaks.
fn serve_each_end<T: RequestRecorder>(layer: &HttpServerLayer<Given, T>) {
    let route = "/each-end";
    for status in [200, 503] {
        let mut service = layer.layer(Answering(|_| {
            ready(Ok::<_, Infallible>(response(status, [Step::Data("ab"), Step::Data("c")])))
        }));
        let mut body =
            now(service.call(request_with("PUT", route, "four".to_owned()))).unwrap().into_body();
        while let Poll::Ready(Some(_)) = poll_body(&mut body) {}
    }
    let mut failing = layer.layer(Answering(|_| ready(Err::<Response<Script>, _>(fmt::Error))));
    assert!(now(failing.call(request("GET", route))).is_err());

    let mut waiting = layer.layer(Answering(|_| pending::<Result<Response<Script>, Infallible>>()));
    drop(waiting.call(request("GET", route)));

    let mut panicking =
        layer.layer(Answering(|_| async { break_down::<Result<Response<Script>, Infallible>>() }));
    let call = catch_unwind(AssertUnwindSafe(|| now(panicking.call(request("GET", route)))));
    assert!(call.is_err());

    let mut breaking =
        layer.layer(Answering(|_| ready(Ok::<_, Infallible>(response(200, [Step::Fail])))));
    let mut body = now(breaking.call(request("GET", route))).unwrap().into_body();
    assert!(poll_body(&mut body).is_ready());
}

#[test]
fn the_roles_of_the_shipped_set_record_what_the_layer_records_without_them() {
    let shipped = capture(|| serve_each_end(&layer()));
    let by_roles = capture(|| serve_each_end(&HttpServerLayer::new_in::<HttpServerMetrics>(&())));
    for captured in [&shipped, &by_roles] {
        let read = |labels: &[(&str, &str)]| {
            let of = |metric: &str| count_and_sum(captured, metric, labels);
            let (durations, _) = of("http.server.request.duration");
            (durations, of("http.server.request.body.size"), of("http.server.response.body.size"))
        };
        let answered = &[
            ("http.request.method", "PUT"),
            ("http.response.status_code", "200"),
            ("http.route", "/each-end"),
            ("url.scheme", "http"),
        ];
        assert_eq!(read(answered), (1, (1, 4.0), (1, 3.0)));
        assert_eq!(read(&[("error.type", "503")]), (1, (1, 4.0), (1, 3.0)));
        assert_eq!(read(&[("error.type", "body_error")]), (1, (1, 0.0), (1, 0.0)));
        for failure in ["service_error", "cancelled", "panicked"] {
            assert_eq!(read(&[("error.type", failure)]), (1, (1, 0.0), (0, 0.0)), "{failure}");
        }
        assert_eq!(read(&[]), (6, (6, 8.0), (3, 6.0)));

        let total = |labels: &[(&str, &str)]| captured.counter("http_server_request_total", labels);
        assert_eq!(total(&answered[..2]), 1);
        assert_eq!(total(&[]), 6);
        let get = &[("http.request.method", "GET"), ("url.scheme", "http")];
        assert_eq!(captured.up_down_counter("http.server.active_requests", get), 0);
    }
}
