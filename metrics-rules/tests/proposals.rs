//! The corrected declarations that diagnostics propose.

use osapi_metrics_rules::{
    InstrumentKind::{self, Counter, Gauge, Histogram, UpDownCounter},
    propose,
};

/// Name, kind, unit, proposed name, proposed unit.
type Case =
    (&'static str, InstrumentKind, Option<&'static str>, &'static str, Option<&'static str>);

#[rustfmt::skip]
const CORRECTED: &[Case] = &[
    ("osapi_Jobs-created_total", Counter, None, "osapi_jobs_created_total", None),
    ("osapiJobsCreated", Counter, None, "osapi_jobs_created_total", None),
    ("OSAPIJobsCreated", Counter, None, "osapi_jobs_created_total", None),
    ("jobs_created_total", Counter, None, "osapi_jobs_created_total", None),
    ("osapijobs", Gauge, None, "osapi_jobs", None),
    ("osapi__jobs_", Gauge, None, "osapi_jobs", None),
    ("osapi._jobs", Gauge, None, "osapi.jobs", None),
    ("9lives", Gauge, None, "osapi_9lives", None),
    ("osapi_jobs_created", Counter, Some("{job}"), "osapi_jobs_created_total", None),
    ("osapi.jobs.created", Counter, Some("{job}"), "osapi.jobs.created.total", None),
    ("osapi_jobs_total", Gauge, None, "osapi_jobs", None),
    ("osapi_queue_count", Gauge, None, "osapi_queue", None),
    ("osapi_jobs_counter_total", Counter, None, "osapi_jobs_total", None),
    ("osapi_job_duration", Histogram, Some("s"), "osapi_job_duration_seconds", None),
    ("osapi_seconds_job_duration", Histogram, Some("s"), "osapi_job_duration_seconds", None),
    ("osapi_job_duration_seconds", Histogram, None, "osapi_job_duration_seconds", Some("s")),
    ("osapi_wait_milliseconds", Histogram, Some("ms"), "osapi_wait_seconds", Some("s")),
    ("osapi_wait_ms", Histogram, None, "osapi_wait_seconds", Some("s")),
    ("osapi_size_kb", Gauge, None, "osapi_size_bytes", Some("By")),
    ("osapi_bytes_sent_total", Counter, Some("By"), "osapi_sent_bytes_total", None),
    ("osapi.wait", Histogram, Some("ms"), "osapi.wait", Some("s")),
    ("osapi.wait.ms", Histogram, Some("ms"), "osapi.wait_seconds", Some("s")),
    ("osapi_usage_percent", Gauge, Some("%"), "osapi_usage_ratio", Some("1")),
    ("osapi_queue_fill", Gauge, Some("1"), "osapi_queue_fill_ratio", None),
    ("osapi_wait", Gauge, Some("seconds"), "osapi_wait_seconds", Some("s")),
    ("osapi_disk_read", Gauge, Some("By/s"), "osapi_disk_read_bytes_per_second", None),
    ("osapi_disk_read", Gauge, Some("KB/s"), "osapi_disk_read_bytes_per_second", Some("By/s")),
    ("osapi_jobs", Gauge, Some("jobs"), "osapi_jobs", Some("{job}")),
];

#[test]
fn mistakes_have_a_corrected_declaration() {
    for &(name, kind, unit, expected, expected_unit) in CORRECTED {
        let Some(proposal) = propose(name, "osapi", kind, unit, false) else {
            panic!("nothing proposed for {name}");
        };
        assert_eq!((proposal.name(), proposal.unit()), (expected, expected_unit), "{name}");

        let unit = proposal.unit().or(unit);
        assert!(
            propose(proposal.name(), "osapi", kind, unit, false).is_none(),
            "the proposal for {name} is corrected again"
        );
    }
}

#[test]
fn a_dotted_prefix_makes_a_dotted_name() {
    let name = "steps_enqueued_jobs";
    let proposal = propose(name, "tasker.steps", UpDownCounter, None, false).expect("a proposal");
    assert_eq!(proposal.name(), "tasker.steps.steps_enqueued_jobs");
}

/// Only the author knows what is counted (rule U2).
#[test]
fn nothing_is_proposed_for_a_count_without_its_object() {
    for name in ["steps_enqueued_jobs", "tasker.steps.Enqueued", "tasker.steps.enqueued"] {
        let proposal = propose(name, "tasker.steps", UpDownCounter, Some("1"), false);
        assert!(proposal.is_none(), "{proposal:?}");
    }
}

#[test]
fn sets_that_keep_their_units_keep_them() {
    for (name, unit, expected, expected_unit) in [
        ("tasker_wait", Some("ms"), "tasker_wait_milliseconds", None),
        ("tasker_wait_ms", None, "tasker_wait_milliseconds", Some("ms")),
        ("tasker_usage_percent", None, "tasker_usage_percent", Some("%")),
    ] {
        let proposal = propose(name, "tasker", Gauge, unit, true).expect("a proposal");
        assert_eq!((proposal.name(), proposal.unit()), (expected, expected_unit), "{name}");
    }
}

#[test]
fn nothing_is_proposed_for_what_is_right_or_cannot_be_told() {
    for (name, kind, unit) in [
        ("osapi_jobs_created_total", Counter, Some("{job}")),
        ("osapi.jobs.created.total", Counter, None),
        ("osapi_jobs_active", UpDownCounter, None),
        ("osapi.job.duration", Histogram, Some("s")),
        ("osapi_size_bytes", Gauge, Some("s")),
        ("osapi_size_bytes", Gauge, Some("{job}")),
        ("osapi_jobs_per_second", Gauge, None),
        ("osapi_wait", Gauge, Some("dB")),
        ("", Gauge, None),
        ("_", Counter, None),
        ("größe", Histogram, Some("é")),
    ] {
        let proposal = propose(name, "osapi", kind, unit, false);
        assert!(proposal.is_none(), "{name}: {proposal:?}");
    }
}

#[test]
fn long_names_are_not_corrected_to_longer_ones() {
    let name = "aB".repeat(200);
    assert!(propose(&name, "osapi", Counter, Some("s"), false).is_none());
}
