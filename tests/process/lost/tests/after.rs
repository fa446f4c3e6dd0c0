//! A program whose linker has dropped registrations, found out after the installation, when the
//! loss can only be counted. A process of its own, because the next installation of the process
//! fails.

#![cfg(loses_registrations)]

use osapi_metrics::exposition::Format;
use osapi_metrics_lost_tests::{LostMetrics, install, lost_handler};

#[test]
fn what_is_missed_later_is_counted() {
    let metrics = install().unwrap();
    let missed = || {
        let text = metrics.render(Format::OpenMetrics);
        let line = text.lines().find_map(|line| {
            line.strip_prefix("osapi_metrics_lost_registrations_total ").map(str::to_owned)
        });
        (line.unwrap(), text.contains("lost_things_lost_total"))
    };
    assert_eq!(missed(), ("0".to_owned(), false));
    LostMetrics::global().things_lost_total.inc();
    assert_eq!(missed(), ("1".to_owned(), false));
    lost_handler();
    lost_handler();
    assert_eq!(missed(), ("2".to_owned(), false));
    // The next installation fails instead.
    assert!(install().is_err());
}
