//! The keys of a document, and the parser of each key.

use std::{collections::BTreeMap, path::Path};

use osapi_metrics_rules::{MAX_KEPT_SERIES, check_buckets};

use super::{
    ConfigError, Environment, MetricsConfig, OtlpConfig, OtlpEndpoint, OtlpInterval, ResourceValue,
    Secret, address, constant_label,
    duration::{duration, scrape_timeout},
    error::{ConfigSource, ErrorCollector, InvalidValue},
    exemplar_filter::exemplar_filter,
    explorer,
    header::{self, ExpansionError},
    interval, otlp, referenced_file, scope_labels,
    section::Section,
    text::not_empty,
    tree::Value,
};

/// The source of a document, and the things that its values may refer to.
pub(super) struct DocumentContext<'a> {
    pub(super) origin: ConfigSource,
    /// The folder that relative paths in the document start from.
    pub(super) folder: &'a Path,
    pub(super) environment: &'a Environment,
}

/// Reads the `telemetry` table of a document over the defaults.
pub(super) fn read(document: Value, context: &DocumentContext<'_>) -> MetricsConfig {
    let errors = ErrorCollector::of(context.origin.clone());
    let reader = DocumentReader { context, errors: &errors };
    let mut config = reader.telemetry(Section::at_top(document, "telemetry", &errors));
    config.mistakes.add(errors.finish());
    config
}

struct DocumentReader<'a> {
    context: &'a DocumentContext<'a>,
    errors: &'a ErrorCollector,
}

