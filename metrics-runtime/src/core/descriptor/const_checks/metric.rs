use osapi_metrics_rules::{
    DeclarationPart, InstrumentKind, MAX_SERIES, Message, NameRules, NameViolations, check_buckets,
    default_ladder, explain_absence, explain_prefix, explain_stale_after, is_plain_prefix,
    parse_unit,
};

use super::{
    super::{labels::explain_labels, metric::MetricDescriptor, value_type::ValueType},
    constant_labels::explain_constants,
    old_name::explain_old_name,
    series::explain_series,
    thresholds::explain_thresholds,
};

/// The rules that a set allows its metrics to leave, for descriptors that are written by hand: the
/// keys of `#[metric_set(…)]`, and `max_series` of `#[metric(…)]`.
/// [`MetricDescriptor::checked`](crate::MetricDescriptor::checked) takes them.
///
/// ```
/// use osapi_metrics::descriptor::MetricRules;
///
/// const RULES: MetricRules = MetricRules::new("tasker").allow_non_base_units();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MetricRules {
    prefix: &'static str,
    /// Whether the rules for the rest of a name do not depend on the prefix.
    is_plain: bool,
    non_base_units: bool,
    semconv_names: bool,
    max_series: usize,
}

impl MetricRules {
    /// Rules without exceptions for names that begin with this prefix. An empty prefix allows every
    /// beginning.
    #[must_use]
    pub const fn new(prefix: &'static str) -> Self {
        Self {
            prefix,
            is_plain: is_plain_prefix(prefix),
            non_base_units: false,
            semconv_names: false,
            max_series: MAX_SERIES,
        }
    }

    /// `allow(non_base_units)`: allows units such as milliseconds and percent beside seconds and
    /// ratios.
    #[must_use]
    pub const fn allow_non_base_units(mut self) -> Self {
        self.non_base_units = true;
        self
    }

    /// `allow(semconv_names)`: allows names and label keys of OpenTelemetry's semantic conventions,
    /// with dots.
    #[must_use]
    pub const fn allow_semconv_names(mut self) -> Self {
        self.semconv_names = true;
        self
    }

    /// `max_series = …`: allows labels whose sizes multiply to this number.
    #[must_use]
    pub const fn allow_series(mut self, max_series: usize) -> Self {
        self.max_series = max_series;
        self
    }

    /// Allows also what other rules allow: those of a group whose metrics a set has.
    #[doc(hidden)]
    #[must_use]
    pub const fn allow_also(mut self, other: &Self) -> Self {
        self.non_base_units |= other.non_base_units;
        self.semconv_names |= other.semconv_names;
        self
    }

    pub(super) const fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// Whether the rules for the rest of a name do not depend on the prefix.
    pub(super) const fn is_plain(&self) -> bool {
        self.is_plain
    }

    const fn of_names(&self) -> NameRules<'static> {
        NameRules {
            prefix: self.prefix,
            non_base_units: self.non_base_units,
            semconv_names: self.semconv_names,
        }
    }

    /// The mistakes in a metric's name, and in its unit next to the name.
    const fn name_mistakes(&self, metric: &MetricDescriptor) -> NameViolations<'static> {
        NameViolations::of(metric.name, metric.kind, metric.unit, self.of_names())
    }

    /// The mistakes in a metric's name and unit, for a prefix that the macro does not know.
    /// `is_right`: the macro has found no mistake with another prefix.
    #[doc(hidden)]
    pub const fn set_mistakes(
        &self,
        metric: &MetricDescriptor,
        is_right: bool,
    ) -> NameViolations<'static> {
        if is_right && self.is_plain {
            return NameViolations::of_right(
                metric.name,
                metric.kind,
                metric.unit,
                self.of_names(),
            );
        }
        self.name_mistakes(metric)
    }
}

const NO_BUCKETS: &str = "the histogram has no buckets, and only the units `s` and `By` have default \
                          ones; give it some by `with_buckets`";

