use opentelemetry::{KeyValue, global, metrics::Counter};
use osapi_metrics_tests::reading::{Reading, install};

use crate::take_turn;

/// A library that does not know `osapi-metrics`.
fn third_party_counter() -> Counter<u64> {
    global::meter("third-party").u64_counter("third.party.requests").with_unit("{request}").build()
}

fn requests(reading: &Reading) -> Option<f64> {
    let labels = [("http_route", "/jobs"), ("otel_scope_name", "third-party")];
    reading.number("third_party_requests_total", &labels)
}

#[test]
fn instruments_of_other_libraries_are_in_the_scrape_of_the_first_runtime() {
    let _turn = take_turn();
    let route = [KeyValue::new("http.route", "/jobs")];
    let first = install();
    let second = install();
    let counter = third_party_counter();
    counter.add(2, &route);
    third_party_counter().add(1, &route);
    assert_eq!(requests(&Reading::of(&first)), Some(3.0));
    assert_eq!(requests(&Reading::of(&second)), None, "each keeps its own provider");

    let own = second.provider().unwrap();
    let meter = opentelemetry::metrics::MeterProvider::meter(own, "third-party");
    meter.u64_counter("third.party.requests").build().add(7, &route);
    assert_eq!(requests(&Reading::of(&second)), Some(7.0));
    assert_eq!(requests(&Reading::of(&first)), Some(3.0));

    drop((first, second));
    let third = install();
    third_party_counter().add(5, &route);
    assert_eq!(requests(&Reading::of(&third)), Some(5.0), "the next runtime takes over");
}
