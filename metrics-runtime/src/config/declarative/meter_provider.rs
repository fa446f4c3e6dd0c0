//! `meter_provider`: the readers with their exporters.

use std::{path::Path, time::Duration};

use super::{exporter, prometheus};
use crate::config::{
    MetricsConfig,
    document::cardinality_limit,
    duration::{milliseconds_number, time_limit},
    exemplar_filter::exemplar_filter,
    section::Section,
    tree::Value,
};

/// The keys of a reader that the runtime does not have.
const WITHOUT_IN_PERIODIC: &[&str] = &["max_export_batch_size/development", "producers"];
const WITHOUT_IN_PULL: &[&str] = &["producers"];

/// Reads the meter provider, whose readers are exactly the exporters of the runtime.
pub(super) fn read(section: Section<'_>, config: &mut MetricsConfig, folder: &Path) {
    config.prometheus = false;
    config.otlp.enabled = false;
    config.console = false;
    let mut section = section.without(&["views", "meter_configurator/development"]);
    config.exemplar_filter = section.text("exemplar_filter", exemplar_filter).unwrap_or_default();
    let expected = "a list of readers, each with the key `periodic` or `pull`";
    if !section.has("readers") {
        section.reject("readers", &Value::Null, expected.into());
    }
    let mut readers = Readers { config, folder, interval: None, cardinality_limit: None };
    for mut reader in section.tables("readers", expected.into()) {
        let kinds = "one of the keys `periodic` and `pull`";
        match reader.only_table(&["periodic", "pull"], kinds) {
            Some(("periodic", periodic)) => readers.periodic(periodic),
            Some((_, pull)) => readers.pull(pull),
            None => {}
        }
    }
}

struct Readers<'a> {
    config: &'a mut MetricsConfig,
    folder: &'a Path,
    /// The interval of the periodic readers, which have one.
    interval: Option<Duration>,
    /// The limit of the readers, which have one.
    cardinality_limit: Option<usize>,
}

impl Readers<'_> {
    fn periodic(&mut self, section: Section<'_>) {
        let mut section = section.without(WITHOUT_IN_PERIODIC);
        self.interval(&mut section);
        self.cardinality_limits(&mut section);
        let exporters = "one of the keys `otlp_http`, `otlp_grpc` and `console`";
        let limit = section.has("timeout").then(|| section.integer("timeout", time_limit));
        let chosen = section.required_section("exporter", exporters.into()).and_then(|exporter| {
            let mut exporter = exporter.without(&["otlp_file/development"]);
            exporter.only_table(&["otlp_http", "otlp_grpc", "console"], exporters)
        });
        match chosen {
            Some(("console", exporter)) => {
                if limit.is_some() {
                    let expected = "no value, as the console needs no time limit";
                    section.reject("timeout", &Value::Foreign("a time limit"), expected.into());
                }
                if std::mem::replace(&mut self.config.console, true) {
                    exporter.reject_itself("one reader with the exporter `console`");
                }
                exporter::console(exporter);
            }
            Some((kind, exporter)) => {
                let limit = limit.flatten().unwrap_or(Duration::from_secs(30));
                if std::mem::replace(&mut self.config.otlp.enabled, true) {
                    exporter.reject_itself("one reader with an exporter of OTLP");
                }
                exporter::otlp(kind, exporter, &mut self.config.otlp, limit, self.folder);
            }
            None => {}
        }
    }

    fn pull(&mut self, section: Section<'_>) {
        let mut section = section.without(WITHOUT_IN_PULL);
        self.cardinality_limits(&mut section);
        let exporters = "the key `prometheus/development`";
        let exporter = section
            .required_section("exporter", exporters.into())
            .and_then(|mut exporter| exporter.only_table(&["prometheus/development"], exporters));
        if let Some((_, exporter)) = exporter {
            if std::mem::replace(&mut self.config.prometheus, true) {
                exporter.reject_itself("one reader with the exporter `prometheus/development`");
            }
            prometheus::read(exporter, self.config);
        }
    }

    /// The interval of a periodic reader.
    fn interval(&mut self, section: &mut Section<'_>) {
        let key = "interval";
        let given = section.integer(key, milliseconds_number);
        let interval = given.unwrap_or(Duration::from_secs(60));
        if self.interval.is_some_and(|first| first != interval) {
            let value = Value::Integer(i128::try_from(interval.as_millis()).unwrap_or(i128::MAX));
            section.reject(
                key,
                &value,
                "the interval of the periodic reader before, as the runtime has one interval"
                    .into(),
            );
        }
        self.interval = Some(interval);
        self.config.otlp.interval = interval;
    }

    fn cardinality_limits(&mut self, section: &mut Section<'_>) {
        let mut limits = section.section("cardinality_limits").without(&[
            "counter",
            "gauge",
            "histogram",
            "observable_counter",
            "observable_gauge",
            "observable_up_down_counter",
            "up_down_counter",
        ]);
        let key = "default";
        let Some(limit) = limits.integer(key, cardinality_limit) else { return };
        if self.cardinality_limit.is_some_and(|first| first != limit) {
            let value = Value::Integer(i128::try_from(limit).unwrap_or(i128::MAX));
            limits.reject(
                key,
                &value,
                "the limit of the reader before, as the runtime has one limit".into(),
            );
        }
        self.cardinality_limit = Some(limit);
        self.config.cardinality_limit = limit;
    }
}
