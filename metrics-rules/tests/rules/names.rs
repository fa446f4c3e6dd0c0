//! The position in a name at which each rule finds its mistake.

use osapi_metrics_rules::{
    DeclaredName,
    InstrumentKind::{Counter, Gauge, Histogram, Info, StateSet, UpDownCounter},
    NameRules, NameViolation,
    NameViolation::{
        BadCharacter, BadEnd, BadStart, CounterWithoutTotal, DoubledSeparator, Empty, InfoRepeated,
        InfoWithoutSuffix, KindInName, MissingPrefix, ReservedSuffix, TargetInfo, TooLong,
        TotalRepeated, TotalWithoutCounter, UnitMisplaced, UnitNotInName, UnitRepeated, UpperCase,
    },
    NameViolations, check_base_unit, check_base_unit_of, check_grammar, check_prefix,
    check_semconv, check_suffix, check_unit_for_kind, check_unit_in_name, check_words,
};

#[test]
fn n1_grammar() {
    let long = "a".repeat(256);
    for (name, expected) in [
        ("osapi_jobs_created_total", None),
        ("tasker.step_results.processed.total", None),
        ("a", None),
        ("http2.frames", None),
        (&long[..255], None),
        ("", Some(Empty)),
        (&long, Some(TooLong { len: 256 })),
        ("9lives", Some(BadStart)),
        ("_jobs", Some(BadStart)),
        (".jobs", Some(BadStart)),
        ("osapi_Jobs-created_total", Some(UpperCase { at: 6 })),
        ("osapi_jobs-created", Some(BadCharacter { at: 10 })),
        ("osapi jobs", Some(BadCharacter { at: 5 })),
        ("osapi_größe", Some(BadCharacter { at: 8 })),
        ("a:b", Some(BadCharacter { at: 1 })),
        ("a__b", Some(DoubledSeparator { at: 2 })),
        ("a._b", Some(DoubledSeparator { at: 2 })),
        ("a..b", Some(DoubledSeparator { at: 2 })),
        ("jobs_", Some(BadEnd { at: 4 })),
        ("jobs.", Some(BadEnd { at: 4 })),
    ] {
        assert_eq!(check_grammar(name), expected, "{name}");
    }
}

#[test]
fn n2_prefix() {
    for (name, prefix, expected) in [
        ("osapi_jobs", "osapi", None),
        ("osapi.jobs", "osapi", None),
        ("anything", "", None),
        ("jobs_created_total", "osapi", Some(MissingPrefix)),
        ("osapijobs", "osapi", Some(MissingPrefix)),
        ("osapi", "osapi", Some(MissingPrefix)),
        ("os", "osapi", Some(MissingPrefix)),
    ] {
        assert_eq!(check_prefix(name, prefix), expected, "{name}");
    }
}

#[test]
fn n2_prefix_of_a_field() {
    for (field, prefix, renamed) in [
        ("jobs", "osapi", None),
        ("osapi", "osapi", None),
        ("osapijobs", "osapi", None),
        ("osapi_jobs", "", None),
        ("osapi_jobs", "osapi", Some("jobs")),
        ("osapi_jobs_counter", "osapi", Some("jobs")),
        ("my_app_jobs", "my_app", Some("jobs")),
    ] {
        let name = if prefix.is_empty() { field.to_owned() } else { format!("{prefix}_{field}") };
        let rules = NameRules { prefix, non_base_units: false, semconv_names: false };
        let mistakes = NameViolations::of(&name, Gauge, None, rules).of_field();
        let said = mistakes.messages().map(|(_, message)| message.to_string());
        let said: Vec<_> = said.filter(|message| message.contains("put in front")).collect();
        let expected = renamed.map(|renamed| {
            format!(
                "`{prefix}`, the prefix of the set, is put in front of a field's name; rename the \
                 field to `{renamed}`"
            )
        });
        assert_eq!(said, Vec::from_iter(expected), "{field}");
    }
}

