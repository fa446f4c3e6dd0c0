//! The cache between scrapes. [`Scraper::render`] checks at each rendering that the cache does not
//! change the scrape.

use std::sync::Arc;

use super::*;

/// Registers an instrument that observes the values in the list.
fn observed(scraper: &Scraper, name: &'static str) -> Arc<Mutex<Vec<(&'static str, u64)>>> {
    let values: Arc<Mutex<Vec<(&'static str, u64)>>> = Arc::default();
    let observed = Arc::clone(&values);
    let meter = scraper.meter();
    let gauge = meter.u64_observable_gauge(name).with_callback(move |observer| {
        for &(label, value) in observed.lock().unwrap().iter() {
            observer.observe(value, &[KeyValue::new("l", label)]);
        }
    });
    let _ = gauge.build();
    values
}

#[test]
fn series_that_come_go_and_change_are_shown_as_they_are() {
    let scraper = Scraper::new();
    let values = observed(&scraper, "g");
    let show = |observed: &[(&'static str, u64)]| {
        *values.lock().unwrap() = observed.to_vec();
        scraper.text()
    };
    let two = "# TYPE g gauge\ng{l=\"a\"} 1\ng{l=\"b\"} 2\n";
    assert_eq!(show(&[("b", 2), ("a", 1)]), two);
    assert_eq!(show(&[("a", 1), ("b", 2)]), two);
    assert_eq!(show(&[("a", 3), ("c", 4)]), "# TYPE g gauge\ng{l=\"a\"} 3\ng{l=\"c\"} 4\n");
    assert_eq!(show(&[("c", 5)]), "# TYPE g gauge\ng{l=\"c\"} 5\n");
    assert_eq!(show(&[]), "");
    assert_eq!(show(&[("b", 2), ("a", 1)]), two);
}

#[test]
fn families_that_come_and_go_free_their_names_and_take_them() {
    let scraper = Scraper::new();
    let histogram = scraper.meter().u64_histogram("x").with_boundaries(vec![1.0]).build();
    let count = observed(&scraper, "x_count");
    *count.lock().unwrap() = vec![("a", 1)];
    assert_eq!(scraper.text(), "# TYPE x_count gauge\nx_count{l=\"a\"} 1\n");
    histogram.record(1, &[]);
    let samples = "x_bucket{le=\"1.0\"} 1\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count 1\n";
    assert_eq!(scraper.text(), format!("# TYPE x histogram\n{samples}"));
    *count.lock().unwrap() = Vec::new();
    assert_eq!(scraper.text(), format!("# TYPE x histogram\n{samples}"));
}

#[test]
fn another_resource_is_another_target() {
    let (a, b) = (KeyValue::new("service.name", "a"), KeyValue::new("service.name", "b"));
    let mut exposition = Exposition::new(PLAIN);
    for (attribute, name) in [(a, "a"), (b, "b")] {
        let metrics = Scraper::with_resource([attribute]).snapshot();
        let text = exposition.render(&metrics, Format::Text, &NameFilter::ALL);
        assert!(text.ends_with(&format!("target_info{{service_name=\"{name}\"}} 1\n")), "{text}");
    }
}

#[test]
fn what_a_scrape_does_not_show_is_forgotten() {
    let scraper = Scraper::new();
    scraper.meter().u64_counter("c").build().add(1, &[]);
    let mut exposition = Exposition::new(PLAIN);
    exposition.render(&scraper.snapshot(), Format::Text, &NameFilter::ALL);
    assert!(format!("{exposition:?}").contains("c_total"));
    exposition.render(&Snapshot::default(), Format::Text, &NameFilter::ALL);
    assert!(!format!("{exposition:?}").contains("c_total"));
}

#[test]
fn a_warm_scrape_allocates_nothing_for_a_sample() {
    let allocations = |series: u32| {
        let scraper = Scraper::new();
        let (one, other) = (scraper.provider.meter("a"), scraper.provider.meter("b"));
        let boundaries = vec![0.5, 1.0, 5.0];
        let wait = one.f64_histogram("wait").with_boundaries(boundaries).build();
        let exponential = one.f64_histogram("exponential").build();
        let level = one.f64_gauge("level").build();
        let shared = [one.u64_counter("shared").build(), other.u64_counter("shared").build()];
        for nth in 0..series {
            let labels =
                [KeyValue::new("nth", i64::from(nth)), KeyValue::new("text", "\"quoted\"")];
            for value in [0.1, 1.0, -7.0] {
                wait.record(value, &labels);
                exponential.record(value, &labels);
            }
            level.record(f64::from(nth) / 3.0, &labels);
            for counter in &shared {
                counter.add(u64::from(nth), &labels);
            }
        }
        let metrics = scraper.snapshot();
        let mut exposition = Exposition::new(PLAIN);
        let mut text = exposition.render(&metrics, Format::Text, &NameFilter::ALL);
        let of_text = allocation_counter::measure(|| {
            text = exposition.render(&metrics, Format::Text, &NameFilter::ALL);
        });
        assert!(text.lines().count() > 15 * usize::try_from(series).unwrap());
        let mut messages = exposition.encode(&metrics, &NameFilter::ALL);
        let of_messages = allocation_counter::measure(|| {
            messages = exposition.encode(&metrics, &NameFilter::ALL);
        });
        assert!(messages.len() > text.len() / 10);
        [of_text, of_messages].map(|counted| counted.count_total)
    };
    assert_eq!(allocations(50), allocations(100));
}