impl DocumentReader<'_> {
    fn telemetry(&self, mut telemetry: Section<'_>) -> MetricsConfig {
        let mut config = MetricsConfig::default();
        let debug = telemetry.boolean("debug").unwrap_or(false);
        let service_name = telemetry.text("service_name", not_empty);
        config.resource =
            telemetry.dotted("resource", |value| text(value).map(ResourceValue::from));
        let attribute = config.resource.remove("service.name");
        let attribute = attribute.as_ref().and_then(ResourceValue::as_str);
        let attribute = attribute.filter(|name| !name.is_empty()).map(str::to_owned);
        config.service_name = service_name.or(attribute);
        self.metrics(telemetry.section("metrics"), &mut config);
        config.enabled |= debug;
        // Where it is not compiled in, only a document that asks for it is refused.
        if debug && cfg!(feature = "explorer") {
            config.explorer.get_or_insert(true);
        }
        config
    }

    fn metrics(&self, mut metrics: Section<'_>, config: &mut MetricsConfig) {
        set(&mut config.enabled, metrics.boolean("enabled"));
        set(&mut config.prometheus, metrics.boolean("prometheus"));
        set(&mut config.console, metrics.boolean("console"));
        set(&mut config.path, metrics.text("path", address::path));
        set(&mut config.listen, metrics.text("listen", address::listen));
        config.bearer_token_file = metrics.file("bearer_token_file", self.context.folder);
        config.explorer = metrics.boolean("explorer");
        set(&mut config.explorer_history, metrics.text("explorer_history", explorer::history));
        set(&mut config.created_samples, metrics.boolean("created_samples"));
        set(&mut config.scope_labels, metrics.text("scope_labels", scope_labels::scope_labels));
        set(&mut config.exemplar_filter, metrics.text("exemplar_filter", exemplar_filter));
        set(
            &mut config.max_concurrent_scrapes,
            metrics.integer("max_concurrent_scrapes", max_concurrent_scrapes),
        );
        set(&mut config.scrape_timeout, metrics.text("scrape_timeout", scrape_timeout));
        set(&mut config.cardinality_limit, metrics.integer("cardinality_limit", cardinality_limit));
        set(&mut config.open_series_limit, metrics.integer("open_series_limit", cardinality_limit));
        config.buckets = metrics.dotted("buckets", buckets);
        config.native_histograms = metrics.dotted("native_histograms", boolean);
        config.constant_labels = constant_labels(&mut metrics);
        self.otlp(metrics.section("otlp"), &mut config.otlp);
    }

    fn otlp(&self, mut otlp: Section<'_>, config: &mut OtlpConfig) {
        set(&mut config.enabled, otlp.boolean("enabled"));
        config.endpoint = otlp.text("endpoint", address::endpoint).map(OtlpEndpoint::Base);
        set(&mut config.protocol, otlp.text("protocol", otlp::protocol));
        set(&mut config.interval, otlp.text("interval", duration));
        config.intervals = self.intervals(&mut otlp);
        set(&mut config.timeout, otlp.text("timeout", duration));
        set(&mut config.compression, otlp.text("compression", otlp::compression));
        set(
            &mut config.max_request_bytes,
            otlp.integer("max_request_bytes", otlp::max_request_bytes),
        );
        config.headers = self.headers(&mut otlp);
        set(&mut config.temporality, otlp.text("temporality", otlp::temporality));
        set(
            &mut config.default_histogram_aggregation,
            otlp.text("default_histogram_aggregation", otlp::histogram_aggregation),
        );
        set(&mut config.insecure, otlp.boolean("insecure"));
        config.certificate = otlp.file("certificate", self.context.folder);
        config.client_certificate = otlp.file("client_certificate", self.context.folder);
        config.client_key = otlp.file("client_key", self.context.folder);
        if let Some(endpoint) = config.endpoint.as_ref().filter(|_| config.lacks_scheme()) {
            let value = Value::Text(endpoint.as_str().to_owned());
            otlp.reject("endpoint", &value, otlp::NEEDS_SCHEME.into());
        }
    }

    fn intervals(&self, otlp: &mut Section<'_>) -> Vec<OtlpInterval> {
        let expected = "a list of tables with the keys `metrics` and `interval`";
        let mut entries = otlp.list("intervals", expected.into()).unwrap_or_default();
        if entries.len() > interval::MAX_INTERVALS {
            otlp.reject("intervals", &Value::Foreign("a longer list"), interval::TOO_MANY.into());
            entries.clear();
        }
        let numbered = entries.into_iter().enumerate();
        let read = numbered.map(|(nth, entry)| {
            let key = format!("intervals[{nth}]");
            let Value::Table(entries) = entry else {
                otlp.reject(&key, &entry, "a table with the keys `metrics` and `interval`".into());
                return None;
            };
            self.interval(Section::new(otlp.full(&key), entries, self.errors))
        });
        read.flatten().collect()
    }

    fn interval(&self, mut section: Section<'_>) -> Option<OtlpInterval> {
        let metrics = section.required_text("metrics", interval::pattern);
        let interval = section.required_text("interval", duration);
        let optional = section.boolean("optional").unwrap_or(false);
        let (name, origin) = (section.name().to_owned(), self.context.origin.clone());
        let interval = OtlpInterval::at(name, origin, metrics?, interval?);
        Some(if optional { interval.optional() } else { interval })
    }

    fn headers(&self, otlp: &mut Section<'_>) -> BTreeMap<String, Secret> {
        let expected = InvalidValue::unshown("a table of header names and values");
        let mut headers = BTreeMap::new();
        for (name, value) in otlp.table("headers", expected).unwrap_or_default() {
            let key = format!("headers.{name}");
            match header::name(&name) {
                Ok(name) if headers.contains_key(&name) => otlp.repeated(&key),
                Ok(name) => {
                    if let Some(value) = self.header(otlp.full(&key), value) {
                        headers.insert(name, value);
                    }
                }
                Err(invalid) => otlp.reject(&key, &value, invalid),
            }
        }
        headers
    }

    /// A header's value: a text, which may refer to variables, or the table `{ file: path }`.
    fn header(&self, key: String, value: Value) -> Option<Secret> {
        let expanded = match value {
            Value::Text(text) => header::expand(&text, self.context.environment),
            Value::Table(entries) if names_file(&entries) => {
                Ok(self.header_file(Section::new(key.clone(), entries, self.errors))?)
            }
            _ => Err(ExpansionError::Malformed),
        };
        let invalid = match expanded.map(|text| header::value(&text)) {
            Ok(Ok(value)) => return Some(value),
            Ok(Err(invalid)) => invalid,
            Err(ExpansionError::Malformed) => InvalidValue::unshown(
                "a text, in which `${` and `}` enclose the name of a variable, or `{ file: path }`",
            ),
            Err(ExpansionError::TooLong) => {
                InvalidValue::unshown("a text that has at most 64 KiB with its variables")
            }
            Err(ExpansionError::Unset(variable)) => {
                self.errors.add(key, |key, origin| ConfigError::UnsetVariable {
                    key,
                    variable,
                    origin,
                });
                return None;
            }
        };
        self.errors.invalid(key, String::new(), invalid);
        None
    }

    fn header_file(&self, mut section: Section<'_>) -> Option<String> {
        let path = section.path("file", self.context.folder)?;
        referenced_file::read_secret(&path)
            .map_err(|cause| self.errors.unreadable(section.full("file"), path, cause))
            .ok()
    }
}

