use osapi_metrics_rules::{InstrumentKind, parse_unit};
use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, Ident, Path, spanned::Spanned};

use crate::{
    attribute::{Entries, Errors, Text, Value, unknown},
    metric_set::{
        rules::{Recorded, SetRules},
        spec::{Instrument, Metric},
    },
};

/// The instrument that an event needs.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Need {
    Counter,
    UpDownCounter,
    /// A histogram in one of these units, or with an annotation as its unit if the list is empty.
    Histogram(&'static [&'static str]),
    /// A gauge in this unit.
    Gauge(&'static str),
    /// An observable gauge in this unit.
    ObservableGauge(&'static str),
}

/// The units of durations.
const TIME: &[&str] = &["s", "ms", "us", "ns"];

/// The job events, which are the words after `on`.
pub(super) const EVENTS: [(&str, Need); 21] = [
    ("created", Need::Counter),
    ("started", Need::Counter),
    ("retried", Need::Counter),
    ("completed", Need::Counter),
    ("failed", Need::Counter),
    ("timed_out", Need::Counter),
    ("cancelled", Need::Counter),
    ("panicked", Need::Counter),
    ("finished", Need::Counter),
    ("dead_lettered", Need::Counter),
    ("slo_valid", Need::Counter),
    ("slo_good", Need::Counter),
    ("slo_target", Need::Gauge("1")),
    ("slo_latency", Need::Gauge("s")),
    ("active", Need::UpDownCounter),
    ("duration", Need::Histogram(TIME)),
    ("queue_wait", Need::Histogram(TIME)),
    ("attempts", Need::Histogram(&[])),
    ("output_size", Need::Histogram(&["By"])),
    ("oldest_active", Need::ObservableGauge("s")),
    ("last_success", Need::Gauge("s")),
];

/// The events that `finished` includes.
const ENDS: [&str; 5] = ["completed", "failed", "timed_out", "cancelled", "panicked"];

impl Need {
    fn fits(self, kind: InstrumentKind, observable: bool) -> bool {
        let needed = match self {
            Self::Counter => (InstrumentKind::Counter, false),
            Self::UpDownCounter => (InstrumentKind::UpDownCounter, false),
            Self::Histogram(_) => (InstrumentKind::Histogram, false),
            Self::Gauge(_) => (InstrumentKind::Gauge, false),
            Self::ObservableGauge(_) => (InstrumentKind::Gauge, true),
        };
        (kind, observable) == needed
    }

    /// The units that the event needs, the usual unit first; `None` if the declared unit fits.
    fn units_instead_of(self, unit: Option<&str>) -> Option<Vec<&'static str>> {
        let units = match &self {
            Self::Counter | Self::UpDownCounter => return None,
            Self::Histogram([]) => {
                let counts = unit.is_none_or(|unit| unit.starts_with('{'));
                return (!counts).then(|| vec!["{attempt}"]);
            }
            Self::Histogram(units) => units,
            Self::Gauge(unit) | Self::ObservableGauge(unit) => std::slice::from_ref(unit),
        };
        let fits = unit.is_some_and(|unit| units.contains(&unit));
        (!fits).then(|| units.to_vec())
    }

    fn type_with_article(self) -> &'static str {
        match self {
            Self::Counter => "a `Counter`",
            Self::UpDownCounter => "an `UpDownCounter`",
            Self::Histogram(_) => "a `Histogram`",
            Self::Gauge(_) => "a `Gauge`",
            Self::ObservableGauge(_) => "an `ObservableGauge`",
        }
    }
}

/// Checks `on = …` and, for a counter of several events, `on = [… , …]`. Returns the valid events.
pub(super) fn check_events(
    field: &Ident,
    instrument: Instrument,
    unit: Option<&Text>,
    entries: &Entries,
    rules: &SetRules,
    errors: &mut Errors,
) -> Vec<Ident> {
    if let Some(entry) = entries.get("on")
        && rules.recorded != Recorded::JobEvents
    {
        errors.report(
            entry.key.span(),
            "the set records neither job events nor roles; add `job(labels = …)` or \
             `roles(of = …)` to its `#[metric_set(…)]`",
        );
    }
    let written = written_words(entries, instrument.kind, &Word::EVENT, errors);
    check_overlap(&written, errors);
    let mut events: Vec<Ident> = Vec::new();
    for path in written {
        let Some((event, need)) = event(path, errors) else { continue };
        if !check_instrument(&event, need, field, instrument, errors) {
            continue;
        }
        if events.contains(&event) {
            let message = format!("`{event}` is given twice; remove one of them");
            errors.report(event.span(), message);
        } else if check_unit(&event, need, unit, errors) {
            events.push(event);
        }
    }
    if rules.recorded == Recorded::JobEvents { events } else { Vec::new() }
}

/// What the words after `on` are, for messages.
pub(super) struct Word {
    pub(super) one: &'static str,
    pub(super) several: &'static str,
    pub(super) example: &'static str,
}

