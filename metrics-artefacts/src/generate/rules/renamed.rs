//! Former names of metrics, as recording rules: dashboards and alerts that still have them go on
//! for a release.

use std::collections::BTreeSet;

use osapi_metrics::catalogue::document::MetricDocument;
use osapi_metrics_rules::{InstrumentKind, prometheus_name};

use super::{
    document::{ExpectedSample, QueryTest, Record, Rule, Rules, Test},
    labels::{self, Labels},
    series,
};
use crate::catalogue::Catalogues;

pub(super) fn rules(catalogues: &Catalogues) -> Rules {
    let mut rules = Rules::default();
    let mut seen = BTreeSet::new();
    let mut records = Vec::new();
    for (_, metric) in catalogues.metrics() {
        let Some(former) = former_name(metric) else { continue };
        for sample in &metric.samples {
            let suffix = sample.strip_prefix(&metric.prometheus_name).unwrap_or_default();
            let record = format!("{former}{suffix}");
            if record == *sample || !seen.insert(record.clone()) {
                continue;
            }
            if catalogues.has_samples(&record) {
                rules.notes.push(format!(
                    "`{record}`, the former name of `{sample}`, has no rule, because another \
                     metric has it now."
                ));
                continue;
            }
            rules.tests.extend(tests(metric, sample, &record));
            let expr = expression(metric, sample, &record);
            let record = Record { name: record, expr, labels: Labels::new() };
            records.push(Rule::Record(record));
        }
    }
    rules.add_group("former names of metrics".to_owned(), records);
    rules
}

/// The name that the metric had in a scrape.
fn former_name(metric: &MetricDocument) -> Option<String> {
    let kind = match metric.kind.as_str() {
        "counter" => InstrumentKind::Counter,
        "up_down_counter" => InstrumentKind::UpDownCounter,
        "gauge" => InstrumentKind::Gauge,
        "histogram" => InstrumentKind::Histogram,
        "info" => InstrumentKind::Info,
        "state_set" => InstrumentKind::StateSet,
        _ => return None,
    };
    let former = metric.renamed_from.as_deref()?;
    Some(prometheus_name(former, metric.unit.as_deref(), kind).as_str().to_owned())
}

/// The series under the former name. The state of a state set has the former name as its label too.
fn expression(metric: &MetricDocument, sample: &str, former: &str) -> String {
    if metric.kind != "state_set" {
        return sample.to_owned();
    }
    let with_both =
        format!("label_replace({sample}, \"{former}\", \"$1\", \"{sample}\", \"(.*)\")");
    format!("label_replace({with_both}, \"{sample}\", \"\", \"\", \"\")")
}

/// The former name has the series of the new one, and none without it.
fn tests(metric: &MetricDocument, sample: &str, record: &str) -> [Test; 2] {
    let mut of_series = series::labels(metric, &Labels::new());
    if sample.ends_with("_bucket") {
        of_series.insert("le".to_owned(), "+Inf".to_owned());
    }
    let query = |exp_samples| QueryTest {
        expr: record.to_owned(),
        eval_time: "10m".to_owned(),
        exp_samples,
    };
    let mut of_record = of_series.clone();
    if metric.kind == "state_set"
        && let Some(state) = of_record.remove(sample)
    {
        of_record.insert(record.to_owned(), state);
    }
    let expected = ExpectedSample { labels: labels::notation(record, &of_record), value: 20.0 };
    let series = vec![series::series(sample, &of_series, "0+2x10")];
    let mut there = Test::new(format!("{record} has the series of {sample}"), series);
    there.queries.push(query(vec![expected]));
    let mut absent = Test::new(format!("{record} has no series without {sample}"), Vec::new());
    absent.queries.push(query(Vec::new()));
    [there, absent]
}
