//! The specification of the rules: for each rule, declarations that follow it, and declarations
//! that break it and no other rule, with the proposed declaration. The prefix of the set is
//! `osapi`.

use osapi_metrics_rules::{
    InstrumentKind::{self, Counter, Gauge, Histogram, Info, StateSet, UpDownCounter},
    NameViolation, Proposal, check_base_unit_of, check_grammar, check_prefix, check_semconv,
    check_suffix, check_unit_for_kind, check_unit_in_name, check_words, parse_unit, propose,
};

/// Name, kind, unit.
type Declared = (&'static str, InstrumentKind, Option<&'static str>);

/// The proposal for an invalid declaration.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Proposed {
    /// Only the name has to change.
    Name(&'static str),
    /// The unit has to change, and possibly the name.
    WithUnit(&'static str, &'static str),
    /// The meaning of the declaration is not clear.
    Nothing,
}

use Proposed::{Name, Nothing, WithUnit};

impl Proposed {
    fn name_and_unit(self) -> Option<(&'static str, Option<&'static str>)> {
        match self {
            Name(name) => Some((name, None)),
            WithUnit(name, unit) => Some((name, Some(unit))),
            Nothing => None,
        }
    }
}

const PREFIX: &str = "osapi";

/// The numbers of the rules that are broken.
fn broken_rules((name, kind, unit): Declared) -> Vec<&'static str> {
    let of_unit = unit.and_then(|unit| parse_unit(unit).err());
    let of_name = [
        check_grammar(name),
        check_prefix(name, PREFIX),
        check_suffix(name, kind),
        check_unit_in_name(name, kind, unit),
        check_base_unit_of(name, kind, unit),
        check_words(name),
        check_semconv(name),
        check_unit_for_kind(name, kind, unit),
    ];
    let of_name = of_name.iter().flatten().map(NameViolation::rule);
    of_name.chain(of_unit.map(|violation| violation.rule())).collect()
}

#[track_caller]
fn accepted(declared: &[Declared]) {
    for &declaration in declared {
        assert!(broken_rules(declaration).is_empty(), "{declaration:?} breaks a rule");
        let (name, kind, unit) = declaration;
        let proposal = propose(name, PREFIX, kind, unit, false);
        assert!(proposal.is_none(), "{declaration:?} is right, but {proposal:?} is proposed");
    }
}

#[track_caller]
fn refused(rules: &[&str], declared: &[(Declared, Proposed)]) {
    for &(declaration, expected) in declared {
        assert_eq!(broken_rules(declaration), rules, "{declaration:?}");
        let (name, kind, unit) = declaration;
        let proposal = propose(name, PREFIX, kind, unit, false);
        let proposed = proposal.as_ref().map(|proposal| (proposal.name(), proposal.unit()));
        assert_eq!(proposed, expected.name_and_unit(), "{declaration:?}");
        match expected {
            Name(name) => accepted(&[(name, kind, unit)]),
            WithUnit(name, unit) => accepted(&[(name, kind, Some(unit))]),
            Nothing => {}
        }
    }
}