#[test]
fn n3_and_n6_suffixes() {
    let reserved = |at, suffix| Some(ReservedSuffix { at, suffix });
    for (name, kind, expected) in [
        ("jobs_created_total", Counter, None),
        ("jobs.created.total", Counter, None),
        ("jobs_created", Counter, Some(CounterWithoutTotal)),
        ("total", Counter, Some(CounterWithoutTotal)),
        ("jobs_subtotal", Counter, Some(CounterWithoutTotal)),
        ("jobs_total", Gauge, Some(TotalWithoutCounter { at: 4 })),
        ("jobs.total", UpDownCounter, Some(TotalWithoutCounter { at: 4 })),
        ("size_total", Histogram, Some(TotalWithoutCounter { at: 4 })),
        ("jobs_total_total", Counter, Some(TotalRepeated { at: 10 })),
        ("jobs.total.total", Counter, Some(TotalRepeated { at: 10 })),
        ("total_total", Counter, None),
        ("jobs_active", UpDownCounter, None),
        ("osapi_queue_count", Gauge, reserved(11, "_count")),
        ("queue.count", Gauge, reserved(5, "_count")),
        ("queue_sum", Histogram, reserved(5, "_sum")),
        ("queue_bucket", Gauge, reserved(5, "_bucket")),
        ("queue_created", Gauge, reserved(5, "_created")),
        ("build_info", Gauge, reserved(5, "_info")),
        ("build_info", StateSet, reserved(5, "_info")),
        ("build_info", Info, None),
        ("build.info", Info, None),
        ("build", Info, Some(InfoWithoutSuffix)),
        ("info", Info, Some(InfoWithoutSuffix)),
        ("build_info_info", Info, Some(InfoRepeated { at: 10 })),
        ("build.info.info", Info, Some(InfoRepeated { at: 10 })),
        ("build_info_total", Info, Some(TotalWithoutCounter { at: 10 })),
        ("target_info", Info, Some(TargetInfo)),
        ("target.info", Info, Some(TargetInfo)),
        ("osapi_target_info", Info, None),
        ("discount", Gauge, None),
        ("count", Gauge, None),
    ] {
        assert_eq!(check_suffix(name, kind), expected, "{name}");
    }
}

#[test]
fn n4_units_that_stand_in_the_name_as_declared() {
    for (name, kind, unit) in [
        ("job_duration_seconds", Histogram, Some("s")),
        ("job.duration", Histogram, Some("s")),
        ("job.duration_seconds", Histogram, Some("s")),
        ("job.duration.seconds", Histogram, Some("s")),
        ("cpu_seconds_total", Counter, Some("s")),
        ("cpu.seconds.total", Counter, Some("s")),
        ("disk_read_bytes_per_second", Gauge, Some("By/s")),
        ("jobs_per_second", Gauge, Some("{job}/s")),
        ("jobs_active", UpDownCounter, Some("{job}")),
        ("jobs_active", UpDownCounter, None),
        ("queue_fill_ratio", Gauge, Some("1")),
        ("cpu.utilization", Gauge, Some("1")),
        ("usage_percent", Gauge, Some("%")),
        // Rules U1 and U2 check these units.
        ("wait", Gauge, Some("parsec")),
        ("queue_fill", Gauge, Some("1")),
    ] {
        assert_eq!(check_unit_in_name(name, kind, unit), None, "{name}");
    }
}

#[test]
fn n4_units_at_odds_with_the_name() {
    for (name, unit, expected) in [
        ("job_duration", "s", UnitNotInName),
        ("jobs_total", "By", UnitNotInName),
        ("osapi_seconds_job_duration", "s", UnitMisplaced { at: 6, len: 7 }),
        ("job_seconds_wait_seconds", "s", UnitRepeated { at: 4, len: 7 }),
        ("job.seconds.wait", "s", UnitMisplaced { at: 4, len: 7 }),
    ] {
        assert_eq!(check_unit_in_name(name, Histogram, Some(unit)), Some(expected), "{name}");
    }
}

