use osapi_metrics_rules::{InstrumentKind, parse_unit};
use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, Ident, Path, spanned::Spanned};

use super::{
    check::{SetRules, with_article},
    instrument::Instrument,
};
use crate::{
    attribute::{Entries, Text},
    entry::Value,
    errors::Errors,
    nearest::unknown,
};

/// What a metric records of jobs.
pub(super) struct Follows {
    /// The word after `on`: the name of a function of `osapi_metrics`.
    pub(super) event: Ident,
}

/// The instrument that an event needs.
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    Counter,
    UpDownCounter,
    /// A histogram of one of these units, or of an annotation if there are none.
    Histogram(&'static [&'static str]),
    /// A gauge of this unit.
    Gauge(&'static str),
    /// An observable gauge of this unit.
    ObservableGauge(&'static str),
}

/// Units that a length of time is recorded in.
const TIME: &[&str] = &["s", "ms", "us", "ns"];

const EVENTS: [(&str, Needs); 21] = [
    ("created", Needs::Counter),
    ("started", Needs::Counter),
    ("retried", Needs::Counter),
    ("completed", Needs::Counter),
    ("failed", Needs::Counter),
    ("timed_out", Needs::Counter),
    ("cancelled", Needs::Counter),
    ("panicked", Needs::Counter),
    ("finished", Needs::Counter),
    ("dead_lettered", Needs::Counter),
    ("slo_valid", Needs::Counter),
    ("slo_good", Needs::Counter),
    ("slo_target", Needs::Gauge("1")),
    ("slo_latency", Needs::Gauge("s")),
    ("active", Needs::UpDownCounter),
    ("duration", Needs::Histogram(TIME)),
    ("queue_wait", Needs::Histogram(TIME)),
    ("attempts", Needs::Histogram(&[])),
    ("output_size", Needs::Histogram(&["By"])),
    ("oldest_active", Needs::ObservableGauge("s")),
    ("last_success", Needs::Gauge("s")),
];

/// Those that `finished` counts too.
const ENDS: [&str; 5] = ["completed", "failed", "timed_out", "cancelled", "panicked"];

impl Needs {
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

    /// The units that fit, the usual one first, unless this one does.
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

    fn described(self) -> &'static str {
        match self {
            Self::Counter => "a `Counter`",
            Self::UpDownCounter => "an `UpDownCounter`",
            Self::Histogram(_) => "a `Histogram`",
            Self::Gauge(_) => "a `Gauge`",
            Self::ObservableGauge(_) => "an `ObservableGauge`",
        }
    }
}

impl Follows {
    pub(super) fn is(&self, event: &str) -> bool {
        self.event == event
    }
}

/// `on = …` or, for a counter of several things, `on = [… , …]`.
pub(super) fn check_follows(
    field: &Ident,
    Instrument { kind, observable, values, .. }: Instrument,
    unit: Option<&Text>,
    entries: &Entries,
    rules: &SetRules,
    errors: &mut Errors,
) -> Vec<Follows> {
    let Some(entry) = entries.get("on") else { return Vec::new() };
    if !rules.follows_jobs {
        errors.report(
            entry.key.span(),
            "the set does not follow jobs; add `job(labels = …)` to its `#[metric_set(…)]`",
        );
    }
    let (paths, at): (Vec<&Expr>, Span) = match &entry.value {
        Value::Assigned(Expr::Array(list)) => (list.elems.iter().collect(), list.span()),
        Value::Assigned(one) => (vec![one], one.span()),
        Value::Flag => (Vec::new(), entry.key.span()),
        Value::List(listed) => {
            let message = format!("the events stand in parentheses; write `on = [{listed}]`");
            errors.report(entry.key.span(), message);
            return Vec::new();
        }
    };
    if paths.is_empty() {
        errors.report(at, "an event is missing; write `on = finished`");
    }
    if kind != InstrumentKind::Counter && paths.len() > 1 {
        let message = format!(
            "{} follows one event, since only counters count several; remove the others",
            with_article(kind)
        );
        errors.report(at, message);
        return Vec::new();
    }
    let is_event = |path: &&&Expr, event: &str| path.to_token_stream().to_string() == event;
    if let Some(finished) = paths.iter().find(|path| is_event(path, "finished")) {
        let within = paths.iter().find(|path| ENDS.iter().any(|end| is_event(path, end)));
        if let Some(end) = within {
            let end = end.to_token_stream();
            errors.report_on(
                finished,
                format!(
                    "`finished` counts `{end}` too, so that it counts twice; remove one of them"
                ),
            );
        }
    }
    let mut follows: Vec<Follows> = Vec::new();
    for path in &paths {
        let Some((event, needs)) = event(path, errors) else { continue };
        if !needs.fits(kind, observable) {
            let message =
                format!("`on = {event}` needs {}; change the type of `{field}`", needs.described());
            errors.report(event.span(), message);
            continue;
        }
        if matches!(needs, Needs::Gauge(_)) && values.is_some_and(|values| values != "f64") {
            let message = format!(
                "`on = {event}` needs a `Gauge` of `f64` values; leave out the second parameter of \
                 `{field}`'s type"
            );
            errors.report(event.span(), message);
            continue;
        }
        if follows.iter().any(|known| known.event == event) {
            let message = format!("`{event}` is given twice; remove one of them");
            errors.report(event.span(), message);
            continue;
        }
        // A unit that is unknown has been reported.
        if unit.is_none_or(|unit| parse_unit(&unit.value).is_ok())
            && let Some(units) = needs.units_instead_of(unit.map(|unit| unit.value.as_str()))
        {
            let units = units.iter().map(|unit| format!("`unit = \"{unit}\"`")).collect::<Vec<_>>();
            let problem = match unit {
                Some(unit) => format!("the unit `{}` does not fit `on = {event}`", unit.value),
                None => format!("`on = {event}` needs a unit"),
            };
            let message = format!("{problem}; write {}", units.join(" or "));
            errors.report(unit.map_or(event.span(), |unit| unit.span), message);
            continue;
        }
        follows.push(Follows { event });
    }
    if rules.follows_jobs { follows } else { Vec::new() }
}

/// The event that a path names.
fn event(path: &Expr, errors: &mut Errors) -> Option<(Ident, Needs)> {
    let Expr::Path(path) = path else {
        errors.report_on(path, "not an event; write `on = finished`");
        return None;
    };
    let name = path.path.get_ident();
    let known = name.and_then(|name| {
        EVENTS.iter().find(|(event, _)| name == event).map(|(_, needs)| (name.clone(), *needs))
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
