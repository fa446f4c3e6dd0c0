use std::{collections::HashSet, time::Duration};

use super::{conflict, conflict::Conflicts, jobs, renames, versions};
use crate::core::{
    descriptor::{JobDescriptor, MetricDescriptor},
    registry::{
        JobRegistration, RegisteredSet, SetRegistration, displace, instruments, shipped_in,
    },
};

/// Every metric that is linked into the program, recorded or not, sorted by Prometheus name, and
/// every function with `#[instrumented_job]`.
///
/// ```
/// # use osapi_metrics::{InstallError, Metrics};
/// # fn main() -> Result<(), InstallError> {
/// let metrics = Metrics::builder().enabled(true).install()?;
/// let duration = metrics.catalogue().get("osapi_job_duration_seconds").expect("is shipped");
/// assert_eq!(duration.unit, Some("s"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Catalogue {
    pub(super) metrics: Vec<&'static MetricDescriptor>,
    jobs: Vec<&'static JobDescriptor>,
    /// Metrics of instrumentations that are left out.
    displaced: Vec<&'static MetricDescriptor>,
    /// In the order of the metrics; empty if nothing is pushed.
    pub(super) otlp_intervals: Vec<Duration>,
    /// In the order of the metrics, the boundaries that the configuration replaces; empty without a
    /// runtime.
    pub(super) boundaries: Vec<Option<Vec<f64>>>,
    /// In the order of the metrics, whether the configuration makes them native histograms; empty
    /// without a runtime.
    pub(super) native: Vec<Option<bool>>,
}

impl Catalogue {
    /// Gathers the metrics and handlers that are linked into the program.
    ///
    /// A set comes with an instrumentation if it records [roles](crate::roles) of its own crate. A
    /// metric of such a set is left out, and never exported, where another crate declares a metric
    /// of the same name with other properties, or one that is renamed from it: a service's own
    /// names come first.
    ///
    /// [`Metrics::catalogue`](crate::Metrics::catalogue) returns this catalogue too. A library
    /// without the feature `runtime` can check with this function that its declarations do not
    /// contradict other declarations.
    ///
    /// ```
    /// # use osapi_metrics::{Catalogue, catalogue::Conflicts};
    /// # fn main() -> Result<(), Conflicts> {
    /// let catalogue = Catalogue::linked()?;
    /// assert!(catalogue.get("osapi_jobs_completed_total").is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Conflicts`] if declarations contradict each other: two metrics that share a name but not
    /// their kind, type, unit, labels or buckets, or that are declared in one crate; an old name
    /// of `renamed_from` that another metric has, or is renamed from too; two versions of one set;
    /// two handlers of one name whose keys, objectives or boundaries differ.
    pub fn linked() -> Result<Self, Conflicts> {
        let sets = inventory::iter::<SetRegistration>();
        let catalogue = Self::gather(sets, inventory::iter::<JobRegistration>())?;
        displace(&catalogue.displaced);
        Ok(catalogue)
    }