#[test]
fn n4_words_of_units_that_were_not_declared() {
    for (name, unit, at, len, ucum) in [
        ("job_duration_seconds", None, 13, 7, "s"),
        ("cpu_seconds_total", None, 4, 7, "s"),
        ("sent_bytes_total", None, 5, 5, "By"),
        ("hit_ratio", None, 4, 5, "1"),
        ("usage_percent", None, 6, 7, "%"),
        ("jobs_per_second", None, 5, 10, "s"),
        ("bytes_sent_total", None, 0, 5, "By"),
        ("job_size_bytes", Some("s"), 9, 5, "By"),
        ("job_size_bytes", Some("{job}"), 9, 5, "By"),
        ("wait_milliseconds", Some("s"), 5, 12, "ms"),
        ("jobs_per_second", Some("s"), 5, 10, "s"),
    ] {
        let Some(
            NameViolation::UnitNotDeclared { at: a, len: l, unit: found }
            | NameViolation::UnitMismatch { at: a, len: l, unit: found },
        ) = check_unit_in_name(name, Gauge, unit)
        else {
            panic!("{name} with {unit:?} was accepted");
        };
        assert_eq!((a, l, found.ucum), (at, len, ucum), "{name}");
    }
}

#[test]
fn n4_and_n5_words_of_units_in_names_without_a_unit() {
    for (name, kind, expected) in [
        ("uptime_seconds_info", Info, None),
        ("bytes_per_second", StateSet, None),
        ("hit_ratio", StateSet, None),
        ("wait_milliseconds_info", Info, Some((5, 12, "seconds"))),
        ("days", StateSet, Some((0, 4, "seconds"))),
        ("driven_miles_info", Info, Some((7, 5, "meters"))),
    ] {
        let expected = expected.map(|(at, len, base)| NameViolation::NonBaseWord { at, len, base });
        assert_eq!(check_unit_in_name(name, kind, None), None, "{name}");
        assert_eq!(check_base_unit_of(name, kind, None), expected, "{name}");
    }
    assert_eq!(
        check_base_unit_of("wait_milliseconds", Gauge, None),
        check_base_unit("wait_milliseconds", None)
    );
}

