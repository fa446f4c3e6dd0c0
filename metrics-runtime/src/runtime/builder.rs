use std::sync::Arc;

use opentelemetry_sdk::metrics::{Instrument, Stream, reader::MetricReader};
use osapi_metrics_rules::{InstrumentKind, check_buckets, similar::nearest};

use super::{InstallError, Metrics, Readiness, live};
use crate::{
    config::{Environment, MetricsConfig},
    core::{
        catalogue::Catalogue,
        descriptor::MetricDescriptor,
        jobs::{JobMetrics, is_boundary},
        registry::{JobRegistration, lost},
        self_metrics,
        sync::scope,
    },
    provider::{REVISION, Readers, SERVICE_VERSION, View},
};

/// Says what the runtime shall do, and installs it. Made by [`Metrics::builder`].
#[must_use = "nothing happens until `install` is called"]
pub struct MetricsBuilder {
    config: MetricsConfig,
    service_name: Option<String>,
    service_version: Option<String>,
    revision: Option<String>,
    enabled: bool,
    environment: Option<Environment>,
    readers: Readers,
    views: Vec<View>,
    readiness: Readiness,
}

impl MetricsBuilder {
    pub(super) fn new() -> Self {
        Self {
            config: MetricsConfig::default(),
            service_name: None,
            service_version: None,
            revision: None,
            enabled: false,
            environment: None,
            readers: Readers::default(),
            views: Vec::new(),
            readiness: Readiness::default(),
        }
    }

    /// Names the service, `service.name` of the resource. A name in the configuration or in the
    /// environment wins.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.service_name = Some(name.into());
        self
    }

    /// Says which version of the service runs: `version` of `osapi_build_info`, and `service.version` of
    /// the resource. A version in the configuration's `resource` or in `OTEL_RESOURCE_ATTRIBUTES` wins.
    ///
    /// A service passes the version of its package, which the compiler knows, and as the
    /// [revision](Self::revision) what its build sets.
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

    /// Says which commit the service was built from: `revision` of `osapi_build_info`, and
    /// `vcs.ref.head.revision` of the resource. One in the configuration's `resource` or in
    /// `OTEL_RESOURCE_ATTRIBUTES` wins.
    ///
    /// Cargo does not know it: whatever builds the service does, such as CI with a variable that
    /// `option_env!` reads.
    pub fn revision(mut self, revision: impl Into<String>) -> Self {
        self.revision = Some(revision.into());
        self
    }

    /// Switches metrics on unless the environment switches them off. Without this they are as the
    /// configuration says, and off by default.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Sets the configuration. The environment is put on top of it.
    pub fn config(mut self, config: MetricsConfig) -> Self {
        self.config = config;
        self
    }

    /// Reads these variables instead of the process's, as tests do.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Adds a reader of OpenTelemetry beside the two exporters.
    ///
    /// The SDK hands what a collection observes to every reader with an aggregation of its own,
    /// whichever asked: a value that is gone, or a series that has ended, can appear once more in
    /// the reader that asks next. A push of delta temporality is such a reader too.
    pub fn reader(mut self, reader: impl MetricReader) -> Self {
        self.readers.add(reader);
        self
    }

    /// Adds a [view](https://opentelemetry.io/docs/specs/otel/metrics/sdk/#view), which can rename
    /// an instrument, drop it, or give a histogram other buckets. Where one applies, series limits
    /// are its own affair, and scrapes take the values from the SDK, which costs more than reading
    /// them directly.
    ///
    /// A view must not take labels from counters and gauges: they reach the SDK as observable
    /// instruments, and of the series that become one the SDK keeps the last instead of the sum.
    pub fn view(
        mut self,
        view: impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static,
    ) -> Self {
        self.views.push(Arc::new(view));
        self
    }

    /// Adds a condition of `/health/ready`: as long as `check` fails, the answer is 503 with its
    /// sentence. It must not block.
    pub fn readiness(
        mut self,
        check: impl Fn() -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.readiness.add(check);
        self
    }

    /// Starts the runtime.
    ///
    /// If metrics are on, the provider becomes OpenTelemetry's global one, unless another runtime
    /// of this process is installed already: then each keeps its own.
    ///
    /// # Errors
    ///
    /// [`InstallError`] if the configuration or the environment has a value that is not allowed,
    /// if two declarations of a name conflict, if a set is linked in from two versions of its package,
    /// if the linker has dropped registrations, or if an exporter cannot be built. Nothing was started
    /// then.
    pub fn install(self) -> Result<Metrics, InstallError> {
        let environment = self.environment.unwrap_or_else(Environment::process);
        let mut config = self.config;
        config.enabled |= self.enabled;
        config.service_name = config.service_name.or(self.service_name);
        let build = [(SERVICE_VERSION, self.service_version), (REVISION, self.revision)];
        for (attribute, value) in build {
            if let Some(value) = value {
                config.resource.entry(attribute.to_owned()).or_insert(value);
            }
        }
        let config = config.with_environment(&environment)?;

        check_registrations()?;
        let catalogue = Catalogue::linked()?;
        check_configured_buckets(&config, &catalogue)?;
        check_objectives(&config)?;
        let metrics = Metrics::prepare(config, catalogue, self.readiness)?;
        if metrics.shared.config.enabled {
            metrics.shared.start(self.readers, self.views)?;
        } else {
            tracing::info!(
                "metrics are disabled; `telemetry.metrics.enabled: true` or TELEMETRY_ENABLED=true \
                 enables them, unless OTEL_SDK_DISABLED is true"
            );
            live::installed_disabled();
        }
        Ok(metrics)
    }
}