impl MetricDescriptor {
    /// Checks the descriptor against the rules of `derive(MetricSet)`, and returns it. A histogram
    /// in seconds or bytes that has no boundaries gets the default boundaries of its unit.
    ///
    /// ```
    /// use osapi_metrics::{MetricDescriptor, descriptor::{InstrumentKind, MetricRules, ValueType}};
    ///
    /// const WAIT: MetricDescriptor = MetricDescriptor::new(
    ///     "osapi.queue.wait",
    ///     InstrumentKind::Histogram,
    ///     ValueType::F64,
    /// )
    /// .with_unit("s")
    /// .with_help("Time spent in the queue.")
    /// .checked(MetricRules::new("osapi"));
    /// assert_eq!(WAIT.buckets.len(), 16);
    /// ```
    ///
    /// # Panics
    ///
    /// With every mistake and its remedy, a line for each. In a constant, at compile time:
    ///
    /// ```compile_fail,E0080
    /// # use osapi_metrics::{
    /// #     MetricDescriptor,
    /// #     descriptor::{InstrumentKind, MetricRules, ValueType},
    /// # };
    /// const WAIT: MetricDescriptor =
    ///     MetricDescriptor::new("osapi_wait_ms", InstrumentKind::Gauge, ValueType::F64)
    ///         .with_help("Time spent in the queue.")
    ///         .checked(MetricRules::new("osapi"));
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn checked(mut self, mut rules: MetricRules) -> Self {
        let mut mistakes = Message::new();
        if let Some(mistake) = explain_prefix(rules.prefix) {
            mistakes = mistakes.and(&mistake);
            rules.prefix = "";
        }
        if let Some(unit) = self.unit
            && let Err(violation) = parse_unit(unit)
        {
            mistakes = mistakes.and(&violation.message(unit, rules.non_base_units));
        }
        let of_name = rules.name_mistakes(&self);
        mistakes = mistakes
            .and(&of_name.in_part(DeclarationPart::Name))
            .and(&of_name.in_part(DeclarationPart::Unit));
        if self.help.trim_ascii().is_empty() {
            let mistake = "the metric has no description; say with `with_help` what is measured";
            mistakes = mistakes.and(&Message::new().text(mistake));
        }
        mistakes = mistakes.and(&explain_values(&self));
        if matches!(self.kind, InstrumentKind::Histogram) && self.buckets.is_empty() {
            match default_ladder(self.unit) {
                Some(ladder) => self.buckets = ladder,
                None => mistakes = mistakes.and(&Message::new().text(NO_BUCKETS)),
            }
        } else if matches!(self.kind, InstrumentKind::Histogram) {
            if let Some(violation) = check_buckets(self.buckets, self.unit) {
                mistakes = mistakes.and(&violation.message(self.buckets));
            }
        } else if !self.buckets.is_empty() {
            let mistake = Message::new().text("`buckets` does not fit a ").text(self.kind.as_str());
            mistakes = mistakes.and(&mistake.text("; remove it, or make it a histogram"));
        }
        if self.native && !matches!(self.kind, InstrumentKind::Histogram) {
            let mistake = Message::new().text("native buckets do not fit a ");
            let mistake = mistake.text(self.kind.as_str());
            mistakes = mistakes.and(&mistake.text("; remove them, or make it a histogram"));
        }
        mistakes = mistakes
            .and(&explain_old_name(&self, rules.of_names()))
            .and(&explain_presence(&self))
            .and(&explain_thresholds(&self));
        mistakes = mistakes.and(&explain_labels(self.labels, rules.semconv_names));
        mistakes = mistakes.and(&explain_constants(&self));
        if let Some(mistake) = explain_series(&self, rules.max_series) {
            mistakes = mistakes.and(&mistake);
        }
        assert!(mistakes.is_empty(), "{}", mistakes.as_str());
        self
    }
}

/// The mistakes in what is said of the presence of a metric (rules D3 and T5).
const fn explain_presence(metric: &MetricDescriptor) -> Message {
    let mut mistakes = Message::new();
    if let Some(until) = metric.absent_until
        && let Some(mistake) = explain_absence(until)
    {
        mistakes = mistakes.and(&mistake);
    }
    if let Some(after) = metric.stale_after
        && let Some(mistake) = explain_stale_after(after)
    {
        mistakes = mistakes.and(&mistake);
    }
    mistakes
}

/// The mistakes in the type of the values, and in `observable`, for the kind of the instrument.
const fn explain_values(metric: &MetricDescriptor) -> Message {
    let message = Message::new();
    let MetricDescriptor { kind, value_type, .. } = *metric;
    if metric.observable && matches!(kind, InstrumentKind::Histogram) {
        return message.text("a histogram cannot be observed; leave `observable` out");
    }
    if !kind.has_unit() && metric.unit.is_some() {
        let message = message.text("`unit` does not fit ").text(kind.with_article());
        return message.text(", whose values are 1 and 0; remove it");
    }
    let remedy = match (kind, value_type) {
        (InstrumentKind::Counter | InstrumentKind::Histogram, ValueType::I64) => {
            "`ValueType::U64` or `ValueType::F64`"
        }
        (InstrumentKind::Info | InstrumentKind::StateSet, ValueType::U64 | ValueType::F64) => {
            "`ValueType::I64`"
        }
        (InstrumentKind::UpDownCounter, ValueType::U64) => "`ValueType::I64` or `ValueType::F64`",
        _ => return message,
    };
    let message = message.text("no ").text(kind.as_str()).text(" has values of the type `");
    message.text(value_type.as_str()).text("`; use ").text(remedy)
}

#[cfg(test)]
mod tests {
    use std::{panic::catch_unwind, time::Duration};

    use super::*;
    use crate::core::{
        descriptor::{ConstantLabel, LabelDescriptor, LabelValues},
        jobs::JobMetrics,
    };

    const OSAPI: MetricRules = MetricRules::new("osapi");