impl Word {
    const EVENT: Self = Self { one: "event", several: "events", example: "finished" };
    pub(super) const ROLE: Self = Self { one: "role", several: "roles", example: "sent" };
}

/// The words after `on`: events, or roles. The list is empty if their number is wrong.
pub(super) fn written_words<'a>(
    entries: &'a Entries,
    kind: InstrumentKind,
    Word { one, several, example }: &Word,
    errors: &mut Errors,
) -> Vec<&'a Expr> {
    let Some(entry) = entries.get("on") else { return Vec::new() };
    let (paths, at): (Vec<&Expr>, Span) = match &entry.value {
        Value::Assigned(Expr::Array(list)) => (list.elems.iter().collect(), list.span()),
        Value::Assigned(one) => (vec![one], one.span()),
        Value::Flag => (Vec::new(), entry.key.span()),
        Value::List(listed) => {
            let message = format!("the {several} stand in parentheses; write `on = [{listed}]`");
            errors.report(entry.key.span(), message);
            return Vec::new();
        }
    };
    if paths.is_empty() {
        let article = if *one == "event" { "an" } else { "a" };
        errors.report(at, format!("{article} {one} is missing; write `on = {example}`"));
    }
    if kind != InstrumentKind::Counter && paths.len() > 1 {
        let message = format!(
            "{} records one {one}, since only counters count several; remove the others",
            kind.with_article(),
        );
        errors.report(at, message);
        return Vec::new();
    }
    paths
}

/// Reports `finished` beside an event that `finished` includes.
fn check_overlap(paths: &[&Expr], errors: &mut Errors) {
    let is_event = |path: &&&Expr, event: &str| path.to_token_stream().to_string() == event;
    let finished = paths.iter().find(|path| is_event(path, "finished"));
    let end = paths.iter().find(|path| ENDS.iter().any(|end| is_event(path, end)));
    if let (Some(finished), Some(end)) = (finished, end) {
        let end = end.to_token_stream();
        errors.report_on(
            finished,
            format!("`finished` counts `{end}` too, so that it counts twice; remove one of them"),
        );
    }
}

/// The event that a path names.
fn event(path: &Expr, errors: &mut Errors) -> Option<(Ident, Need)> {
    let Expr::Path(path) = path else {
        errors.report_on(path, "not an event; write `on = finished`");
        return None;
    };
    let name = path.path.get_ident();
    let known = name.and_then(|name| {
        EVENTS.iter().find(|(event, _)| name == event).map(|(_, need)| (name.clone(), *need))
    });
    if known.is_none() {
        let events = EVENTS.map(|(event, _)| event);
        errors.report(path.span(), unknown("event", &written(&path.path), &events));
    }
    known
}

fn written(path: &Path) -> String {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>().join("::")
}

/// Checks that the instrument and its values fit the event.
fn check_instrument(
    event: &Ident,
    need: Need,
    field: &Ident,
    Instrument { kind, observable, values, .. }: Instrument,
    errors: &mut Errors,
) -> bool {
    let message = if !need.fits(kind, observable) {
        let needed = need.type_with_article();
        format!("`on = {event}` needs {needed}; change the type of `{field}`")
    } else if matches!(need, Need::Gauge(_)) && values.is_some_and(|values| values != "f64") {
        format!(
            "`on = {event}` needs a `Gauge` of `f64` values; leave out the second parameter of \
             `{field}`'s type"
        )
    } else {
        return true;
    };
    errors.report(event.span(), message);
    false
}

/// Checks that the unit fits the event. An unknown unit has been reported and is accepted here.
fn check_unit(event: &Ident, need: Need, unit: Option<&Text>, errors: &mut Errors) -> bool {
    if unit.is_some_and(|unit| parse_unit(&unit.value).is_err()) {
        return true;
    }
    let Some(units) = need.units_instead_of(unit.map(|unit| unit.value.as_str())) else {
        return true;
    };
    let units = units.iter().map(|unit| format!("`unit = \"{unit}\"`")).collect::<Vec<_>>();
    let problem = match unit {
        Some(unit) => format!("the unit `{}` does not fit `on = {event}`", unit.value),
        None => format!("`on = {event}` needs a unit"),
    };
    let message = format!("{problem}; write {}", units.join(" or "));
    errors.report(unit.map_or(event.span(), |unit| unit.span), message);
    false
}

/// Reports a second `oldest_active`: the set has one series per handler for the age of its jobs.
pub(super) fn check_one_oldest(metrics: &[Metric<'_>], errors: &mut Errors) {
    let is_oldest = |event: &Ident| event == "oldest_active";
    let oldest = metrics.iter().filter(|metric| metric.events.iter().any(is_oldest));
    for metric in oldest.skip(1) {
        errors.report(
            metric.field.span(),
            "two metrics of the set have `on = oldest_active`; remove one of them",
        );
    }
}
