//! Metrics that are absent until something happens, and values that no longer arrive.

use std::time::Duration;

use osapi_metrics_rules::{MAX_STALE_AFTER, explain_absence, explain_stale_after};

/// The end of a sentence that begins with "Absent until".
#[test]
fn d3_end_of_a_sentence() {
    for until in ["a job has failed", "the program is built with `--cfg x`", "v1.2 is read"] {
        assert!(explain_absence(until).is_none(), "{until}");
    }
    for (until, problem) in [
        ("", "the text is empty; "),
        (" \n", "the text is empty; "),
        ("until a job has failed", "the key says `until` already; "),
        ("a job has failed.", "the text is the end of a sentence that goes on; "),
        ("a job has failed. ", "the text is the end of a sentence that goes on; "),
    ] {
        let message = explain_absence(until).unwrap_or_else(|| panic!("`{until}` passes"));
        assert!(message.as_str().starts_with(problem), "`{until}`: {message}");
    }
}

/// From a second to half an hour.
#[test]
fn t5_time_that_an_alert_can_see() {
    for after in [Duration::from_secs(1), Duration::from_secs(30), MAX_STALE_AFTER] {
        assert!(explain_stale_after(after).is_none(), "{after:?}");
    }
    for (after, remedy) in [
        (Duration::ZERO, "such as `30s`"),
        (Duration::from_millis(999), "such as `30s`"),
        (MAX_STALE_AFTER + Duration::from_secs(1), "at most `30m`"),
        (Duration::MAX, "at most `30m`"),
    ] {
        let message = explain_stale_after(after).unwrap_or_else(|| panic!("{after:?} passes"));
        assert!(message.as_str().contains(remedy), "{after:?}: {message}");
    }
}