    const GAUGE: MetricDescriptor =
        MetricDescriptor::new("osapi_jobs_waiting", InstrumentKind::Gauge, ValueType::F64)
            .with_help("Jobs waiting.");

    const HISTOGRAM: MetricDescriptor =
        MetricDescriptor::new("osapi_attempts", InstrumentKind::Histogram, ValueType::U64)
            .with_help("Attempts.")
            .with_buckets(&[1.0, 2.0]);

    fn named(name: &'static str) -> MetricDescriptor {
        MetricDescriptor::new(name, InstrumentKind::Gauge, ValueType::F64).with_help("Waiting.")
    }

    fn mistakes(metric: &MetricDescriptor, rules: MetricRules) -> String {
        match catch_unwind(|| metric.checked(rules)) {
            Ok(_) => String::new(),
            Err(panic) => *panic.downcast::<String>().expect("a message was put together"),
        }
    }

    #[test]
    fn what_the_derive_declares_keeps_the_rules() {
        for metric in JobMetrics::DESCRIPTORS {
            assert_eq!(mistakes(metric, OSAPI.allow_series(30_000)), "", "{metric:?}");
        }
    }

    #[test]
    fn sets_may_allow_more() {
        let long = [LabelDescriptor::new("queue", LabelValues::Open { max: 2001 })];
        let long: &'static [LabelDescriptor] = Box::leak(Box::new(long));
        let wait = named("osapi_wait_milliseconds").with_unit("ms");
        for (metric, allowed) in [
            (wait, OSAPI.allow_non_base_units()),
            (GAUGE.with_labels(long), OSAPI.allow_series(2001)),
            (named("http.requests"), MetricRules::new("http").allow_semconv_names()),
        ] {
            assert_eq!(mistakes(&metric, allowed), "");
            assert_ne!(mistakes(&metric, MetricRules { prefix: allowed.prefix, ..OSAPI }), "");
        }
    }

    #[test]
    fn every_mistake_is_named_with_its_remedy() {
        const TWICE: &[LabelDescriptor] = &[
            LabelDescriptor::new("urgent", LabelValues::Bool),
            LabelDescriptor::new("urgent", LabelValues::Bool),
        ];
        const CONSTANT: &[ConstantLabel] = &[
            ConstantLabel::new("tier", "a"),
            ConstantLabel::new("tier", "b"),
            ConstantLabel::new("job", "c"),
            ConstantLabel::new("a.b", "d"),
            ConstantLabel::new("urgent", ""),
            ConstantLabel::new("http_route", "/"),
        ];
        const DOTTED: &[LabelDescriptor] = &[LabelDescriptor::new("http.route", LabelValues::Bool)];
        let mut signed = HISTOGRAM;
        signed.value_type = ValueType::I64;
        for (metric, message) in [
            (named("jobs_waiting"), "the name does not begin with `osapi`, the prefix of its set"),
            (GAUGE.with_unit("secs"), "unknown unit `secs`"),
            (GAUGE.with_help(" "), "the metric has no description"),
            (GAUGE.with_buckets(&[1.0]), "`buckets` does not fit a gauge"),
            (GAUGE.with_native_buckets(), "native buckets do not fit a gauge"),
            (HISTOGRAM.with_buckets(&[]), "the histogram has no buckets"),
            (HISTOGRAM.with_buckets(&[2.0, 1.0]), "bucket boundary 2 (1) is below the one before"),
            (HISTOGRAM.observable(true), "a histogram cannot be observed"),
            (signed, "no histogram has values of the type `i64`"),
            (GAUGE.with_labels(TWICE), "two labels have the key `urgent`"),
            (GAUGE.with_constant_labels(CONSTANT), "constant label `tier` is given twice"),
            (GAUGE.with_constant_labels(CONSTANT), "constant label `job`: a scrape attaches"),
            (GAUGE.with_constant_labels(CONSTANT), "constant label `a.b`: the key of a constant"),
            (GAUGE.with_constant_labels(CONSTANT), "constant label `urgent`: an empty value"),
            (
                GAUGE.with_labels(TWICE).with_constant_labels(CONSTANT),
                "the constant label `urgent` is also a label of `osapi_jobs_waiting`",
            ),
            (
                GAUGE.with_labels(DOTTED).with_constant_labels(CONSTANT),
                "the constant label `http_route` and the label `http.route` of",
            ),
            (GAUGE.with_absent_until("a job fails."), "leave the full stop out"),
            (GAUGE.with_stale_after(Duration::ZERO), "no value arrives within a second"),
        ] {
            let mistakes = mistakes(&metric, OSAPI);
            assert!(mistakes.contains(message), "{mistakes}");
            assert!(mistakes.lines().all(|mistake| mistake.contains("; ")), "{mistakes}");
        }
    }

    #[test]
    fn a_prefix_that_is_none_is_said_once() {
        assert_eq!(
            mistakes(&GAUGE, MetricRules::new("My-App")),
            "a prefix is lower-case words joined by `_`, beginning with a letter; write `my_app`"
        );
    }
}
