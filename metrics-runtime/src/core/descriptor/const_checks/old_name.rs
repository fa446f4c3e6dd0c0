use osapi_metrics_rules::{DeclarationPart, KnownName, Message, NameRules, NameViolations, equal};

use super::super::metric::MetricDescriptor;

/// Refuses an old name that is the name of its metric, or of another metric of the set (rule N11),
/// for names whose prefix is a constant.
///
/// # Panics
///
/// At compile time, with the name.
#[doc(hidden)]
#[track_caller]
pub const fn assert_old_name(metric: &MetricDescriptor, set: &[MetricDescriptor]) {
    let Some(old) = metric.known_old_name() else { return };
    if let Some(mistake) = old.explain_unchanged(metric.name) {
        panic!("{}", mistake.as_str());
    }
    let mut rest = set;
    while let [other, others @ ..] = rest {
        rest = others;
        if !equal(metric.name.as_bytes(), other.name.as_bytes())
            && let Some(mistake) = old.explain_taken(&other.known_name())
        {
            panic!("{}", mistake.as_str());
        }
    }
}

/// The mistakes in the old name of a metric (rule N11), a line for each. The rules for names apply
/// to it, but for the prefix.
pub(super) const fn explain_old_name(metric: &MetricDescriptor, rules: NameRules<'_>) -> Message {
    let Some(old) = metric.known_old_name() else { return Message::new() };
    if let Some(mistake) = old.explain_unchanged(metric.name) {
        return mistake;
    }
    let of_names = NameRules { prefix: "", ..rules };
    let violations = NameViolations::of(old.name, old.kind, old.unit, of_names);
    of_old_name(old.name, &violations.in_part(DeclarationPart::Name))
        .and(&of_old_name(old.name, &violations.in_part(DeclarationPart::Unit)))
}

/// Mistakes of a name, as mistakes of the old name: beside them are mistakes of the name.
const fn of_old_name(name: &str, mistakes: &Message) -> Message {
    let message = Message::new();
    if mistakes.is_empty() {
        return message;
    }
    message.text("the old name ").quoted(name).text(": ").text(mistakes.as_str())
}

impl MetricDescriptor {
    /// The name, for a comparison with other names.
    pub(crate) const fn known_name(&self) -> KnownName<'static> {
        KnownName { name: self.name, unit: self.unit, kind: self.kind }
    }

    /// The old name, for a comparison with other names.
    pub(crate) const fn known_old_name(&self) -> Option<KnownName<'static>> {
        match self.renamed_from {
            Some(name) => Some(KnownName { name, ..self.known_name() }),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use osapi_metrics_rules::InstrumentKind;

    use super::*;
    use crate::core::descriptor::ValueType;

    const RULES: NameRules<'_> =
        NameRules { prefix: "osapi", non_base_units: false, semconv_names: false };

    const fn gauge(name: &'static str) -> MetricDescriptor {
        MetricDescriptor::new(name, InstrumentKind::Gauge, ValueType::F64)
    }

    #[test]
    fn an_old_name_may_have_another_prefix() {
        let metric = gauge("osapi_jobs_waiting").with_renamed_from("queue.waiting");
        assert_eq!(explain_old_name(&metric, RULES).as_str(), "");
    }

    #[test]
    fn the_rules_for_names_apply_to_old_names() {
        let metric = gauge("osapi_jobs_waiting").with_renamed_from("osapi_jobs_total");
        assert_eq!(
            explain_old_name(&metric, RULES).as_str(),
            "the old name `osapi_jobs_total`: `_total` is the suffix of counters; write `osapi_jobs`"
        );
        let metric = gauge("osapi_jobs_waiting").with_renamed_from("osapi.jobs.waiting");
        assert_eq!(
            explain_old_name(&metric, RULES).as_str(),
            "`osapi.jobs.waiting` and `osapi_jobs_waiting`, the name now, are one name in a scrape; \
             write the name before it, or remove `renamed_from`"
        );
    }

    #[test]
    fn other_names_pass() {
        const RENAMED: MetricDescriptor = gauge("osapi_jobs").with_renamed_from("osapi_works");
        assert_old_name(&RENAMED, &[RENAMED, gauge("osapi_items")]);
    }

    #[test]
    #[should_panic(expected = "`osapi_works` is the name of another metric, `osapi.works`; remove")]
    fn the_name_of_another_metric_is_refused() {
        const RENAMED: MetricDescriptor = gauge("osapi_jobs").with_renamed_from("osapi_works");
        assert_old_name(&RENAMED, &[RENAMED, gauge("osapi.works")]);
    }
}
