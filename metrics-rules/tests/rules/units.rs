use osapi_metrics_rules::InstrumentKind::{Counter, Gauge, Histogram, UpDownCounter};
use osapi_metrics_rules::NameViolation::{DimensionlessCount, DimensionlessName};
use osapi_metrics_rules::{
    UNITS, Unit, UnitViolation, check_unit_for_kind, nearest_unit, parse_unit,
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
