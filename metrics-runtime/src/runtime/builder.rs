use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
    time::Duration,
};

use opentelemetry_sdk::metrics::{Instrument, Stream, reader::MetricReader};

use super::{
    checks::{
        check_configured_buckets, check_native_histograms, check_objectives, check_registrations,
    },
    constant_labels::check_constant_labels,
    error::InstallError,
    idle::IdleMistakes,
    intervals::check_intervals,
    metrics::Metrics,
    prepare::prepare,
    readiness::Readiness,
};
use crate::{
    bridge::{AddReader, REVISION, SERVICE_VERSION, View},
    config::{ConfigError, ConfigSource, Environment, MetricsConfig, OtlpInterval},
    core::{catalogue::Catalogue, descriptor::MetricDescriptor},
};

impl Metrics {
    /// Begins to describe a runtime.
    pub fn builder() -> MetricsBuilder {
        MetricsBuilder::new()
    }
}

/// Describes a runtime and installs it. Created by [`Metrics::builder`].
#[must_use = "nothing happens until `install` is called"]
pub struct MetricsBuilder {
    config: MetricsConfig,
    service_name: Option<String>,
    service_version: Option<String>,
    revision: Option<String>,
    enabled: Option<bool>,
    environment: Option<Environment>,
    intervals: Vec<OtlpInterval>,
    constant_labels: BTreeMap<String, String>,
    native_histograms: BTreeMap<String, bool>,
    readers: Vec<AddReader>,
    views: Vec<View>,
    readiness: Readiness,
}

impl MetricsBuilder {
    fn new() -> Self {
        Self {
            config: MetricsConfig::default(),
            service_name: None,
            service_version: None,
            revision: None,
            enabled: None,
            environment: None,
            intervals: Vec::new(),
            constant_labels: BTreeMap::new(),
            native_histograms: BTreeMap::new(),
            readers: Vec::new(),
            views: Vec::new(),
            readiness: Readiness::default(),
        }
    }

