use osapi_metrics_rules::{
    InstrumentKind::{Counter, Gauge, Histogram, UpDownCounter},
    NameViolation::{DimensionlessCount, DimensionlessName},
    ProposedUnit, UNITS, Unit, UnitViolation, check_unit_for_kind, nearest_unit, parse_unit,
    propose_unit,
};

#[test]
fn u1_units() {
    for unit in UNITS {
        assert!(parse_unit(unit.ucum).is_ok(), "{unit:?}");
        assert!(
            UNITS.iter().any(|base| base.ucum == unit.base_ucum && base.base),
            "{unit:?} has no base"
        );
    }
    assert_eq!(parse_unit("{a/b}"), Ok(Unit::Annotation("a/b")));
    assert_eq!(parse_unit("/s"), parse_unit("1/s"));
    assert_eq!(parse_unit("By/{request}"), parse_unit("By"));
    for (unit, expected) in [
        ("", UnitViolation::Empty),
        ("S", UnitViolation::Unknown),
        ("seconds", UnitViolation::Unknown),
        ("By/", UnitViolation::Unknown),
        ("By/s/s", UnitViolation::Unknown),
        ("s/1", UnitViolation::Unknown),
        ("{}", UnitViolation::EmptyAnnotation),
        ("{job", UnitViolation::MalformedAnnotation),
        ("job}", UnitViolation::MalformedAnnotation),
        ("{a}{b}", UnitViolation::MalformedAnnotation),
        ("{a job}", UnitViolation::MalformedAnnotation),
        ("{größe}", UnitViolation::MalformedAnnotation),
        ("é", UnitViolation::Unknown),
    ] {
        assert_eq!(parse_unit(unit), Err(expected), "{unit}");
    }
    for (code, meant) in [
        ("seconds", "s"),
        ("MS", "ms"),
        ("by", "By"),
        ("byte", "By"),
        ("MB", "MBy"),
        ("ratio", "1"),
    ] {
        assert_eq!(nearest_unit(code).map(|unit| unit.ucum), Some(meant), "{code}");
    }
}

/// The proposals for an unknown unit, and for a unit that has to be a base unit.
#[test]
fn u1_proposals() {
    for (written, proposed, kept) in [
        ("sec", Some("s"), Some("s")),
        ("seconds", Some("s"), Some("s")),
        ("secnds", Some("s"), Some("s")),
        ("celcius", Some("Cel"), Some("Cel")),
        ("metres", Some("m"), Some("m")),
        ("msec", Some("s"), Some("ms")),
        ("milisecond", Some("s"), Some("ms")),
        ("bytes", Some("By"), Some("By")),
        ("KB", Some("By"), Some("KBy")),
        ("ms", Some("s"), None),
        ("percent", Some("1"), Some("%")),
        ("percentage", Some("1"), Some("%")),
        ("bytes/sec", Some("By/s"), Some("By/s")),
        ("KB/s", Some("By/s"), Some("KBy/s")),
        ("req/s", Some("{request}/s"), Some("{request}/s")),
        ("jobs", Some("{job}"), Some("{job}")),
        ("queries", Some("{query}"), Some("{query}")),
        ("classes", Some("{class}"), Some("{class}")),
        ("status", Some("{status}"), Some("{status}")),
        ("modules", Some("{module}"), Some("{module}")),
        ("{job", Some("{job}"), Some("{job}")),
        ("{a job}", Some("{a_job}"), Some("{a_job}")),
        ("count", None, None),
        ("s", None, None),
        ("{job}", None, None),
        ("{größe}", None, None),
        ("dB", None, None),
        ("", None, None),
        ("{}", None, None),
        ("/", None, None),
        ("By/", None, None),
    ] {
        for (keeps_units, expected) in [(false, proposed), (true, kept)] {
            let proposed = propose_unit(written, keeps_units);
            assert_eq!(proposed.as_ref().map(ProposedUnit::as_str), expected, "{written}");
        }
    }
}

#[test]
fn u1_messages() {
    for (unit, message) in [
        ("sec", "unknown unit `sec`; write `s`"),
        ("KB", "unknown unit `KB`; write `By`, the base unit of `KBy`"),
        ("jobs", "unknown unit `jobs`; write `{job}`, an annotation of what is counted"),
        (
            "dB",
            "unknown unit `dB`; use a UCUM code such as `s`, `By`, `1`, `By/s`, or an annotation \
             of what is counted such as `{job}`",
        ),
        ("{job", "malformed annotation; write one word in braces: `{job}`"),
    ] {
        let violation = parse_unit(unit).expect_err("no unit");
        assert_eq!(violation.message(unit, false).as_str(), message);
    }
}

#[test]
fn u2_dimensionless() {
    for (name, kind, expected) in [
        ("fill_ratio", Gauge, None),
        ("cpu.utilization", Gauge, None),
        ("fill", Gauge, Some(DimensionlessName)),
        ("cpu_utilization", Gauge, Some(DimensionlessName)),
        ("jobs_total", Counter, Some(DimensionlessCount)),
        ("jobs_active", UpDownCounter, Some(DimensionlessCount)),
        ("size_ratio", Histogram, Some(DimensionlessCount)),
    ] {
        assert_eq!(check_unit_for_kind(name, kind, Some("1")), expected, "{name}");
        assert_eq!(check_unit_for_kind(name, kind, Some("{x}")), None, "{name}");
        assert_eq!(check_unit_for_kind(name, kind, None), None, "{name}");
    }
}