/// Lower-case words joined by `_`, optionally in namespaces joined by `.`; starts with a letter,
/// ends with a letter or digit; no doubled separators; at most 255 characters.
#[test]
#[rustfmt::skip]
fn n1_the_grammar_of_names() {
    accepted(&[
        ("osapi_jobs_active", Gauge, None),
        ("osapi.jobs.active", Gauge, None),
        ("osapi.job_results.active", Gauge, None),
        ("osapi_http2_streams", Gauge, None),
        ("osapi_shard_7", Gauge, None),
    ]);
    refused(&["N1"], &[
        (("osapi_Jobs_active", Gauge, None), Name("osapi_jobs_active")),
        (("osapi_jobsActive", Gauge, None), Name("osapi_jobs_active")),
        (("osapi_HTTPRequests", Gauge, None), Name("osapi_http_requests")),
        (("osapi_jobs-active", Gauge, None), Name("osapi_jobs_active")),
        (("osapi_jobs active", Gauge, None), Name("osapi_jobs_active")),
        (("osapi_jobs/active", Gauge, None), Name("osapi_jobs_active")),
        (("osapi_jobs:active", Gauge, None), Name("osapi_jobs_active")),
        (("osapi__jobs", Gauge, None), Name("osapi_jobs")),
        (("osapi_.jobs", Gauge, None), Name("osapi.jobs")),
        (("osapi_jobs_", Gauge, None), Name("osapi_jobs")),
        (("osapi.jobs.", Gauge, None), Name("osapi.jobs")),
    ]);
    // Without its first letter, the prefix is missing too.
    refused(&["N1", "N2"], &[
        (("9lives", Gauge, None), Name("osapi_9lives")),
        (("_osapi_jobs", Gauge, None), Name("osapi_jobs")),
        (("Osapi_jobs", Gauge, None), Name("osapi_jobs")),
        (("", Gauge, None), Nothing),
    ]);
    let long = format!("osapi_{}", "a".repeat(249));
    assert_eq!((long.len(), check_grammar(&long)), (255, None));
    assert_eq!(check_grammar(&(long + "a")), Some(NameViolation::TooLong { len: 256 }));
}

/// The name begins with the prefix of the set, then `_` or `.`.
#[test]
#[rustfmt::skip]
fn n2_the_prefix_of_the_set() {
    accepted(&[("osapi_jobs", Gauge, None), ("osapi.jobs", Gauge, None)]);
    refused(&["N2"], &[
        (("jobs_created_total", Counter, None), Name("osapi_jobs_created_total")),
        (("jobs.created.total", Counter, None), Name("osapi.jobs.created.total")),
        (("osapijobs", Gauge, None), Name("osapi_jobs")),
        (("agent_osapi_jobs", Gauge, None), Name("osapi_agent_osapi_jobs")),
        (("osapi", Gauge, None), Nothing),
    ]);
}

/// The name of a counter ends in `_total` (or `.total`), and no other name does.
#[test]
#[rustfmt::skip]
fn n3_total_and_counters() {
    accepted(&[
        ("osapi_jobs_created_total", Counter, None),
        ("osapi.jobs.created.total", Counter, Some("{job}")),
        ("osapi.jobs.created_total", Counter, None),
        ("osapi_total_jobs", Gauge, None),
        ("osapi_subtotal", Gauge, None),
    ]);
    refused(&["N3"], &[
        (("osapi_jobs_created", Counter, None), Name("osapi_jobs_created_total")),
        (("osapi.jobs.created", Counter, None), Name("osapi.jobs.created.total")),
        (("osapi_jobs_subtotal", Counter, None), Name("osapi_jobs_subtotal_total")),
        (("osapi_cpu_seconds", Counter, Some("s")), Name("osapi_cpu_seconds_total")),
        (("osapi_jobs_total", Gauge, None), Name("osapi_jobs")),
        (("osapi_jobs_total", UpDownCounter, Some("{job}")), Name("osapi_jobs")),
        (("osapi.sizes.total", Histogram, None), Name("osapi.sizes")),
        (("osapi_jobs_total_total", Counter, None), Name("osapi_jobs_total")),
        (("osapi.jobs.total_total", Counter, None), Name("osapi.jobs.total")),
    ]);
}

