//! Checks a metric set against the rules and reports every mistake.

mod absence;
mod buckets;
mod collisions;
mod description;
mod events;
mod facts;
mod group;
mod instrument;
mod name;
mod old_name;
mod roles;
mod runbook;
mod staleness;
mod thresholds;
mod unit;

use syn::GenericParam;

use super::{
    parse::{Declaration, MetricField, Shape},
    rules::{Recorded, SET_KEYS, SetRules},
    spec::{Metric, Spec},
};
use crate::{
    attribute::{Buckets, Errors},
    runtime_path::RuntimePath,
};

/// The keys of a field.
const KEYS: [&str; 14] = [
    "name",
    "unit",
    "description",
    "buckets",
    "native",
    "max_series",
    "on",
    "records_in",
    "renamed_from",
    "absent_until",
    "stale_after",
    "warning",
    "critical",
    "group",
];

pub(super) fn check<'a>(declaration: &'a Declaration, errors: &mut Errors) -> Spec<'a> {
    let Declaration { ident, generics, visibility, doc, entries, shape } = declaration;
    let runtime = RuntimePath::of(entries, errors);
    let rules = SetRules::of(entries, errors);
    let (what, runbook) = if rules.is_group {
        group::check_keys_of_a_group(entries, &KEYS_OF_A_METRIC, errors);
        ("a group", None)
    } else {
        entries.check_placed_keys(&SET_KEYS, &KEYS_OF_A_METRIC, errors);
        ("a metric set", runbook::check_runbook(entries, errors))
    };
    if let Some(parameter) = generics.params.first() {
        let remedy = match parameter {
            GenericParam::Lifetime(_) => {
                "remove the parameter, and write `'static` for labels that are borrowed: `with` \
                 takes labels of any lifetime"
            }
            _ => "remove the parameter",
        };
        let message = if rules.is_group {
            format!("the metrics of a group are constants, without parameters; {remedy}")
        } else {
            format!("a metric set has one instance in a process; {remedy}")
        };
        errors.report_on(parameter, message);
    }
    let (mut metrics, mut groups) = (Vec::new(), Vec::new());
    match shape {
        Shape::Struct(fields) => {
            for (index, field) in fields.iter().enumerate() {
                if group::is_meant(field, &KEYS) {
                    groups.extend(group::group(index, field, &rules, &KEYS_OF_THE_SET, errors));
                } else {
                    metrics.extend(metric(index, field, &rules, errors));
                }
            }
        }
        Shape::Other { at } => {
            let message = format!("{what} is a struct with named fields; give each metric a field");
            errors.report(*at, message);
        }
    }
    collisions::report(&metrics, &rules, errors);
    let collisions = collisions::left_to_the_compiler(&metrics, &rules);
    old_name::report_taken(&metrics, &rules, errors);
    events::check_one_oldest(&metrics, errors);
    let can_exist = generics.params.is_empty() && matches!(shape, Shape::Struct(_));
    Spec {
        ident,
        generics,
        visibility,
        doc: doc.as_ref(),
        runbook,
        runtime,
        can_exist,
        rules,
        metrics,
        groups,
        collisions,
    }
}

/// Keys that do not belong on a field, or belong in another key.
const KEYS_OF_THE_SET: [(&str, &str); 16] = [
    (
        "prefix",
        "`prefix` goes on the struct, for all of its metrics; move it to `#[metric_set(…)]`",
    ),
    ("allow", "`allow` goes on the struct, for all of its metrics; move it to `#[metric_set(…)]`"),
    ("job", "`job` goes on the struct, for all of its metrics; move it to `#[metric_set(…)]`"),
    ("roles", "`roles` goes on the struct, for all of its metrics; move it to `#[metric_set(…)]`"),
    ("scope", "`scope` goes on the struct, for all of its metrics; move it to `#[metric_set(…)]`"),
    (
        "constant_labels",
        "`constant_labels` go on the struct, for all of its metrics; move them to \
         `#[metric_set(…)]`",
    ),
    (
        "runbook",
        "`runbook` goes on the struct, for all of its metrics; move it to `#[metric_set(…)]`",
    ),
    (
        "labels",
        "the labels of a metric are a parameter of its type, which derives `LabelSet`; write \
         `Counter<Labels>`",
    ),
    ("kind", "the kind of a metric is its field's type; write `Counter`, `Gauge` or `Histogram`"),
    ("above", "`above` is part of a threshold; write `warning(above = …)`"),
    ("below", "`below` is part of a threshold; write `warning(below = …)`"),
    ("at_least", "`at_least` is part of a threshold; write `warning(at_least = …)`"),
    ("at_most", "`at_most` is part of a threshold; write `warning(at_most = …)`"),
    ("quantile", "`quantile` is part of a threshold; write `warning(above = …, quantile = …)`"),
    ("lasting", "`lasting` is part of a threshold; write `warning(above = …, lasting = …)`"),
    ("type", "the kind of a metric is its field's type; write `Counter`, `Gauge` or `Histogram`"),
];

