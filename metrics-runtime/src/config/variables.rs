//! The environment variables, and the effect of each variable.

use std::{ffi::OsString, path::PathBuf};

use super::{
    ConfigError, Environment, MetricsConfig, OtlpConfig, OtlpEndpoint, OtlpInterval, address,
    declarative,
    duration::{duration, milliseconds},
    error::{ConfigSource, ErrorCollector, InvalidValue},
    exemplar_filter::exemplar_filter,
    header, interval, list, native, otlp,
    part::Part,
    referenced_file,
    text::not_empty,
    tree::shown,
};

impl MetricsConfig {
    /// Applies the variables that the [module](crate::config) lists to the configuration.
    ///
    /// The runtime calls this method itself when it is installed.
    ///
    /// ```
    /// use osapi_metrics::config::{Environment, MetricsConfig};
    ///
    /// let environment = Environment::from_iter([
    ///     ("TELEMETRY_ENABLED", "true"),
    ///     ("OTEL_METRICS_EXPORTER", "otlp"),
    ///     ("OTEL_METRIC_EXPORT_INTERVAL", "5s"),
    /// ]);
    /// let error = MetricsConfig::default().with_environment(&environment).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "`OTEL_METRIC_EXPORT_INTERVAL` in the environment is \"5s\"; \
    ///      expected a whole number of milliseconds from 1 to 86400000, such as `60000`",
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// When a setting that is in force has a mistake: a variable, or a key of the document with a
    /// value that is not allowed, or an unknown key. All of these mistakes are reported at once.
    ///
    /// A setting for something that is off is not in force: an exporter, or metrics as a whole.
    /// `install()` logs one warning about mistakes in these settings, and
    /// [`checked`](MetricsConfig::checked) reports them.
    pub fn with_environment(self, environment: &Environment) -> Result<Self, ConfigError> {
        self.merged(environment).checked_in_force()
    }

    /// The configuration with the variables applied, and with the mistakes in them.
    pub(crate) fn merged(mut self, environment: &Environment) -> Self {
        self.mistakes.forget_variables(|variable| environment.get(variable).is_some());
        let errors = ErrorCollector::of(ConfigSource::Environment);
        let file = environment.get(declarative::VARIABLE).map(PathBuf::from);
        let variables = Variables { environment, has_file: file.is_some(), errors: &errors };
        variables.resource(&mut self);
        variables.prometheus(&mut self);
        if let Some(filter) = variables.read("OTEL_METRICS_EXEMPLAR_FILTER", exemplar_filter) {
            self.exemplar_filter = filter;
        }
        if let Some(native) = variables.read("METRICS_NATIVE_HISTOGRAMS", native::list) {
            self.native_histograms.extend(native);
        }
        variables.otlp_schedule(&mut self.otlp);
        variables.otlp_transport(&mut self.otlp);
        self.proxies.read(environment);
        let switches = file.map(|file| declarative::apply(&mut self, file, environment, &errors));
        let decided = variables.switches(&mut self, switches.unwrap_or_default());
        self.mistakes.add(errors.finish());
        for part in decided {
            self.mistakes.decide(part);
        }
        self
    }
}

struct Variables<'a> {
    environment: &'a Environment,
    /// Whether a file takes the place of OpenTelemetry's variables.
    has_file: bool,
    errors: &'a ErrorCollector,
}