/// A declared unit shows in the Prometheus name exactly once, before `_total`; a unit word in the
/// name needs the matching declared unit. A dotted name may leave the word to the rendering.
#[test]
#[rustfmt::skip]
fn n4_the_unit_in_the_name() {
    accepted(&[
        ("osapi_job_duration_seconds", Histogram, Some("s")),
        ("osapi.job.duration", Histogram, Some("s")),
        ("osapi.job.duration_seconds", Histogram, Some("s")),
        ("osapi.job.duration.seconds", Histogram, Some("s")),
        ("osapi_sent_bytes_total", Counter, Some("By")),
        ("osapi.sent.bytes.total", Counter, Some("By")),
        ("osapi.sent.total", Counter, Some("By")),
        ("osapi_read_bytes_per_second", Gauge, Some("By/s")),
        ("osapi_jobs_per_second", Gauge, Some("{job}/s")),
        ("osapi_speed_bytes", Gauge, Some("By/{request}")),
        ("osapi_jobs", Gauge, Some("{job}")),
        ("osapi_secondary_agents", Gauge, None),
        ("osapi_second_attempts_total", Counter, None),
    ]);
    refused(&["N4"], &[
        // The word is missing.
        (("osapi_job_duration", Histogram, Some("s")), Name("osapi_job_duration_seconds")),
        (("osapi_sent_total", Counter, Some("By")), Name("osapi_sent_bytes_total")),
        (("osapi_read", Gauge, Some("By/s")), Name("osapi_read_bytes_per_second")),
        // The word stands at another place, or twice.
        (("osapi_seconds_job_duration", Histogram, Some("s")), Name("osapi_job_duration_seconds")),
        (("osapi_bytes_sent_total", Counter, Some("By")), Name("osapi_sent_bytes_total")),
        (("osapi_seconds_waited_seconds", Histogram, Some("s")), Name("osapi_waited_seconds")),
        (("osapi.seconds.waited", Histogram, Some("s")), Name("osapi.waited_seconds")),
        // The unit is not declared.
        (("osapi_job_duration_seconds", Histogram, None), WithUnit("osapi_job_duration_seconds", "s")),
        (("osapi_sent_bytes_total", Counter, None), WithUnit("osapi_sent_bytes_total", "By")),
        (("osapi_hits_ratio", Gauge, None), WithUnit("osapi_hits_ratio", "1")),
        // It is not clear whether the name or the unit is right.
        (("osapi_size_bytes", Gauge, Some("s")), Nothing),
        (("osapi_size_bytes", Gauge, Some("{job}")), Nothing),
        (("osapi_jobs_per_second", Gauge, None), Nothing),
        (("osapi_jobs_per_second", Gauge, Some("{job}")), Nothing),
    ]);
}

/// Base units only, unless the set has `allow(non_base_units)`. The words that promtool reads as
/// units count as units.
#[test]
#[rustfmt::skip]
fn n5_base_units() {
    accepted(&[
        ("osapi_wait_seconds", Histogram, Some("s")),
        ("osapi_size_bytes", Gauge, Some("By")),
        ("osapi_fill_ratio", Gauge, Some("1")),
        ("osapi_oven_celsius", Gauge, Some("Cel")),
        ("osapi_light_kelvin", Gauge, Some("K")),
        ("osapi_path_meters", Gauge, Some("m")),
        ("osapi_supply_volts", Gauge, Some("V")),
        ("osapi_current_amperes", Gauge, Some("A")),
        ("osapi_used_joules_total", Counter, Some("J")),
        ("osapi_power_watts", Gauge, Some("W")),
        ("osapi_clock_hertz", Gauge, Some("Hz")),
        ("osapi_load_grams", Gauge, Some("g")),
        ("osapi_path_metres", Gauge, None),
        ("osapi_mile_stones", Gauge, None),
        ("osapi_weekdays", Gauge, None),
    ]);
    refused(&["N5"], &[
        (("osapi_wait_milliseconds", Histogram, Some("ms")), WithUnit("osapi_wait_seconds", "s")),
        (("osapi_waited_minutes_total", Counter, Some("min")), WithUnit("osapi_waited_seconds_total", "s")),
        (("osapi.wait", Histogram, Some("us")), WithUnit("osapi.wait", "s")),
        (("osapi_age_days", Gauge, Some("d")), WithUnit("osapi_age_seconds", "s")),
        (("osapi_size_kibibytes", Gauge, Some("KiBy")), WithUnit("osapi_size_bytes", "By")),
        (("osapi_sent_bits_total", Counter, Some("bit")), WithUnit("osapi_sent_bytes_total", "By")),
        (("osapi_usage_percent", Gauge, Some("%")), WithUnit("osapi_usage_ratio", "1")),
        (("osapi_driven_kilometers_total", Counter, None), WithUnit("osapi_driven_meters_total", "m")),
        (("osapi_supply_millivolts", Gauge, None), WithUnit("osapi_supply_volts", "V")),
        (("osapi_oven_fahrenheit", Gauge, None), WithUnit("osapi_oven_celsius", "Cel")),
        // These words may not be units.
        (("osapi_paid_pounds", Gauge, Some("{pound}")), Nothing),
        (("osapi_miles_driven", Gauge, None), Nothing),
    ]);
    // In a set with the allowance, the unit stays and the name is corrected.
    let proposal = propose("osapi_wait", PREFIX, Histogram, Some("ms"), true);
    assert_eq!(proposal.as_ref().map(Proposal::name), Some("osapi_wait_milliseconds"));
}

