use std::time::Duration;

use osapi_metrics_rules::{InstrumentKind, MAX_OPEN_SERIES, RenderedName, equal, prometheus_name};

use super::{
    constant_label::ConstantLabel,
    labels::{LabelDescriptor, is_closed, series_count},
    origin::Origin,
    threshold::Threshold,
    value_type::ValueType,
};

/// A declared metric: everything except its values.
///
/// `derive(MetricSet)` writes descriptors as constants. A descriptor can also be written by hand,
/// with `const` functions, and [`checked`](Self::checked) holds it against the rules of the derive:
///
/// ```
/// use osapi_metrics::{MetricDescriptor, descriptor::{InstrumentKind, MetricRules, ValueType}};
///
/// const DEPTH: MetricDescriptor =
///     MetricDescriptor::new("osapi.queue.depth", InstrumentKind::Gauge, ValueType::U64)
///         .with_unit("{item}")
///         .with_help("Items now in the queue.")
///         .checked(MetricRules::new("osapi"));
/// assert_eq!(DEPTH.prometheus_name(), "osapi_queue_depth");
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MetricDescriptor {
    /// The OpenTelemetry name, as it is declared.
    pub name: &'static str,
    /// Counter, up-down counter, gauge, histogram, info or state set.
    pub kind: InstrumentKind,
    /// Whether the values are read at each collection rather than recorded.
    pub observable: bool,
    /// The type of the recorded values.
    pub value_type: ValueType,
    /// The unit as a [UCUM](https://ucum.org) code or an annotation such as `{job}`.
    pub unit: Option<&'static str>,
    /// The description, shown as HELP by Prometheus.
    pub help: &'static str,
    /// What the doc comment says beside the description, as Markdown, for documentation; empty if
    /// there is nothing.
    pub details: &'static str,
    /// The labels of every series. Those of the set's scope are the first ones.
    pub labels: &'static [LabelDescriptor],
    /// The number of labels that are those of the set's scope: 0 unless the set has one.
    pub scope_labels: usize,
    /// The labels that every series has with the same value, beside `labels`.
    pub constant_labels: &'static [ConstantLabel],
    /// The upper boundaries of a histogram's buckets, without `+Inf`.
    pub buckets: &'static [f64],
    /// Whether a histogram has native buckets beside those with boundaries.
    pub native: bool,
    /// The OpenTelemetry name that the metric had before, for aliases and for documentation.
    pub renamed_from: Option<&'static str>,
    /// Until when a program has no values of the metric, as the end of a sentence.
    pub absent_until: Option<&'static str>,
    /// The time without a new value after which an alert fires.
    pub stale_after: Option<Duration>,
    /// The thresholds for alerts and dashboards, at most one of each severity.
    pub thresholds: &'static [Threshold],
    /// Where the set declares the metric, or uses the group that does.
    pub origin: Origin,
    /// Where a group declares the metric; `None` for a metric that its set declares itself.
    pub group_origin: Option<&'static Origin>,
    prometheus_name: PrometheusName,
}

/// The name in a Prometheus scrape.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::large_enum_variant, reason = "constants cannot be boxed")]
enum PrometheusName {
    /// Rendered by the macro, so that the compiler does not render it again, or the same text as
    /// the name.
    Literal(&'static str),
    Rendered(RenderedName),
}

impl MetricDescriptor {
    /// A metric of this name and kind, without unit, labels and help.
    pub const fn new(name: &'static str, kind: InstrumentKind, value_type: ValueType) -> Self {
        Self::of_unit(name, None, kind, value_type, None)
    }

    /// A metric of this name, unit and kind. The name is rendered here unless `rendered` has it.
    pub(crate) const fn of_unit(
        name: &'static str,
        unit: Option<&'static str>,
        kind: InstrumentKind,
        value_type: ValueType,
        rendered: Option<&'static str>,
    ) -> Self {
        Self {
            name,
            kind,
            observable: false,
            value_type,
            unit,
            help: "",
            details: "",
            labels: &[],
            scope_labels: 0,
            constant_labels: &[],
            buckets: &[],
            native: false,
            renamed_from: None,
            absent_until: None,
            stale_after: None,
            thresholds: &[],
            origin: Origin::unknown(),
            group_origin: None,
            prometheus_name: match rendered {
                Some(rendered) => PrometheusName::Literal(rendered),
                None => PrometheusName::Rendered(prometheus_name(name, unit, kind)),
            },
        }
    }

    /// Sets the unit: a [UCUM](https://ucum.org) code or an annotation such as `{job}`.
    #[must_use]
    pub const fn with_unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self.prometheus_name =
            PrometheusName::Rendered(prometheus_name(self.name, self.unit, self.kind));
        self
    }

    /// Sets the description, which Prometheus shows as HELP.
    #[must_use]
    pub const fn with_help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// Sets what documentation says of the metric beside the description, as Markdown.
    #[must_use]
    pub const fn with_details(mut self, details: &'static str) -> Self {
        self.details = details;
        self
    }

    /// Keeps the samples of the histogram in native buckets too.
    #[must_use]
    pub const fn with_native_buckets(mut self) -> Self {
        self.native = true;
        self
    }

    /// Sets the labels.
    #[must_use]
    pub const fn with_labels(mut self, labels: &'static [LabelDescriptor]) -> Self {
        self.labels = labels;
        self
    }

