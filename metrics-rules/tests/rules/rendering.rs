//! The name of any instrument in a scrape: instruments of other libraries follow no rule.

use osapi_metrics_rules::{
    InstrumentKind::{Counter, Gauge, Histogram, UpDownCounter},
    families_clash, prometheus_family, prometheus_name, prometheus_unit,
};

#[test]
fn rendering_of_any_name() {
    for (name, unit, kind, expected) in [
        ("jobs", Some(""), Counter, "jobs_total"),
        ("jobs.total", None, Gauge, "jobs_total"),
        ("cpu.total", Some("s"), Counter, "cpu_seconds_total"),
        ("cpu_seconds_total", Some("s"), Counter, "cpu_seconds_total"),
        ("a.seconds_b", Some("s"), Gauge, "a_seconds_b_seconds"),
        ("9lives", None, Gauge, "_9lives"),
        ("a..b--c__d", None, Gauge, "a_b_c_d"),
        ("größe/v2", None, Gauge, "gr_e_v2"),
        ("rule:sum", None, Gauge, "rule_sum"),
        ("", None, Gauge, "_"),
        ("", None, Counter, "__total"),
        ("", Some("s"), Counter, "_seconds_total"),
        ("seconds", Some("s"), Gauge, "seconds"),
        ("total", None, Counter, "total_total"),
        ("a_", None, Counter, "a_total"),
        ("rate", Some("{job}/s"), Gauge, "rate_per_second"),
        ("speed", Some("m/s"), Gauge, "speed_meters_per_second"),
        ("speed", Some("furlong/s"), Gauge, "speed_furlong_per_second"),
        ("load", Some("my unit!"), Gauge, "load_my_unit"),
        ("load", Some("{a} b"), Gauge, "load"),
        ("load", Some("/"), Gauge, "load"),
        ("load", Some("1"), UpDownCounter, "load"),
        ("load", Some("1"), Gauge, "load_ratio"),
    ] {
        let rendered = prometheus_name(name, unit, kind);
        assert_eq!(rendered.as_str(), expected, "{name:?}");
        let again = prometheus_name(expected, unit, kind);
        assert_eq!(again.as_str(), expected, "rendering {name:?} twice");
    }
}

#[test]
fn rendering_of_long_names_and_units() {
    let name = "9é".repeat(2_000);
    let unit = "ü9".repeat(500) + "/" + &"x".repeat(500);
    for kind in [Counter, Gauge, UpDownCounter, Histogram] {
        let rendered = prometheus_name(&name, Some(&unit), kind);
        let again = prometheus_name(rendered.as_str(), Some(&unit), kind);
        assert_eq!(rendered, again);
        let word = prometheus_unit(&name, Some(&unit), kind);
        let family = prometheus_family(&name, Some(&unit), kind);
        assert!(!word.is_empty() && family.as_str().ends_with(word.as_str()));
    }
}

/// N9: no two metrics of a set share a name, after rendering and with their suffixes counted.
#[test]
fn n9_clashes() {
    for (a, a_kind, b, b_kind, expected) in [
        ("x", Gauge, "x", Gauge, true),
        ("x", Histogram, "x_count", Gauge, true),
        ("x_count", Gauge, "x", Histogram, true),
        ("x", Counter, "x_created", Counter, true),
        ("x", Counter, "x", Gauge, true),
        ("x", Gauge, "x_count", Gauge, false),
        ("x", Counter, "x_sum", Gauge, false),
        ("x_bucket", Counter, "y_bucket", Counter, false),
    ] {
        assert_eq!(families_clash(a, a_kind, b, b_kind), expected, "{a} {b}");
    }
}