#[test]
fn n5_base_units() {
    for (name, unit, expected) in [
        ("wait_seconds", Some("s"), None),
        ("size_bytes", Some("By"), None),
        ("jobs", Some("{job}"), None),
        ("fill_ratio", Some("1"), None),
        ("temperature_celsius", Some("Cel"), None),
        ("wait_milliseconds", Some("ms"), Some("seconds")),
        ("wait_milliseconds", None, Some("seconds")),
        ("wait_hours_total", None, Some("seconds")),
        ("size_kibibytes", Some("KiBy"), Some("bytes")),
        ("usage_percent", Some("%"), Some("ratio")),
        ("speed", Some("By/ms"), Some("seconds")),
        ("speed", Some("MBy/s"), Some("bytes")),
        ("days_of_work", None, None),
    ] {
        let word = match check_base_unit(name, unit) {
            Some(NameViolation::NonBaseUnit { unit }) => Some(unit.base_word),
            None => None,
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(word, expected, "{name}");
    }
}

#[test]
fn n5_words_that_are_read_as_units() {
    for (name, at, len, base) in [
        ("miles_driven", 0, 5, "meters"),
        ("osapi_driven.miles", 13, 5, "meters"),
        ("osapi_a_kilocalories_total", 8, 12, "joules"),
        ("osapi_petabytes", 6, 9, "bytes"),
    ] {
        let expected = Some(NameViolation::NonBaseWord { at, len, base });
        for unit in [None, Some("{x}"), Some("s")] {
            assert_eq!(check_base_unit(name, unit), expected, "{name}");
        }
    }
    for (word, base) in [
        ("kelvins", "kelvin"),
        ("fahrenheit", "celsius"),
        ("rankine", "celsius"),
        ("inches", "meters"),
        ("yards", "meters"),
        ("miles", "meters"),
        ("calories", "joules"),
        ("pounds", "grams"),
        ("ounces", "grams"),
        ("kiloamperes", "amperes"),
        ("kilobits", "bytes"),
        ("kilograms", "grams"),
        ("kilojoules", "joules"),
        ("kilometers", "meters"),
        ("kilometres", "meters"),
        ("kilodays", "seconds"),
    ] {
        let expected = Some(NameViolation::NonBaseWord { at: 2, len: word.len(), base });
        assert_eq!(check_base_unit(&format!("a_{word}"), None), expected);
    }
    for prefix in [
        "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega",
        "mibi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
    ] {
        let expected =
            Some(NameViolation::NonBaseWord { at: 2, len: prefix.len() + 5, base: "volts" });
        assert_eq!(check_base_unit(&format!("a_{prefix}volts"), None), expected);
    }
    for name in ["smiles", "kilo", "mile", "meterslong", "metres", "kilosmiles", "mebibyte"] {
        assert_eq!(check_base_unit(name, None), None, "{name}");
    }
}

#[test]
fn n7_and_n8_words() {
    for name in ["counters_total", "summaries", "programme", "ms_queue_depth", "items"] {
        assert_eq!(check_words(name), None, "{name}");
    }
    for (name, at, len) in [
        ("jobs_counter_total", 5, 7),
        ("jobs.gauge", 5, 5),
        ("histogram", 0, 9),
        ("a_summary_b", 2, 7),
    ] {
        assert_eq!(check_words(name), Some(KindInName { at, len }), "{name}");
    }
    for (name, ucum) in [
        ("wait_ms", "ms"),
        ("wait.ms", "ms"),
        ("wait_secs_total", "s"),
        ("size_kb", "KBy"),
        ("size_mb_total", "MBy"),
        ("age_h", "h"),
        ("age_min", "min"),
        ("cpu_pct", "%"),
    ] {
        let Some(NameViolation::Abbreviation { unit, .. }) = check_words(name) else {
            panic!("{name} was accepted");
        };
        assert_eq!(unit.ucum, ucum, "{name}");
    }
    for (name, at, len, ucum) in [("a_us_east", 2, 2, "us"), ("a.b.c_total", 2, 1, "By")] {
        let Some(NameViolation::AbbreviationWithin { at: a, len: l, unit }) = check_words(name)
        else {
            panic!("{name} was accepted");
        };
        assert_eq!((a, l, unit.ucum), (at, len, ucum), "{name}");
    }
}

#[test]
fn n10_semantic_conventions() {
    for name in ["http.server.queue", "db.pool", "system.cpu", "gen_ai.tokens"] {
        assert!(check_semconv(name).is_some(), "{name}");
    }
    for name in ["http_server", "tasker.http.queue", "httpx.a", "queue", "databases.a"] {
        assert_eq!(check_semconv(name), None, "{name}");
    }
}

#[test]
fn messages_are_a_problem_and_a_remedy() {
    let violations = [
        check_grammar(""),
        check_grammar("A"),
        check_prefix("a", "b"),
        check_suffix("a", Counter),
        check_suffix("a_total", Gauge),
        check_suffix("a_count", Gauge),
        check_unit_in_name("a", Gauge, Some("s")),
        check_unit_in_name("a_seconds", Gauge, None),
        check_unit_in_name("a_seconds", Gauge, Some("By")),
        check_base_unit("a", Some("ms")),
        check_words("a_counter"),
        check_words("a_ms"),
        check_semconv("http.a"),
        check_unit_for_kind("a", Counter, Some("1")),
    ];
    for violation in violations {
        let violation = violation.expect("every one is a mistake");
        let declared = DeclaredName {
            name: "a_seconds_count",
            prefix: "b",
            kind: Gauge,
            unit: Some("By"),
            of_field: false,
        };
        let message = declared.explain(&violation, None);
        let text = message.as_str();
        assert!(text.contains("; "), "{text}");
        assert!(!text.ends_with('.'), "{text}");
        assert!(!text.starts_with(char::is_uppercase), "{text}");
        assert!(violation.rule().starts_with(['N', 'U']));
    }
}