    /// Sets the name of the service, `service.name` of the resource. A name in the configuration or
    /// in the environment overrides it.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.service_name = Some(name.into());
        self
    }

    /// Sets the version of the service: `version` of `osapi_build_info`, and `service.version` of
    /// the resource. A version in the configuration's `resource` or in `OTEL_RESOURCE_ATTRIBUTES`
    /// overrides it.
    ///
    /// A service passes the version of its package, which the compiler knows, and the
    /// [revision](Self::revision) that its build sets.
    ///
    /// ```
    /// use osapi_metrics::{Metrics, exposition::Format};
    ///
    /// let metrics = Metrics::builder()
    ///     .service_name("osapi-api")
    ///     .service_version(env!("CARGO_PKG_VERSION"))
    ///     .revision(option_env!("GIT_COMMIT").unwrap_or("unknown"))
    ///     .enabled(true)
    ///     .install()?;
    /// let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    /// let exposition = metrics.render(Format::OpenMetrics);
    /// let build = exposition.lines().find(|line| line.starts_with("osapi_build_info{")).unwrap();
    /// assert!(build.contains(&version) && build.ends_with("} 1"));
    /// # Ok::<(), osapi_metrics::InstallError>(())
    /// ```
    pub fn service_version(mut self, version: impl Into<String>) -> Self {
        self.service_version = Some(version.into());
        self
    }

    /// Sets the commit that the service was built from: `revision` of `osapi_build_info`, and
    /// `vcs.ref.head.revision` of the resource. A revision in the configuration's `resource` or in
    /// `OTEL_RESOURCE_ATTRIBUTES` overrides it.
    ///
    /// Cargo does not know the commit. The build of the service knows it, for example CI, which
    /// sets a variable that `option_env!` reads.
    pub fn revision(mut self, revision: impl Into<String>) -> Self {
        self.revision = Some(revision.into());
        self
    }

    /// Switches metrics on or off. Without this call the configuration decides, then the
    /// environment; by default metrics are off.
    ///
    /// | call | configuration | environment | metrics are |
    /// |---|---|---|---|
    /// | `enabled(false)` | any | any | off |
    /// | `enabled(true)` | any | `TELEMETRY_ENABLED=false` or `OTEL_SDK_DISABLED=true` | off |
    /// | `enabled(true)` | any | `OTEL_CONFIG_FILE` with a file that is `disabled` or has no `meter_provider` | off |
    /// | `enabled(true)` | any | none of the three | on |
    ///
    /// ```
    /// use osapi_metrics::{Metrics, config::{Environment, MetricsConfig}};
    ///
    /// let config = MetricsConfig::from_yaml("telemetry: { metrics: { enabled: true } }")?;
    /// let environment = Environment::from_iter([("TELEMETRY_ENABLED", "true")]);
    /// let builder = Metrics::builder().config(config).environment(environment);
    /// let metrics = builder.enabled(false).install()?;
    /// assert!(!metrics.config().enabled);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = Some(enabled);
        self
    }

    /// Sets the configuration. The environment overrides it.
    pub fn config(mut self, config: MetricsConfig) -> Self {
        self.config = config;
        self
    }

    /// Reads these variables instead of the variables of the process. Tests use it.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Pushes the metrics of a pattern over OTLP at an interval of their own, instead of
    /// `metrics.otlp.interval`. Of several patterns that match a metric, the first one counts; the
    /// patterns of the configuration come before those of the builder, and those of the environment
    /// before both. The push itself is switched on in the configuration.
    ///
    /// The pattern is the OpenTelemetry or Prometheus name of a metric, in which `*` stands for any
    /// characters and `?` for one. [`config`](crate::config#intervals) has the details. A pattern
    /// that matches no metric is an error of [`install`](Self::install), or a warning in the log
    /// while nothing is pushed.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use osapi_metrics::Metrics;
    ///
    /// let metrics = Metrics::builder()
    ///     .otlp_interval("osapi_job_*", Duration::from_secs(5))
    ///     .otlp_interval("osapi_metrics_*", Duration::from_secs(300))
    ///     .install()?;
    /// # drop(metrics);
    /// # Ok::<(), osapi_metrics::InstallError>(())
    /// ```
    pub fn otlp_interval(mut self, metrics: impl Into<String>, interval: Duration) -> Self {
        let (name, origin) = ("MetricsBuilder::otlp_interval", ConfigSource::Program);
        self.intervals.push(OtlpInterval::at(name, origin, metrics.into(), interval));
        self
    }

    /// Gives every series of the runtime a label, on both wires. `metrics.constant_labels` of the
    /// configuration overrides its value.
    ///
    /// The key is a label key that no declared metric has; another one is an error of
    /// [`install`](Self::install). A series of another library that has a label of this key keeps
    /// its own. [`_documentation::runtime`](crate::_documentation::runtime#constant-labels) has the
    /// details.
    ///
    /// ```
    /// use osapi_metrics::{Metrics, exposition::Format};
    ///
    /// let metrics = Metrics::builder().constant_label("region", "eu-1").enabled(true).install()?;
    /// let exposition = metrics.render(Format::OpenMetrics);
    /// let build = exposition.lines().find(|line| line.starts_with("osapi_build_info{")).unwrap();
    /// assert!(build.contains("region=\"eu-1\""));
    /// # Ok::<(), osapi_metrics::InstallError>(())
    /// ```
    pub fn constant_label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.constant_labels.insert(key.into(), value.into());
        self
    }

    /// Keeps the samples of a histogram in native buckets too, or only in those with boundaries,
    /// whatever its declaration says. `metrics.native_histograms` of the configuration overrides
    /// it.
    ///
    /// The name is the OpenTelemetry or Prometheus name of a declared histogram; another one is an
    /// error of [`install`](Self::install), or a warning in the log while metrics are off.
    /// [`exposition`](crate::exposition#native-histograms) has the effect.
    ///
    /// ```
    /// use osapi_metrics::Metrics;
    ///
    /// let builder = Metrics::builder().native_histogram("osapi_job_duration_seconds", true);
    /// let metrics = builder.enabled(true).install()?;
    /// assert_eq!(metrics.catalogue().is_native("osapi_job_duration_seconds"), Some(true));
    ///
    /// let error = Metrics::builder().native_histogram("job_time", true).enabled(true).install();
    /// let message = error.unwrap_err().to_string();
    /// assert!(message.contains("`job_time`") && message.contains("no histogram of this name"));
    /// # Ok::<(), osapi_metrics::InstallError>(())
    /// ```
    pub fn native_histogram(mut self, name: impl Into<String>, is_native: bool) -> Self {
        self.native_histograms.insert(name.into(), is_native);
        self
    }

    /// Adds a reader of OpenTelemetry beside the two exporters.
    ///
    /// The framework's own instruments are then in the SDK too, and each sample of a histogram is
    /// recorded there as well, at the SDK's cost: 25 ns and 150 instructions, under a lock.
    ///
    /// The SDK passes the values that a collection observes to every reader, whichever reader
    /// collects. With several readers, a value or a series that has ended can appear once more in
    /// the reader that collects next.
    ///
    /// Counters and gauges reach the SDK as observable instruments. A reader that prefers
    /// [`LowMemory`](opentelemetry_sdk::metrics::Temporality::LowMemory) therefore gets cumulative
    /// counters; the push of this framework (`metrics.otlp.temporality: lowmemory`) sends the
    /// differences of all counters that are not observed.
    pub fn reader(mut self, reader: impl MetricReader) -> Self {
        self.readers.push(Box::new(|builder| builder.with_reader(reader)));
        self
    }

    /// Adds a [view](https://opentelemetry.io/docs/specs/otel/metrics/sdk/#view), which can rename
    /// an instrument, drop it, or give a histogram other buckets. Where a view applies, the view
    /// sets the series limit, and every exporter takes the values from the SDK. Samples of a
    /// histogram are then recorded there as well, at the SDK's cost: 25 ns and 150 instructions,
    /// under a lock. Instruments without a view are not in the SDK.
    ///
    /// A view must not remove labels of counters and gauges: they reach the SDK as observable
    /// instruments, and where several series become one, the SDK keeps the last value instead of
    /// the sum.
    pub fn view(
        mut self,
        view: impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static,
    ) -> Self {
        self.views.push(Arc::new(view));
        self
    }

    /// Adds a condition of `/health/ready`: while `check` fails, the answer is 503 with the text
    /// that `check` returns. `check` must not block.
    pub fn readiness(
        mut self,
        check: impl Fn() -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.readiness.add(check);
        self
    }

    /// Starts the runtime.
    ///
    /// If metrics are on, the provider becomes OpenTelemetry's global provider, unless another
    /// runtime of this process is installed already. Each runtime then keeps its own provider.
    ///
    /// # Errors
    ///
    /// [`InstallError`] if the configuration or the environment has a value that is not allowed, or
    /// names a metric that does not exist, if two declarations of a name conflict, if a set is
    /// linked in from two versions of its package, if the linker has dropped registrations, or if
    /// an exporter cannot be built. Nothing is started in these cases.
    ///
    /// A setting for something that is off, an exporter or metrics as a whole, is not an error: one
    /// warning lists all mistakes in such settings.
    pub fn install(mut self) -> Result<Metrics, InstallError> {
        let config = self.merged_config()?;
        let of_builder: BTreeSet<_> =
            std::mem::take(&mut self.constant_labels).into_keys().collect();
        check_registrations()?;
        let mut catalogue = Catalogue::linked()?;
        let mut idle = IdleMistakes::of(&config);
        let buckets = check_configured_buckets(&config, &catalogue);
        let buckets =
            idle.check(config.enabled, buckets.and_then(|()| check_objectives(&config)))?;
        let native = check_native_histograms(&config, &catalogue);
        if idle.check(config.enabled, native)?.is_some() {
            catalogue.set_native(|metric| {
                config.native_setting_of(metric.name, metric.prometheus_name())
            });
        }
        let constants = check_constant_labels(&config, &of_builder, &catalogue);
        idle.check(config.enabled, constants)?;
        let pushes = config.enabled && config.otlp.enabled;
        idle.check(pushes, check_intervals(&config, &catalogue))?;
        if buckets.is_some() {
            catalogue.set_boundaries(|metric| {
                config.buckets_of(metric.name, metric.prometheus_name()).map(<[f64]>::to_vec)
            });
        }
        if pushes {
            let interval_of = |metric: &MetricDescriptor| {
                config.otlp.interval_of(metric.name, metric.prometheus_name())
            };
            catalogue.set_otlp_intervals(interval_of);
        }
        let runtime = prepare(config, catalogue, self.readiness, &mut idle)?;
        idle.log();
        Ok(runtime.start(self.readers, self.views))
    }

    /// The configuration, with the settings of the builder and the environment merged into it.
    fn merged_config(&mut self) -> Result<MetricsConfig, ConfigError> {
        let environment = self.environment.take().unwrap_or_else(Environment::process);
        let mut config = std::mem::take(&mut self.config);
        config.enabled |= self.enabled == Some(true);
        config.service_name = config.service_name.or(self.service_name.take());
        config.otlp.intervals.append(&mut self.intervals);
        self.constant_labels.retain(|key, _| !config.constant_labels.contains_key(key));
        config.constant_labels.extend(self.constant_labels.clone());
        for (name, is_native) in std::mem::take(&mut self.native_histograms) {
            config.native_histograms.entry(name).or_insert(is_native);
        }
        let build =
            [(SERVICE_VERSION, self.service_version.take()), (REVISION, self.revision.take())];
        for (attribute, value) in build {
            if let Some(value) = value {
                config.resource.entry(attribute.to_owned()).or_insert(value.into());
            }
        }
        let mut config = config.merged(&environment);
        if self.enabled == Some(false) {
            config.turn_off();
        }
        config.check_values();
        let config = config.checked_in_force()?;
        for note in &config.notes {
            note.log();
        }
        Ok(config)
    }
}

