//! A faulty observation does not affect other metrics.

use std::{
    panic,
    sync::{Arc, OnceLock},
    thread,
};

use osapi_metrics::{MetricSet, Metrics, ObservableGauge, exposition::Format};
use osapi_metrics_tests::reading::{Reading, install};

/// Metrics of these tests.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "contained")]
struct Observed {
    /// Asks for a collection itself.
    asking: ObservableGauge,
    /// Panics with a value that panics when it is dropped.
    bursting: ObservableGauge,
    /// Goes on beside the others.
    calm: ObservableGauge,
}

#[test]
fn an_observation_that_asks_for_a_collection_is_refused_instead_of_waiting_for_itself() {
    let metrics = Arc::new(install());
    let asked: Arc<OnceLock<String>> = Arc::default();
    // The runtimes of other tests call the observation too.
    let here = thread::current().id();
    let observation = {
        let (metrics, asked) = (Arc::downgrade(&metrics), Arc::clone(&asked));
        Observed::global().asking.observe(move || {
            let metrics: Arc<Metrics> = metrics.upgrade()?;
            if thread::current().id() != here {
                return None;
            }
            Some(asked.get_or_init(|| metrics.render(Format::Text)).len() as f64)
        })
    };
    assert!(Reading::of(&metrics).number("contained_asking", &[]).is_some());
    assert!(!asked.get().unwrap().contains("contained_asking"));
    drop(observation);
}

#[test]
fn a_panic_with_a_value_that_panics_too_does_not_end_collection() {
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("the value of the panic is dropped");
        }
    }

    let metrics = install();
    let bursting = Observed::global().bursting.observe(|| -> f64 { panic::panic_any(Bomb) });
    let calm = Observed::global().calm.observe(|| 1.0);
    for _ in 0..2 {
        let reading = Reading::of(&metrics);
        assert_eq!(reading.number("contained_calm", &[]), Some(1.0));
        assert_eq!(reading.number("contained_bursting", &[]), None);
    }
    drop((bursting, calm));
}
