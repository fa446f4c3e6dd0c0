//! The labels that show the scopes of metrics.

use super::*;

fn scope(name: &'static str, version: &'static str) -> InstrumentationScope {
    InstrumentationScope::builder(name).with_version(version).build()
}

#[test]
fn instruments_of_one_name_are_kept_apart_by_their_scopes() {
    let scraper = Scraper::showing(ScopeLabels::Others);
    for (scope, help) in [(scope("b", "1"), "B"), (scope("a", "1"), "A"), (scope("a", "2"), "")] {
        let meter = scraper.provider.meter_with_scope(scope);
        let counter = meter.u64_counter("requests").with_description(help).build();
        counter.add(1, &[]);
        counter.add(2, &[KeyValue::new("zone", "x")]);
        meter.u64_histogram("size").with_boundaries(vec![1.0]).build().record(3, &[]);
    }
    // Both render to one name, in one scope.
    let meter = scraper.provider.meter_with_scope(scope("b", "1"));
    meter.u64_counter("requests_total").build().add(4, &[]);
    // Another type than that of the first scope.
    scraper.provider.meter("z").u64_gauge("requests.total").build().record(9, &[]);
    scraper.provider.meter("z").u64_gauge("size").build().record(9, &[]);

    assert_eq!(
        scraper.open_metrics(),
        r#"# TYPE requests counter
# HELP requests A
requests_total{otel_scope_name="a",otel_scope_version="1"} 1
requests_total{otel_scope_name="a",otel_scope_version="1",zone="x"} 2
requests_total{otel_scope_name="a",otel_scope_version="2"} 1
requests_total{otel_scope_name="a",otel_scope_version="2",zone="x"} 2
requests_total{otel_scope_name="b",otel_scope_version="1"} 5
requests_total{otel_scope_name="b",otel_scope_version="1",zone="x"} 2
# TYPE size histogram
size_bucket{otel_scope_name="a",otel_scope_version="1",le="1.0"} 0
size_bucket{otel_scope_name="a",otel_scope_version="1",le="+Inf"} 1
size_sum{otel_scope_name="a",otel_scope_version="1"} 3
size_count{otel_scope_name="a",otel_scope_version="1"} 1
size_bucket{otel_scope_name="a",otel_scope_version="2",le="1.0"} 0
size_bucket{otel_scope_name="a",otel_scope_version="2",le="+Inf"} 1
size_sum{otel_scope_name="a",otel_scope_version="2"} 3
size_count{otel_scope_name="a",otel_scope_version="2"} 1
size_bucket{otel_scope_name="b",otel_scope_version="1",le="1.0"} 0
size_bucket{otel_scope_name="b",otel_scope_version="1",le="+Inf"} 1
size_sum{otel_scope_name="b",otel_scope_version="1"} 3
size_count{otel_scope_name="b",otel_scope_version="1"} 1
# EOF
"#
    );
}

#[test]
fn all_parts_of_a_scope_are_labels() {
    let scraper = Scraper::showing(ScopeLabels::All);
    let scope = InstrumentationScope::builder("lib")
        .with_schema_url("https://example.com/1.0")
        .with_attributes([
            KeyValue::new("mascot", "gopher"),
            KeyValue::new("a.b", 2),
            KeyValue::new("a_b", true),
            KeyValue::new("empty", ""),
            // Their labels would be those of the other parts.
            KeyValue::new("name", "x"),
            KeyValue::new("version", "x"),
            KeyValue::new("schema.url", "x"),
        ])
        .build();
    scraper.provider.meter_with_scope(scope).u64_gauge("g").build().record(1, &[]);
    assert_eq!(
        scraper.text(),
        r#"# TYPE g gauge
g{otel_scope_a_b="2;true",otel_scope_mascot="gopher",otel_scope_name="lib",otel_scope_schema_url="https://example.com/1.0"} 1
"#
    );
}

#[test]
fn a_scope_without_a_name_has_no_label() {
    let scraper = Scraper::showing(ScopeLabels::Others);
    let scope = InstrumentationScope::builder("").build();
    scraper.provider.meter_with_scope(scope).u64_gauge("g").build().record(1, &[]);
    assert_eq!(scraper.text(), "# TYPE g gauge\ng 1\n");
}

/// Values of keys that collide are joined in the order of the original keys.
#[test]
fn attributes_with_the_keys_of_scope_labels_are_joined_with_them() {
    let scraper = Scraper::showing(ScopeLabels::Others);
    let gauge = scraper.provider.meter_with_scope(scope("s", "1")).u64_gauge("g").build();
    gauge.record(1, &[KeyValue::new("otel.scope.name", "own")]);
    gauge.record(2, &[KeyValue::new("otel_scope_version", "own")]);
    gauge.record(3, &[KeyValue::new("otel_scope__name", "other")]);
    assert_eq!(
        scraper.text(),
        r#"# TYPE g gauge
g{otel_scope_name="other;s",otel_scope_version="1"} 3
g{otel_scope_name="own;s",otel_scope_version="1"} 1
g{otel_scope_name="s",otel_scope_version="own;1"} 2
"#
    );
}