fn names_file(entries: &[(String, Value)]) -> bool {
    let file = entries.iter().find(|(key, _)| key == "file");
    file.is_some_and(|(_, value)| !matches!(value, Value::Null))
}

fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}

/// Only texts are allowed, because YAML would read the version `1.10` as the number 1.1.
fn text(value: &Value) -> Result<String, InvalidValue> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        _ => Err("a text; put numbers and the like in quotes".into()),
    }
}

fn boolean(value: &Value) -> Result<bool, InvalidValue> {
    match value {
        Value::Bool(value) => Ok(*value),
        _ => Err("`true` or `false`".into()),
    }
}

pub(super) fn max_concurrent_scrapes(number: i128) -> Result<usize, InvalidValue> {
    usize::try_from(number)
        .ok()
        .filter(|limit| (1..=10_000).contains(limit))
        .ok_or_else(|| "a whole number from 1 to 10000".into())
}

/// The SDK reserves memory for this number of series in every instrument, which limits the sensible
/// values.
pub(super) fn cardinality_limit(number: i128) -> Result<usize, InvalidValue> {
    usize::try_from(number)
        .ok()
        .filter(|limit| (1..=MAX_KEPT_SERIES).contains(limit))
        .ok_or_else(|| "a whole number from 1 to 1000000".into())
}

/// The labels whose key and value are allowed.
fn constant_labels(metrics: &mut Section<'_>) -> BTreeMap<String, String> {
    let mut labels = metrics.dotted("constant_labels", text);
    let invalid_number = constant_label::check_number(labels.len());
    if let Some(invalid) = invalid_number {
        let number = Value::Text(format!("{} labels", labels.len()));
        metrics.reject("constant_labels", &number, invalid);
        return BTreeMap::new();
    }
    labels.retain(|key, text| {
        let invalid = constant_label::check(key, text);
        if let Some(invalid) = invalid {
            let value = Value::Text(text.clone());
            metrics.reject(&format!("constant_labels.{key}"), &value, invalid);
        }
        invalid.is_none()
    });
    labels
}

fn buckets(value: &Value) -> Result<Vec<f64>, InvalidValue> {
    let boundary = |value: &Value| match *value {
        Value::Integer(number) => Some(number as f64),
        Value::Float(number) => Some(number),
        _ => None,
    };
    let boundaries: Option<Vec<f64>> = match value {
        Value::List(values) => values.iter().map(boundary).collect(),
        _ => None,
    };
    boundaries
        .filter(|boundaries| check_buckets(boundaries, None).is_none())
        .ok_or_else(|| "a list of 1 to 100 finite numbers, each above the one before".into())
}
