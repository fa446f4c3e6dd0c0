//! Accepted declarations in a real scrape. The instruments come from another library, so that the
//! exposition writes thousands of names that no macro has read.

use std::collections::HashSet;

use opentelemetry::{
    KeyValue,
    metrics::{Meter, MeterProvider},
};
use osapi_metrics::{
    Metrics,
    config::{Environment, MetricsConfig},
    descriptor::InstrumentKind,
    exposition::Format,
};
use osapi_metrics_rules::{check_buckets, check_label_key};
use proptest::{collection::vec, option, prelude::*, strategy::ValueTree, test_runner::TestRunner};

use crate::{
    declarations::{Declaration, accepted},
    distinct, judges, samples,
};

const COUNT: usize = 3000;

/// The value that is recorded in a metric.
#[derive(Clone, Debug)]
struct Recorded {
    labels: Vec<(String, String)>,
    boundaries: Option<Vec<f64>>,
    values: Vec<f64>,
}

fn recorded() -> impl Strategy<Value = Recorded> {
    let key = "[a-z][a-z0-9_]{0,9}"
        .prop_filter("a rule refuses it", |key| check_label_key(key).is_none());
    let boundary = prop_oneof![any::<f64>(), 0.0..1e9, (0_u8..9).prop_map(f64::from)];
    let boundaries = vec(boundary, 1..9).prop_map(|mut boundaries| {
        boundaries.sort_by(f64::total_cmp);
        boundaries
    });
    let boundaries = boundaries.prop_filter("a rule refuses them", |boundaries| {
        check_buckets(boundaries, Some("s")).is_none()
    });
    let values = vec(0.0..1e6, 1..4);
    (vec((key, any::<String>()), 0..3), option::of(boundaries), values)
        .prop_map(|(labels, boundaries, values)| Recorded { labels, boundaries, values })
}

impl Recorded {
    fn record(&self, declaration: &Declaration, meter: &Meter) {
        let Declaration { name, unit, kind, .. } = declaration;
        let (name, unit) = (name.clone(), unit.clone().unwrap_or_default());
        let help = "Random, \\ \"quoted\"\nand on a second line.";
        let labels: Vec<_> = self
            .labels
            .iter()
            .map(|(key, value)| KeyValue::new(key.clone(), value.clone()))
            .collect();
        macro_rules! record {
            ($make:ident, $verb:ident) => {{
                let instrument = meter.$make(name).with_unit(unit).with_description(help).build();
                for value in &self.values {
                    instrument.$verb(*value, &labels);
                }
            }};
        }
        match kind {
            InstrumentKind::Counter => record!(f64_counter, add),
            InstrumentKind::UpDownCounter => record!(f64_up_down_counter, add),
            // Another library has neither infos nor state sets.
            InstrumentKind::Gauge | InstrumentKind::Info | InstrumentKind::StateSet => {
                record!(f64_gauge, record);
            }
            InstrumentKind::Histogram => {
                let histogram = meter.f64_histogram(name).with_unit(unit).with_description(help);
                let histogram = match &self.boundaries {
                    Some(boundaries) => histogram.with_boundaries(boundaries.clone()).build(),
                    None => histogram.build(),
                };
                for value in &self.values {
                    histogram.record(*value, &labels);
                }
            }
        }
    }
}

#[test]
fn the_tools_find_nothing_in_accepted_names() {
    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.created_samples = true;
    // The SDK sizes the map of each instrument by the limit.
    config.cardinality_limit = 4;
    let metrics =
        Metrics::builder().config(config).environment(Environment::default()).install().unwrap();
    let own = metrics.render(Format::OpenMetrics);
    let own: HashSet<_> = own
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .flat_map(|(family, _)| samples(family, InstrumentKind::Histogram))
        .collect();

    let declarations = distinct(&accepted(), COUNT, own, |it| it.family().to_string());
    let meter = metrics.provider().unwrap().meter("another library");
    let (recorded, mut runner) = (recorded(), TestRunner::default());
    for declaration in &declarations {
        recorded.new_tree(&mut runner).unwrap().current().record(declaration, &meter);
    }

    let text = metrics.render(Format::Text);
    let shown: HashSet<_> = text.lines().filter(|line| line.starts_with("# TYPE ")).collect();
    for declaration in &declarations {
        let kind = declaration.kind.prometheus_type();
        let line = format!("# TYPE {} {kind}", declaration.prometheus_name());
        assert!(shown.contains(line.as_str()), "{line}: {declaration:?}");
    }
    if let Some(findings) = judges::promtool(&text) {
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }
    let read = judges::strict_parser(&metrics.render(Format::OpenMetrics));
    assert!(read.is_none_or(|families| families == shown.len()), "{read:?} of {}", shown.len());
}
