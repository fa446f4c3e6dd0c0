//! The model of a metric set after the check.

use std::time::Duration;

use osapi_metrics_rules::{InstrumentKind, Limit};
use proc_macro2::Span;
use syn::{Expr, Generics, Ident, Type, Visibility};

use super::rules::SetRules;
use crate::{
    attribute::{Buckets, Count, Documentation, GivenText, Text},
    runtime_path::RuntimePath,
};

/// A metric set with all that its expansion needs.
pub(super) struct Spec<'a> {
    pub(super) ident: &'a Ident,
    pub(super) generics: &'a Generics,
    pub(super) visibility: &'a Visibility,
    /// The doc comment, if its text is known.
    pub(super) doc: Option<&'a Documentation>,
    /// The address of the page that says what to do about alerts.
    pub(super) runbook: Option<GivenText>,
    pub(super) runtime: RuntimePath,
    /// Whether the declaration is a struct that can have one instance.
    pub(super) can_exist: bool,
    pub(super) rules: SetRules,
    pub(super) metrics: Vec<Metric<'a>>,
    /// The fields with groups.
    pub(super) groups: Vec<Group<'a>>,
    /// Pairs of positions in `metrics` whose names may collide in a scrape, which only the compiler
    /// can decide.
    pub(super) collisions: Vec<(usize, usize)>,
}

impl Spec<'_> {
    /// Whether every field can be made.
    pub(super) fn is_usable(&self) -> bool {
        self.metrics.iter().all(Metric::is_usable)
            && self.groups.iter().all(|group| group.is_usable)
    }
}

/// A field with a group.
pub(super) struct Group<'a> {
    /// The position of the field in the struct.
    pub(super) index: usize,
    pub(super) field: &'a Ident,
    pub(super) ty: &'a Type,
    /// What the field puts into the names, behind the prefix of the set.
    pub(super) part: GivenText,
    /// Whether the part is valid, and the type can be a group.
    pub(super) is_usable: bool,
}

pub(super) struct Metric<'a> {
    /// The position of the field in the struct.
    pub(super) index: usize,
    pub(super) field: &'a Ident,
    pub(super) ty: &'a Type,
    /// The instrument, unless the type is not an instrument.
    pub(super) instrument: Option<Instrument>,
    pub(super) name: MetricName,
    pub(super) unit: Option<Text>,
    pub(super) help: Help,
    /// The text about the metric beside the description, as Markdown; empty if there is none.
    pub(super) details: String,
    pub(super) buckets: Buckets,
    /// Whether the histogram has native buckets too.
    pub(super) native: bool,
    pub(super) max_series: Option<Count>,
    /// The name that the metric had before.
    pub(super) old_name: Option<Text>,
    /// Until when the metric is absent.
    pub(super) absent_until: Option<Text>,
    /// The time without a new value after which the metric is stale.
    pub(super) stale_after: Option<Duration>,
    /// The thresholds of alerts, `warning` first.
    pub(super) thresholds: Vec<Threshold>,
    /// The job events that the metric records: the words after `on`, which are names of functions
    /// of `osapi_metrics`.
    pub(super) events: Vec<Ident>,
    /// The roles that the metric records: the words after `on`, which are fields of the
    /// instrumentation's struct of roles.
    pub(super) roles: Vec<Ident>,
    /// The unit of the values that roles record, for a name that shows no unit.
    pub(super) records_in: Option<Text>,
}

impl Metric<'_> {
    /// Whether rule L5 needs a check of its own, whose error points at the type.
    pub(super) fn needs_series_check(&self, rules: &SetRules) -> bool {
        let can_have_labels = self.has_labels() || self.instrument.is_none();
        self.max_series.is_some() || can_have_labels || rules.scope.is_some()
    }

    /// Whether the type is known to have labels.
    pub(super) fn has_labels(&self) -> bool {
        self.instrument.is_some_and(|instrument| instrument.has_labels)
    }

    /// Whether the metric is a state set, whose name is the key of a label.
    pub(super) fn has_states(&self) -> bool {
        self.instrument.is_some_and(|instrument| instrument.kind == InstrumentKind::StateSet)
    }

    /// Whether code that needs the type to be an instrument can compile.
    pub(super) fn is_usable(&self) -> bool {
        self.instrument.is_some_and(|instrument| instrument.is_usable)
    }

    /// The declared unit.
    pub(super) fn unit_code(&self) -> Option<&str> {
        self.unit.as_ref().map(|unit| unit.value.as_str())
    }
}

/// The properties of an instrument that the tokens of its type show.
#[derive(Clone, Copy)]
pub(super) struct Instrument {
    pub(super) kind: InstrumentKind,
    pub(super) observable: bool,
    pub(super) has_labels: bool,
    /// The type of the values, if it is written and primitive.
    pub(super) values: Option<&'static str>,
    /// Whether the labels and the values are valid. If they are not, an error has been reported or
    /// the compiler reports one for the type, and code that needs the instrument would repeat it.
    pub(super) is_usable: bool,
}

/// The name of a metric, and the place of its errors.
pub(super) struct MetricName {
    /// The name; without the prefix if the prefix is a constant that belongs in front of it, and
    /// empty if the name is a constant.
    pub(super) value: String,
    pub(super) source: NameSource,
    /// Whether the attribute is readable, so that this is the name that the user meant.
    pub(super) is_clear: bool,
    /// Whether the name follows the rules; with a constant prefix, whether it follows them after
    /// another prefix.
    pub(super) is_right: bool,
    pub(super) span: Span,
}

/// What gives a metric its name.
pub(super) enum NameSource {
    /// The name of the field, behind the prefix.
    Field,
    Literal,
    /// A constant, which the compiler checks.
    Constant(Expr),
}

impl MetricName {
    pub(super) fn is_of_field(&self) -> bool {
        matches!(self.source, NameSource::Field)
    }

    /// Whether a constant prefix belongs in front of the name.
    pub(super) fn needs_prefix(&self, rules: &SetRules) -> bool {
        self.is_of_field() && rules.prefix.known().is_none()
    }

    /// Whether the macro knows the whole name.
    pub(super) fn is_known(&self, rules: &SetRules) -> bool {
        !self.needs_prefix(rules) && !matches!(self.source, NameSource::Constant(_))
    }

    /// Whether the macro can judge the name.
    pub(super) fn is_judged(&self, rules: &SetRules) -> bool {
        self.is_known(rules) && rules.prefix.known().is_some()
    }
}

/// The description of a metric.
pub(super) enum Help {
    Literal(String),
    /// A constant, which the compiler checks.
    Constant(Expr),
}

/// The threshold of an alert.
pub(super) struct Threshold {
    pub(super) severity: Severity,
    pub(super) limit: Limit,
    /// The place of the value.
    pub(super) place: Span,
}

/// How urgent an alert is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Severity {
    Warning,
    Critical,
}

impl Severity {
    /// The key of the threshold.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}
