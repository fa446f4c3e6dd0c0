//! Comparisons between a scrape and an export.

use std::collections::{BTreeMap, BTreeSet};

use osapi_metrics_tests::{
    otlp_receiver::{Export, Kind, Labels, Metric, Temporality, Value},
    scrape::Scrape,
};

/// Asserts that the two text formats are the same except for the units, which only `OpenMetrics`
/// has.
pub(crate) fn formats(open_metrics: &Scrape, text: &Scrape) {
    let mut without_units = open_metrics.clone();
    for family in without_units.values_mut() {
        family.unit = None;
    }
    // Only `OpenMetrics` has the type `info`.
    let info = without_units.remove("target_info").expect("target_info");
    assert_eq!(info.series, text["target_info"].series);
    for (name, family) in &without_units {
        if !is_about_collections(name) {
            assert_eq!(text.get(name), Some(family), "{name}");
        }
    }
    let only_in_text: Vec<_> = text
        .keys()
        .filter(|name| !without_units.contains_key(*name) && !is_about_collections(name))
        .collect();
    assert_eq!(only_in_text, ["target_info"]);
}

/// Asserts that the messages have what the text has, and the units.
pub(crate) fn protobuf(messages: &Scrape, open_metrics: &Scrape, text: &Scrape) {
    let others = |scrape: &Scrape| -> Scrape {
        let families = scrape.iter().filter(|(name, _)| !is_about_collections(name));
        families.map(|(name, family)| (name.clone(), family.clone())).collect()
    };
    let mut expected = others(text);
    for (name, family) in &mut expected {
        family.unit.clone_from(&open_metrics[name].unit);
    }
    assert_eq!(others(messages), expected);
}

/// Asserts that the scrape has exactly the metrics of the export, equal in every respect.
pub(crate) fn wires(export: &Export, scrape: &Scrape) {
    let mut seen = BTreeSet::from(["target_info".to_owned()]);
    for (name, metric) in &export.metrics {
        if metric.series.is_empty() {
            continue;
        }
        let (family_name, unit) = rendered(name, metric);
        assert!(seen.insert(family_name.clone()), "{family_name} stands for two metrics");
        let family = scrape
            .get(&family_name)
            .unwrap_or_else(|| panic!("{name} is not scraped as {family_name}"));
        assert_eq!(family.help, metric.description, "{name}");
        assert_eq!(family.unit.as_deref(), unit, "{name}");
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::UpDownCounter | Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        assert_eq!(family.kind, kind, "{name}");
        let temporality = (metric.kind != Kind::Gauge).then_some(Temporality::Cumulative);
        assert_eq!(metric.temporality, temporality, "{name}");
        if !is_about_collections(name) {
            let pushed: BTreeMap<Labels, Value> =
                metric.series.iter().map(|(l, v)| (sanitised(l), scraped(v))).collect();
            assert_eq!(family.series, pushed, "{name}");
        }
    }
    let not_pushed: Vec<_> = scrape.keys().filter(|name| !seen.contains(*name)).collect();
    assert!(
        not_pushed.iter().all(|name| is_about_collections(name)),
        "scraped, but not pushed: {not_pushed:?}"
    );

    let resource: Vec<_> = scrape["target_info"].series.keys().cloned().collect();
    assert_eq!(resource, [sanitised(&export.resource)]);
    assert_eq!(export.resource["service.name"], "wires");
    assert_eq!(export.resource["deployment.environment"], "test");
}

/// Asserts that an export of differences has the values of the scrape, in the metrics that nothing
/// was recorded in before. What is still 0 may be left out.
pub(crate) fn differences(export: &Export, scrape: &Scrape) {
    let is_new = |name: &str| name.starts_with("wires") || name.starts_with("steps");
    let mut differing = 0;
    for (name, family) in scrape.iter().filter(|(name, _)| is_new(name)) {
        let pushed =
            export.metrics.iter().find(|(other, metric)| rendered(other, metric).0 == *name);
        let pushed: BTreeMap<Labels, Value> = pushed
            .into_iter()
            .flat_map(|(_, metric)| &metric.series)
            .map(|(labels, value)| (sanitised(labels), scraped(value)))
            .collect();
        for (labels, value) in &family.series {
            match pushed.get(labels) {
                Some(pushed) => assert_eq!(pushed, value, "{name} {labels:?}"),
                None => assert_eq!(value, &Value::Number(0.0), "{name} {labels:?} is missing"),
            }
        }
        assert!(pushed.keys().all(|labels| family.series.contains_key(labels)), "{name}");
        differing += usize::from(!pushed.is_empty());
    }
    assert!(differing > 20, "{differing}");
}

/// Whether an export or a scrape itself changes the metric.
fn is_about_collections(name: &str) -> bool {
    ["osapi_metrics_export", "osapi_metrics_scrape"].iter().any(|begin| name.starts_with(begin))
}

/// The name and the unit of the family, by the translation to Prometheus that the OpenTelemetry
/// specification defines.
fn rendered(name: &str, metric: &Metric) -> (String, Option<&'static str>) {
    let mut name = name.replace('.', "_");
    let unit = match metric.unit.as_str() {
        "s" => Some("seconds"),
        "ms" => Some("milliseconds"),
        "By" => Some("bytes"),
        "J" => Some("joules"),
        "Cel" => Some("celsius"),
        "1" if metric.kind == Kind::Gauge => Some("ratio"),
        _ => None,
    };
    let total = metric.kind == Kind::Counter;
    let stem = name.strip_suffix("_total").filter(|_| total).unwrap_or(&name);
    name = match unit {
        Some(unit) if !stem.ends_with(unit) => format!("{stem}_{unit}"),
        _ => stem.to_owned(),
    };
    if total {
        name.push_str("_total");
    }
    (name, unit)
}

fn sanitised(labels: &Labels) -> Labels {
    labels.iter().map(|(key, value)| (key.replace('.', "_"), value.clone())).collect()
}

/// A value without minimum and maximum, which a scrape does not show.
fn scraped(value: &Value) -> Value {
    match value.clone() {
        Value::Histogram { count, sum, bounds, buckets, .. } => {
            Value::Histogram { count, sum, bounds, buckets, min: None, max: None }
        }
        number @ Value::Number(_) => number,
    }
}