    /// Gathers the metrics of all sets, and all handlers.
    ///
    /// Two crates may declare one metric with equal properties: its series are then exported as one
    /// metric. Within a crate each metric is declared once. A metric that an instrumentation ships
    /// gives way to a metric of another crate.
    ///
    /// # Errors
    ///
    /// Every pair of declarations that share a name but not their kind, type, unit, labels or
    /// buckets, or that are in one crate; every old name that stands for two metrics; every set of
    /// which two versions are linked in; and every pair of handlers whose jobs share series, but
    /// not keys, objectives and boundaries.
    pub(crate) fn gather<'a>(
        sets: impl IntoIterator<Item = &'a SetRegistration>,
        handlers: impl IntoIterator<Item = &'a JobRegistration>,
    ) -> Result<Self, Conflicts> {
        let sets: Vec<_> = sets.into_iter().collect();
        let mut metrics: Vec<&'static MetricDescriptor> =
            sets.iter().flat_map(|set| set.descriptors).collect();
        // Registrations arrive in any order.
        metrics.sort_by_key(|metric| {
            let origin = &metric.origin;
            (metric.prometheus_name(), origin.package, origin.file, origin.line)
        });
        let of_instrumentations: HashSet<_> = sets
            .iter()
            .filter(|set| set.is_of_instrumentation())
            .flat_map(|set| set.descriptors)
            .map(identity)
            .collect();
        let displaced =
            conflict::displaced(&metrics, |metric| of_instrumentations.contains(&identity(metric)));
        let left_out: HashSet<_> = displaced.iter().copied().map(identity).collect();
        metrics.retain(|metric| !left_out.contains(&identity(metric)));
        let (jobs, differing) = jobs::gather(handlers);
        let sets = versions::find(sets);
        let conflicts = Conflicts {
            metrics: conflict::find(&metrics, &sets),
            renames: renames::find(&metrics, &sets),
            sets,
            jobs: differing,
        };
        if !conflicts.is_empty() {
            return Err(conflicts);
        }
        Ok(Self {
            metrics,
            jobs,
            displaced,
            otlp_intervals: Vec::new(),
            boundaries: Vec::new(),
            native: Vec::new(),
        })
    }

    /// All metrics, sorted by Prometheus name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static MetricDescriptor> {
        self.metrics.iter().copied()
    }

    /// All functions with `#[instrumented_job]`, sorted by the names of their jobs.
    pub fn jobs(&self) -> impl ExactSizeIterator<Item = &'static JobDescriptor> {
        self.jobs.iter().copied()
    }

    /// The metric of this OpenTelemetry or Prometheus name. `None` if no such metric is linked in.
    pub fn get(&self, name: &str) -> Option<&'static MetricDescriptor> {
        self.iter().find(|metric| is_named(metric, name))
    }

    /// The interval at which the metric of this OpenTelemetry or Prometheus name is pushed over
    /// OTLP, as the configuration says. `None` if no such metric is linked in, if the push is off,
    /// or without a runtime.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use osapi_metrics::{Metrics, config::{Environment, MetricsConfig}};
    ///
    /// # #[cfg(feature = "otlp-grpc")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let config = MetricsConfig::from_yaml(
    ///     "telemetry:
    ///        metrics:
    ///          enabled: true
    ///          otlp:
    ///            enabled: true
    ///            interval: 60s
    ///            intervals: [{ metrics: 'osapi_job_*', interval: 5s }]",
    /// )?;
    /// let builder = Metrics::builder().config(config).environment(Environment::default());
    /// let metrics = builder.install()?;
    /// let interval_of = |name| metrics.catalogue().otlp_interval(name);
    /// assert_eq!(interval_of("osapi_job_duration_seconds"), Some(Duration::from_secs(5)));
    /// assert_eq!(interval_of("osapi_jobs_created_total"), Some(Duration::from_secs(60)));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "otlp-grpc"))]
    /// # fn main() {}
    /// ```
    pub fn otlp_interval(&self, name: &str) -> Option<Duration> {
        let mut metrics = self.iter();
        let position = metrics.position(|metric| is_named(metric, name))?;
        self.otlp_intervals.get(position).copied()
    }

    /// The upper boundaries of the buckets of the histogram of this OpenTelemetry or Prometheus
    /// name, without `+Inf`: the boundaries that the configuration of the runtime has for it, else
    /// the declared ones. `None` if no such metric is linked in; empty for other instruments.
    ///
    /// ```
    /// # use osapi_metrics::{Catalogue, catalogue::Conflicts};
    /// # fn main() -> Result<(), Conflicts> {
    /// let catalogue = Catalogue::linked()?;
    /// assert!(catalogue.boundaries("osapi_job_duration_seconds").unwrap().contains(&5.0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn boundaries(&self, name: &str) -> Option<&[f64]> {
        let (position, metric) =
            self.metrics.iter().enumerate().find(|(_, metric)| is_named(metric, name))?;
        let configured = self.boundaries.get(position).and_then(Option::as_deref);
        Some(configured.unwrap_or(metric.buckets))
    }

    /// Whether the samples of the histogram of this OpenTelemetry or Prometheus name are in native
    /// buckets too: as the configuration of the runtime says for it, else its declaration. `None`
    /// if no such metric is linked in; `false` for other instruments.
    ///
    /// What `metrics.otlp.default_histogram_aggregation` prefers for the push does not count here.
    ///
    /// ```
    /// # use osapi_metrics::{Catalogue, catalogue::Conflicts};
    /// # fn main() -> Result<(), Conflicts> {
    /// assert_eq!(Catalogue::linked()?.is_native("osapi_job_duration_seconds"), Some(false));
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_native(&self, name: &str) -> Option<bool> {
        let (position, metric) =
            self.metrics.iter().enumerate().find(|(_, metric)| is_named(metric, name))?;
        Some(self.native.get(position).copied().flatten().unwrap_or(metric.native))
    }

    /// The metrics that have not been recorded in this process, sorted by Prometheus name: they are
    /// declared, but the code that should record them may be missing.
    ///
    /// A counter or an up-down counter is recorded once it is added to, a gauge once it is set, a
    /// histogram once it has a value, and an observable metric once a closure is registered. A
    /// metric stays recorded, also if a gauge is cleared or a series ends. Values that are recorded
    /// while metrics are off, values that are dropped as invalid, and values that a test captures
    /// do not count.
    ///
    /// A metric of [`JobMetrics`](crate::JobMetrics), or of a set that comes with an
    /// instrumentation, is listed once the program uses the set.
    ///
    /// ```
    /// # use osapi_metrics::{Counter, InstallError, MetricSet, Metrics};
    /// # /// Lamps.
    /// # #[derive(MetricSet)] struct Lamps {
    /// #     /// Lamps lit.
    /// #     lamps_lit_total: Counter,
    /// # }
    /// # fn main() -> Result<(), InstallError> {
    /// let metrics = Metrics::builder().enabled(true).install()?;
    /// let never = || metrics.catalogue().never_recorded().map(|metric| metric.name);
    /// assert!(never().any(|name| name == "osapi_lamps_lit_total"));
    /// Lamps::global().lamps_lit_total.inc();
    /// assert!(!never().any(|name| name == "osapi_lamps_lit_total"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn never_recorded(&self) -> impl Iterator<Item = &'static MetricDescriptor> {
        let mut recorded: Vec<_> = instruments()
            .filter(|instrument| instrument.was_recorded())
            .map(|instrument| identity(instrument.descriptor()))
            .collect();
        recorded.sort_unstable();
        let is_recorded =
            move |metric: &MetricDescriptor| recorded.binary_search(&identity(metric)).is_ok();
        let is_in_use = |metric| shipped_in(metric).is_none_or(RegisteredSet::is_used);
        self.iter().filter(move |metric| !is_recorded(metric) && is_in_use(metric))
    }

    /// The number of metrics. It is never 0: the framework has metrics of its own.
    #[expect(clippy::len_without_is_empty, reason = "the framework has metrics of its own")]
    pub fn len(&self) -> usize {
        self.metrics.len()
    }
}

fn is_named(metric: &MetricDescriptor, name: &str) -> bool {
    metric.name == name || metric.prometheus_name() == name
}

/// The properties that identify a declaration.
fn identity(metric: &MetricDescriptor) -> (&'static str, &'static str, u32) {
    (metric.name, metric.origin.file, metric.origin.line)
}

impl<'a> IntoIterator for &'a Catalogue {
    type Item = &'static MetricDescriptor;
    type IntoIter = std::iter::Copied<std::slice::Iter<'a, &'static MetricDescriptor>>;

    fn into_iter(self) -> Self::IntoIter {
        self.metrics.iter().copied()
    }
}