/// No reserved suffix: `_bucket`, `_sum`, `_count`, `_created`, `_info`; one `_info` for an info.
#[test]
#[rustfmt::skip]
fn n6_suffixes_of_other_metrics() {
    accepted(&[
        ("osapi_counted_jobs", Gauge, None),
        ("osapi_discount", Gauge, None),
        ("osapi_info_requests", Gauge, None),
        ("osapi_jobs_created_total", Counter, None),
        ("osapi_bucket_puts_total", Counter, None),
        ("osapi_firmware_info", Info, None),
        ("osapi.firmware.info", Info, None),
        ("osapi_uptime_seconds_info", Info, None),
        ("osapi_link_state", StateSet, None),
    ]);
    refused(&["N6"], &[
        (("osapi_firmware", Info, None), Name("osapi_firmware_info")),
        (("osapi.firmware", Info, None), Name("osapi.firmware.info")),
        (("osapi_firmware_info_info", Info, None), Name("osapi_firmware_info")),
        (("osapi_link_info", StateSet, None), Name("osapi_link")),
        (("osapi_queue_count", Gauge, None), Name("osapi_queue")),
        (("osapi.queue.count", UpDownCounter, Some("{job}")), Name("osapi.queue")),
        (("osapi_jobs_sum", Histogram, None), Name("osapi_jobs")),
        (("osapi_s3_bucket", Gauge, None), Name("osapi_s3")),
        (("osapi_jobs_created", Gauge, None), Name("osapi_jobs")),
        (("osapi_build_info", Gauge, None), Name("osapi_build")),
    ]);
}

/// The kind is not part of the name.
#[test]
#[rustfmt::skip]
fn n7_the_kind_in_the_name() {
    accepted(&[("osapi_counters_total", Counter, None), ("osapi_summaries", Gauge, None)]);
    refused(&["N7"], &[
        (("osapi_jobs_counter_total", Counter, None), Name("osapi_jobs_total")),
        (("osapi_queue_gauge", Gauge, None), Name("osapi_queue")),
        (("osapi.gauge.queue", Gauge, None), Name("osapi.queue")),
        (("osapi_size_histogram", Histogram, None), Name("osapi_size")),
        (("osapi_summary_jobs", Gauge, None), Name("osapi_jobs")),
    ]);
}

/// No unit abbreviations as words. An abbreviation that is also a word breaks the rule only at the
/// end.
#[test]
#[rustfmt::skip]
fn n8_abbreviated_units() {
    accepted(&[
        ("osapi_minimum", Gauge, None),
        ("osapi_min_age_seconds", Gauge, Some("s")),
        ("osapi_msgs", Gauge, None),
    ]);
    refused(&["N8"], &[
        (("osapi_wait_ms", Histogram, None), WithUnit("osapi_wait_seconds", "s")),
        (("osapi.wait.ms", Histogram, None), WithUnit("osapi.wait_seconds", "s")),
        (("osapi_wait_secs_total", Counter, None), WithUnit("osapi_wait_seconds_total", "s")),
        (("osapi_age_h", Gauge, None), WithUnit("osapi_age_seconds", "s")),
        (("osapi_age_min", Gauge, None), WithUnit("osapi_age_seconds", "s")),
        (("osapi_size_kb", Gauge, None), WithUnit("osapi_size_bytes", "By")),
        (("osapi_sent_mb_total", Counter, None), WithUnit("osapi_sent_bytes_total", "By")),
        (("osapi_cpu_pct", Gauge, None), WithUnit("osapi_cpu_ratio", "1")),
        // These abbreviations may have another meaning, but promtool reads them as units.
        (("osapi_us_east_requests_total", Counter, None), Nothing),
        (("osapi_m_items", Gauge, None), Nothing),
        (("osapi_ms_waited_seconds", Histogram, Some("s")), Nothing),
    ]);
}