impl fmt::Debug for MetricsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsBuilder").field("config", &self.config).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether metrics are on with this setting of the builder, in the file and in the environment.
    fn is_enabled(builder: Option<bool>, file: bool, variables: &[(&str, &str)]) -> bool {
        let config = MetricsConfig { enabled: file, ..MetricsConfig::default() };
        let environment = variables.iter().copied().collect();
        let mut new = Metrics::builder().config(config).environment(environment);
        new.enabled = builder;
        new.merged_config().unwrap().enabled
    }

    const ON: &[(&str, &str)] = &[("TELEMETRY_ENABLED", "true")];
    const OFF: &[(&str, &str)] = &[("TELEMETRY_ENABLED", "false")];
    const SDK_DISABLED: &[(&str, &str)] = &[("OTEL_SDK_DISABLED", "true")];

    #[test]
    fn a_builder_that_is_off_overrides_file_and_environment() {
        for file in [true, false] {
            for variables in [&[], ON, OFF, SDK_DISABLED] {
                assert!(!is_enabled(Some(false), file, variables), "{file} {variables:?}");
            }
        }
    }

    #[test]
    fn a_builder_that_is_on_overrides_the_file_and_not_the_environment() {
        for file in [true, false] {
            for (variables, expected) in
                [(&[][..], true), (ON, true), (OFF, false), (SDK_DISABLED, false)]
            {
                let enabled = is_enabled(Some(true), file, variables);
                assert_eq!(enabled, expected, "{file} {variables:?}");
            }
        }
    }

    #[test]
    fn without_a_setting_of_the_builder_the_environment_overrides_the_file() {
        for (file, variables, expected) in [
            (true, &[][..], true),
            (false, &[], false),
            (false, ON, true),
            (true, OFF, false),
            (true, SDK_DISABLED, false),
        ] {
            assert_eq!(is_enabled(None, file, variables), expected, "{file} {variables:?}");
        }
    }
}