/// Keys that do not belong on the struct.
const KEYS_OF_A_METRIC: [(&str, &str); 14] = [
    (
        "labels",
        "the labels are those of the jobs that the set records; write `job(labels = …)`, or \
         `roles(of = …, labels = …)` for an instrumentation, or `scope(labels = …)` for each \
         instance of the set",
    ),
    ("name", "`name` is that of one metric; move it to `#[metric(…)]` on its field"),
    ("unit", "`unit` is that of one metric; move it to `#[metric(…)]` on its field"),
    ("description", "`description` is that of one metric; move it to `#[metric(…)]` on its field"),
    ("buckets", "`buckets` are those of one metric; move them to `#[metric(…)]` on its field"),
    ("native", "`native` is about one metric; move it to `#[metric(…)]` on its field"),
    ("max_series", "`max_series` is that of one metric; move it to `#[metric(…)]` on its field"),
    ("on", "`on` is that of one metric; move it to `#[metric(…)]` on its field"),
    ("records_in", "`records_in` is that of one metric; move it to `#[metric(…)]` on its field"),
    (
        "renamed_from",
        "`renamed_from` is the old name of one metric; move it to `#[metric(…)]` on its field",
    ),
    ("absent_until", "`absent_until` is about one metric; move it to `#[metric(…)]` on its field"),
    ("stale_after", "`stale_after` is about one metric; move it to `#[metric(…)]` on its field"),
    ("warning", "`warning` is a threshold of one metric; move it to `#[metric(…)]` on its field"),
    ("critical", "`critical` is a threshold of one metric; move it to `#[metric(…)]` on its field"),
];

fn metric<'a>(
    index: usize,
    metric: &'a MetricField,
    rules: &SetRules,
    errors: &mut Errors,
) -> Option<Metric<'a>> {
    let MetricField { field, entries, doc } = metric;
    let ident = field.ident.as_ref()?;
    if rules.is_group {
        group::check_keys_of_its_metric(entries, &KEYS, &KEYS_OF_THE_SET, errors);
    } else {
        entries.check_placed_keys(&KEYS, &KEYS_OF_THE_SET, errors);
    }
    let instrument = instrument::instrument(&field.ty, errors);
    let unit = entries.text("unit", errors);
    let mut name = name::read(ident, entries, rules, errors);
    let misses = |key| entries.misses(key, &KEYS);
    let misses_text = |key| misses(key) || entries.is_no_text(key);
    let misses_name = misses("name") || (entries.get("name").is_some() && name.is_of_field());
    // What is no instrument may be a group, which needs no description.
    let misspelt = misses("description") || instrument.is_none();
    let (help, details) = description::help(ident, entries, doc.as_ref(), misspelt, errors);
    let max_series = entries.count("max_series", errors);
    let (mut buckets, mut events, mut recorded) = (Buckets::None, Vec::new(), Vec::new());
    let (mut old_name, mut thresholds, mut native) = (None, Vec::new(), false);
    let absent_until = absence::check_absence(entries, errors);
    let stale_after = staleness::check_staleness(entries, errors);
    let records_in = if rules.is_group {
        None
    } else {
        roles::records_in(entries, unit.as_ref(), rules, errors)
    };
    if let Some(instrument) = instrument
        && !misses_text("unit")
        && !misses_text("records_in")
    {
        let kind = instrument.kind;
        facts::check_keys(ident, kind, entries, rules, errors);
        // A unit that has to go is not judged.
        let judged_unit = unit.as_ref().filter(|_| kind.has_unit());
        let unit_stays = misses_name || name::check(&mut name, kind, judged_unit, rules, errors);
        let needs_buckets = unit_stays && !misses("buckets");
        buckets =
            buckets::check_buckets(ident, kind, entries, unit.as_ref(), needs_buckets, errors);
        native = buckets::check_native(kind, entries, errors);
        let unit_of_name = unit.as_ref();
        old_name = old_name::check_old_name(kind, &name, unit_of_name, entries, rules, errors);
        thresholds =
            thresholds::check_thresholds(kind, &name, unit_of_name, &buckets, entries, errors);
        match rules.recorded {
            Recorded::Roles => recorded = roles::check_roles(kind, entries, errors),
            _ if rules.is_group => {}
            Recorded::JobEvents | Recorded::Nothing => {
                let unit = unit.as_ref();
                events = events::check_events(ident, instrument, unit, entries, rules, errors);
            }
            Recorded::Unclear => {}
        }
    }
    Some(Metric {
        index,
        field: ident,
        ty: &field.ty,
        instrument,
        name,
        unit,
        help,
        details,
        buckets,
        native,
        max_series,
        old_name,
        absent_until,
        stale_after,
        thresholds,
        events,
        roles: recorded,
        records_in,
    })
}

#[cfg(test)]
mod tests {
    use super::{KEYS, SET_KEYS, events::EVENTS, group::BESIDE_GROUP, thresholds::THRESHOLD_KEYS};
    use crate::documentation::{all, documented};

    #[test]
    fn every_key_and_event_is_documented() {
        let events = EVENTS.map(|(event, _)| event);
        assert_eq!(
            documented("derive_metric_set"),
            all(&[&SET_KEYS, &KEYS, &THRESHOLD_KEYS, &events])
        );
    }

    #[test]
    fn every_key_has_a_message_beside_group() {
        let said = |key: &str| BESIDE_GROUP.iter().any(|(known, _)| *known == key);
        assert!(KEYS.into_iter().all(|key| said(key) != (key == "group")));
    }
}