/// Names in the namespaces of OpenTelemetry's semantic conventions need `allow(semconv_names)`.
#[test]
#[rustfmt::skip]
fn n10_names_of_the_semantic_conventions() {
    // A set that has the convention's namespace as its prefix.
    let owned = |name| check_semconv(name).map(|violation| violation.rule());
    for name in [
        "http.server.queue",
        "db.pool",
        "messaging.sent",
        "process.cpu",
        "system.disk",
        "rpc.calls",
        "gen_ai.tokens",
        "k8s.pods",
        "otel.sdk.spans",
    ] {
        assert_eq!(owned(name), Some("N10"), "{name}");
    }
    for name in ["http_server_queue", "osapi.http.queue", "httpx.queue", "databases.open", "db"] {
        assert_eq!(owned(name), None, "{name}");
    }
}

/// A unit is a known UCUM code, a per-unit, or an annotation.
#[test]
#[rustfmt::skip]
fn u1_units() {
    accepted(&[
        ("osapi_wait_seconds", Gauge, Some("s")),
        ("osapi.read", Gauge, Some("By/s")),
        ("osapi.read", Gauge, Some("{read}/s")),
        ("osapi.reads", Gauge, Some("/s")),
        ("osapi.size", Gauge, Some("By/{request}")),
        ("osapi.jobs", Gauge, Some("{job}")),
        ("osapi.jobs", Gauge, Some("{job/agent}")),
    ]);
    refused(&["U1"], &[
        (("osapi_wait_seconds", Gauge, Some("seconds")), WithUnit("osapi_wait_seconds", "s")),
        (("osapi_wait_seconds", Gauge, Some("sec")), WithUnit("osapi_wait_seconds", "s")),
        (("osapi_wait_seconds", Gauge, Some("S")), WithUnit("osapi_wait_seconds", "s")),
        (("osapi_size_bytes", Gauge, Some("bytes")), WithUnit("osapi_size_bytes", "By")),
        (("osapi_size_bytes", Gauge, Some("MB")), WithUnit("osapi_size_bytes", "By")),
        (("osapi_oven_celsius", Gauge, Some("celsius")), WithUnit("osapi_oven_celsius", "Cel")),
        (("osapi_level", Gauge, Some("dB")), Nothing),
        (("osapi_jobs", Gauge, Some("")), Nothing),
        (("osapi_jobs", Gauge, Some("{}")), Nothing),
        (("osapi_jobs", Gauge, Some("{größe}")), Nothing),
    ]);
}

/// `1` only for a gauge whose name ends in `_ratio` or `.utilization`; counts use an annotation.
#[test]
#[rustfmt::skip]
fn u2_the_unit_one() {
    accepted(&[
        ("osapi_fill_ratio", Gauge, Some("1")),
        ("osapi.fill.ratio", Gauge, Some("1")),
        ("osapi.cpu.utilization", Gauge, Some("1")),
        ("osapi_jobs_total", Counter, Some("{job}")),
    ]);
    refused(&["U2"], &[
        (("osapi_fill", Gauge, Some("1")), Name("osapi_fill_ratio")),
        // The proposal would be an annotation of what is counted, which only the author knows.
        (("osapi_jobs_total", Counter, Some("1")), Nothing),
        (("osapi_jobs_active", UpDownCounter, Some("1")), Nothing),
        (("osapi_sizes", Histogram, Some("1")), Nothing),
    ]);
}