impl Variables<'_> {
    /// The switches of metrics and exporters. Returns the parts that variables turn on or off.
    fn switches(&self, config: &mut MetricsConfig, file: declarative::Switches) -> Vec<Part> {
        let mut decided = file.decided;
        if let Some(enabled) = self.read("TELEMETRY_ENABLED", boolean) {
            config.enabled = enabled;
            decided.push(Part::Metrics);
        }
        if file.is_disabled || self.read("OTEL_SDK_DISABLED", boolean) == Some(true) {
            config.enabled = false;
            decided.push(Part::Metrics);
        }
        if let Some(exporters) = self.read("OTEL_METRICS_EXPORTER", list::exporters) {
            config.prometheus = exporters.prometheus;
            config.otlp.enabled = exporters.otlp;
            config.console = exporters.console;
            decided.extend([Part::Prometheus, Part::Otlp, Part::Console]);
        }
        decided
    }

    /// The resource. The specification's variables override this framework's variables, and
    /// `OTEL_SERVICE_NAME` overrides all others.
    fn resource(&self, config: &mut MetricsConfig) {
        for (variable, attribute) in [
            ("METRICS_LABEL_MACHINE_ID", "host.id"),
            ("METRICS_LABEL_WORKER_ID", "service.instance.id"),
        ] {
            if let Some(value) = self.read(variable, identity) {
                config.resource.insert(attribute.to_owned(), value.into());
            }
        }
        for (attribute, value) in
            self.read("OTEL_RESOURCE_ATTRIBUTES", list::attributes).unwrap_or_default()
        {
            if attribute != "service.name" {
                config.resource.insert(attribute, value.into());
            } else if !value.is_empty() {
                config.service_name = Some(value);
            }
        }
        if let Some(name) = self.read("OTEL_SERVICE_NAME", not_empty) {
            config.service_name = Some(name);
        }
    }

    fn prometheus(&self, config: &mut MetricsConfig) {
        if let Some(host) = self.read("OTEL_EXPORTER_PROMETHEUS_HOST", address::host) {
            config.listen.set_ip(host);
        }
        if let Some(port) = self.read("OTEL_EXPORTER_PROMETHEUS_PORT", address::port) {
            config.listen.set_port(port);
        }
        if let Some(explorer) = self.read("METRICS_EXPLORER", boolean) {
            config.explorer = Some(explorer);
        }
    }

    fn otlp_schedule(&self, otlp: &mut OtlpConfig) {
        let interval = self.read("METRICS_COLLECTION_INTERVAL", duration);
        if let Some(interval) = self.read("OTEL_METRIC_EXPORT_INTERVAL", milliseconds).or(interval)
        {
            otlp.interval = interval;
        }
        if let Some(intervals) = self.intervals() {
            // The method may be called again, with other variables.
            otlp.intervals.retain(|interval| *interval.place().1 != ConfigSource::Environment);
            otlp.intervals.splice(..0, intervals);
        }
        if let Some(timeout) = self.read_otlp("TIMEOUT", milliseconds) {
            otlp.timeout = timeout;
        }
        if let Some(limit) = self.read("OTEL_METRIC_EXPORT_TIMEOUT", milliseconds) {
            otlp.timeout = otlp.timeout.min(limit);
        }
    }

    /// The intervals of single metrics. They come before the intervals of other sources, because
    /// the first one that matches a metric counts.
    fn intervals(&self) -> Option<Vec<OtlpInterval>> {
        let variable = "METRICS_COLLECTION_INTERVALS";
        let text = self.read(variable, |text| Ok(text.to_owned()))?;
        if text.split(',').count() > interval::MAX_INTERVALS {
            self.reject(variable, interval::TOO_MANY.into());
            return None;
        }
        let entries = text.split(',').enumerate().filter(|(_, entry)| !entry.trim().is_empty());
        let read = entries.map(|(nth, entry)| {
            let name = format!("{variable}[{nth}]");
            let read = interval::entry(entry, name.clone(), ConfigSource::Environment);
            read.map_err(|invalid| self.errors.invalid(name, shown(entry), invalid)).ok()
        });
        Some(read.flatten().collect())
    }

    fn otlp_transport(&self, otlp: &mut OtlpConfig) {
        self.otlp_destination(otlp);
        otlp.headers.extend(self.read_otlp("HEADERS", header::list).unwrap_or_default());
        if let Some(compression) = self.read_otlp("COMPRESSION", otlp::compression) {
            otlp.compression = compression;
        }
        if let Some(insecure) = self.read_otlp("INSECURE", boolean) {
            otlp.insecure = insecure;
        }
        if let Some(temporality) =
            self.read("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", otlp::temporality)
        {
            otlp.temporality = temporality;
        }
        if let Some(aggregation) = self.read(
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            otlp::histogram_aggregation,
        ) {
            otlp.default_histogram_aggregation = aggregation;
        }
        for (suffix, path) in [
            ("CERTIFICATE", &mut otlp.certificate),
            ("CLIENT_CERTIFICATE", &mut otlp.client_certificate),
            ("CLIENT_KEY", &mut otlp.client_key),
        ] {
            if let Some(file) = self.file(suffix) {
                *path = Some(file);
            }
        }
    }

    /// The endpoint and the protocol: only both together show whether a scheme is needed.
    fn otlp_destination(&self, otlp: &mut OtlpConfig) {
        let protocol = self.read_otlp("PROTOCOL", otlp::protocol);
        let endpoint = self.read_otlp("ENDPOINT", address::endpoint);
        let (new_protocol, new_endpoint) = (protocol.is_some(), endpoint.is_some());
        if let Some(protocol) = protocol {
            otlp.protocol = protocol;
        }
        if let Some(endpoint) = endpoint {
            let exact = self.otlp_variable("ENDPOINT") == "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
            let endpoint =
                if exact { OtlpEndpoint::Exact(endpoint) } else { OtlpEndpoint::Base(endpoint) };
            otlp.endpoint = Some(endpoint);
        }
        // A document was checked when it was read, so a mistake here comes from the environment.
        if otlp.lacks_scheme() && new_endpoint {
            self.reject(&self.otlp_variable("ENDPOINT"), otlp::NEEDS_SCHEME.into());
        } else if otlp.lacks_scheme() && new_protocol {
            let expected = "`grpc`, because the endpoint has no scheme: over HTTP it needs `http://` or `https://`";
            self.reject(&self.otlp_variable("PROTOCOL"), expected.into());
        }
    }

    /// The value of a variable that counts.
    fn get(&self, variable: &str) -> Option<OsString> {
        let is_replaced = self.has_file && variable.starts_with("OTEL_");
        if is_replaced { None } else { self.environment.get(variable) }
    }

    /// The value of a variable, if the variable is set to a value that `parse` accepts.
    fn read<T>(
        &self,
        variable: &str,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        let value = self.get(variable)?;
        let parsed = match value.to_str() {
            Some(text) => parse(text.trim()),
            None => Err(InvalidValue::unshown("a text in UTF-8")),
        };
        parsed.map_err(|invalid| self.reject(variable, invalid)).ok()
    }

    fn read_otlp<T>(
        &self,
        suffix: &str,
        parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        self.read(&self.otlp_variable(suffix), parse)
    }

    /// The variable that counts: the variable for metrics if it is set, otherwise the variable for
    /// all signals.
    fn otlp_variable(&self, suffix: &str) -> String {
        let metrics = format!("OTEL_EXPORTER_OTLP_METRICS_{suffix}");
        match self.get(&metrics) {
            Some(_) => metrics,
            None => format!("OTEL_EXPORTER_OTLP_{suffix}"),
        }
    }

    /// The path of a file that can be read.
    fn file(&self, suffix: &str) -> Option<PathBuf> {
        let name = self.otlp_variable(suffix);
        let path = PathBuf::from(self.get(&name)?);
        match referenced_file::check_readable(&path) {
            Ok(()) => Some(path),
            Err(cause) => {
                self.errors.unreadable(name, path, cause);
                None
            }
        }
    }

    fn reject(&self, variable: &str, invalid: InvalidValue) {
        let value = self.environment.get(variable).unwrap_or_default();
        self.errors.invalid(variable, shown(&value.to_string_lossy()), invalid);
    }
}

/// Only `true` switches something on, as the specification requires. A value that is neither `true`
/// nor `false` is a mistake.
fn boolean(text: &str) -> Result<bool, InvalidValue> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("`true` or `false`".into()),
    }
}

/// The identity of a machine or an instance comes with every request, so it is short. The name of a
/// host fits.
fn identity(text: &str) -> Result<String, InvalidValue> {
    if text.is_empty() || text.len() > 255 || text.contains(char::is_control) {
        return Err("a text of 1 to 255 bytes without control characters".into());
    }
    Ok(text.to_owned())
}