    /// Sets the labels that every series has with the same value, as `constant_labels(…)` of a set
    /// does. They do not count towards limits of series.
    ///
    /// ```
    /// use osapi_metrics::{
    ///     MetricDescriptor,
    ///     descriptor::{ConstantLabel, InstrumentKind, MetricRules, ValueType},
    /// };
    ///
    /// const DEPTH: MetricDescriptor =
    ///     MetricDescriptor::new("shop_queue_depth", InstrumentKind::Gauge, ValueType::U64)
    ///         .with_help("Items now in the queue.")
    ///         .with_constant_labels(&[ConstantLabel::new("tier", "batch")])
    ///         .checked(MetricRules::new("shop"));
    /// assert_eq!(DEPTH.series_budget(), 1);
    /// ```
    #[must_use]
    pub const fn with_constant_labels(mut self, labels: &'static [ConstantLabel]) -> Self {
        self.constant_labels = labels;
        self
    }

    /// Makes the first labels those of the set's scope: each instance of the set has values of its
    /// own for them.
    #[must_use]
    pub(crate) const fn with_scope(mut self, labels: usize) -> Self {
        self.scope_labels = labels;
        self
    }

    /// Sets the upper boundaries of a histogram's buckets, without `+Inf`, in the metric's unit.
    #[must_use]
    pub const fn with_buckets(mut self, buckets: &'static [f64]) -> Self {
        self.buckets = buckets;
        self
    }

    /// Sets the OpenTelemetry name that the metric had before.
    #[must_use]
    pub const fn with_renamed_from(mut self, old_name: &'static str) -> Self {
        self.renamed_from = Some(old_name);
        self
    }

    /// Sets until when a program has no values of the metric, as the end of a sentence: `a job has
    /// failed`.
    #[must_use]
    pub const fn with_absent_until(mut self, until: &'static str) -> Self {
        self.absent_until = Some(until);
        self
    }

    /// Sets the time without a new value after which an alert fires.
    #[must_use]
    pub const fn with_stale_after(mut self, after: Duration) -> Self {
        self.stale_after = Some(after);
        self
    }

    /// Sets the thresholds for alerts and dashboards, at most one of each severity.
    #[must_use]
    pub const fn with_thresholds(mut self, thresholds: &'static [Threshold]) -> Self {
        self.thresholds = thresholds;
        self
    }

    /// Sets whether the values are read at each collection: `true` for observable instruments.
    #[must_use]
    pub const fn observable(mut self, observable: bool) -> Self {
        self.observable = observable;
        self
    }

    /// Sets the source location of the declaration.
    #[must_use]
    pub const fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The place to look for the declaration with its description and its unit: in the set, or in a
    /// group that the set uses.
    pub const fn declaration(&self) -> &Origin {
        match self.group_origin {
            Some(of_group) => of_group,
            None => &self.origin,
        }
    }

    /// The metric of a group as a set has it, which uses the group at `origin`.
    pub(super) const fn joined(
        &'static self,
        name: &'static str,
        renamed_from: Option<&'static str>,
        origin: Origin,
    ) -> Self {
        let rendered = prometheus_name(name, self.unit, self.kind);
        // A text costs less than its rendering wherever a constant reads it.
        let prometheus_name = if equal(rendered.as_str().as_bytes(), name.as_bytes()) {
            PrometheusName::Literal(name)
        } else {
            PrometheusName::Rendered(rendered)
        };
        let group_origin = Some(self.declaration());
        Self { name, renamed_from, origin, group_origin, prometheus_name, ..*self }
    }

    /// The name that a Prometheus scrape in the text format shows: `osapi_jobs_created_total`,
    /// `tasker_step_execution_duration_milliseconds`.
    pub const fn prometheus_name(&self) -> &str {
        match &self.prometheus_name {
            PrometheusName::Literal(name) => name,
            PrometheusName::Rendered(name) => name.as_str(),
        }
    }

    /// The product of the labels' sizes: the number of series that the labels can make together.
    ///
    /// A declaration with a budget above 2000, or above its `max_series`, is refused.
    pub const fn series_budget(&self) -> usize {
        series_count(self.counted_labels())
    }

    /// The labels whose sizes say how many series there can be at a time: all of them, and for an
    /// info, which has one series in each instance of its set, those of the scope.
    pub(crate) const fn counted_labels(&self) -> &'static [LabelDescriptor] {
        match self.kind {
            InstrumentKind::Info => self.scope_labels(),
            _ => self.labels,
        }
    }

    /// The most series that the metric has at run time: its [`series_budget`](Self::series_budget),
    /// and at most 10,000 if one of its labels is open, unless `metrics.open_series_limit` of the
    /// configuration is another number. The overflow series is not counted, nor are the series of
    /// handlers, whose names the program declares at link time.
    pub const fn max_series(&self) -> usize {
        let product = self.series_budget();
        if product > MAX_OPEN_SERIES && !is_closed(self.counted_labels()) {
            return MAX_OPEN_SERIES;
        }
        product
    }

    /// Whether each combination of labels has a series from the start until the end: if all labels
    /// are closed, and the set has no scope, whose instances end. The series of an info ends with
    /// the next facts.
    pub(crate) const fn has_fixed_series(&self) -> bool {
        !matches!(self.kind, InstrumentKind::Info)
            && self.scope_labels == 0
            && is_closed(self.labels)
    }

    /// The labels of the set's scope.
    pub(crate) const fn scope_labels(&self) -> &'static [LabelDescriptor] {
        self.labels.split_at(self.scope_labels).0
    }

    /// The labels that the type of the instrument has.
    pub(crate) const fn own_labels(&self) -> &'static [LabelDescriptor] {
        self.labels.split_at(self.scope_labels).1
    }
}