/// Rule S2. The framework's own sets are always used, and show whether any registration is left.
fn check_registrations() -> Result<(), InstallError> {
    scope::suspended(|| {
        let _ = JobMetrics::global();
        self_metrics::touch();
    });
    let lost = lost::known();
    if lost.is_empty() { Ok(()) } else { Err(InstallError::LostRegistrations { lost }) }
}

fn check_configured_buckets(
    config: &MetricsConfig,
    catalogue: &Catalogue,
) -> Result<(), InstallError> {
    for (name, boundaries) in &config.buckets {
        let refused = |problem| Err(InstallError::Buckets { metric: name.clone(), problem });
        let Some(metric) = catalogue.get(name) else {
            let names = catalogue.iter().filter(|metric| metric.kind == InstrumentKind::Histogram);
            let nearest = nearest(name, names.map(MetricDescriptor::prometheus_name));
            let nearest = nearest.map_or_else(String::new, |n| format!("; the nearest is `{n}`"));
            return refused(format!("no histogram of this name is linked in{nearest}"));
        };
        if metric.kind != InstrumentKind::Histogram {
            return refused(format!(
                "this is a {}, declared at {}; only histograms have buckets",
                metric.kind.as_str(),
                metric.origin
            ));
        }
        if let Some(violation) = check_buckets(boundaries, metric.unit) {
            return refused(violation.message(boundaries).to_string());
        }
    }
    Ok(())
}

/// Configured boundaries must show the latencies of objectives too.
fn check_objectives(config: &MetricsConfig) -> Result<(), InstallError> {
    for JobRegistration(handler) in inventory::iter::<JobRegistration>() {
        let job = handler.descriptor();
        let (Some(slo), Some(metric)) = (job.slo, handler.durations()) else { continue };
        let configured = config.buckets.iter().find(|(name, boundaries)| {
            [metric.name, metric.prometheus_name()].contains(&name.as_str())
                && !is_boundary(boundaries, metric.unit, slo.latency)
        });
        if let Some((name, _)) = configured {
            let latency = humantime::format_duration(slo.latency);
            let problem = format!(
                "the job `{}`, handled at {}, has an objective for {latency}, which is not among the \
                 boundaries; add it",
                job.name, job.origin
            );
            return Err(InstallError::Buckets { metric: name.clone(), problem });
        }
    }
    Ok(())
}

impl std::fmt::Debug for MetricsBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MetricsBuilder").field("config", &self.config).finish_non_exhaustive()
    }
}
