use std::slice;

use osapi_metrics_rules::{
    Message, equal, explain_part, families_clash, have_one_beginning, is_plain_prefix,
    prometheus_name,
};

use super::super::{
    member::{GroupNames, Member},
    metric::MetricDescriptor,
};

/// Refuses a part that no name can have (rule N12), for one that a constant gives.
///
/// # Panics
///
/// At compile time, with the remedy.
#[doc(hidden)]
#[track_caller]
pub const fn assert_part(part: &str) {
    assert!(
        !part.is_empty(),
        "the constant is empty; write `group = \"\"` for names without a part"
    );
    if let Some(mistake) = explain_part(part) {
        panic!("{}", mistake.as_str());
    }
}

/// Refuses a group whose metrics have names that break the rules where it is used (rule N12), or
/// that other members have too (rules N9 and N11).
///
/// # Panics
///
/// At compile time, with the metric at fault.
#[doc(hidden)]
#[track_caller]
pub const fn assert_group(members: &[Member], position: usize) {
    let group = &members[position];
    let Some(names) = &group.group else { return };
    let mut rest = group.metrics;
    while let [metric, others @ ..] = rest {
        if let Some(mistake) = explain_name(metric, names) {
            panic!("{}", mistake.as_str());
        }
        rest = others;
    }
    let mut at = 0;
    while at < members.len() {
        // Of two groups, the second one is at fault.
        if at < position || (at > position && members[at].group.is_none()) {
            assert_members_apart(group, names, &members[at]);
        }
        at += 1;
    }
}

/// The mistake in a name that is right behind another prefix, so that the prefix or the part is at
/// fault.
const fn explain_name(metric: &MetricDescriptor, names: &GroupNames) -> Option<Message> {
    let GroupNames { part, rules, is_nested } = names;
    // Nothing is in front of the name, and something will be.
    if part.is_empty() && *is_nested {
        return None;
    }
    let Some(problem) = rules.set_mistakes(metric, true).problem() else { return None };
    let message = Message::new().text("in ").quoted(metric.name).text(", a metric of the group, ");
    let message = message.text(problem.as_str());
    Some(if part.is_empty() || (is_plain_prefix(part) && !rules.is_plain()) {
        message.text("; write another prefix for the set")
    } else {
        message.text("; write another part for the group: `group = \"…\"`")
    })
}

/// Names and old names begin with what is in front of the names of their group. Those that begin in
/// different ways are therefore not compared, which would take the compiler long.
#[track_caller]
const fn assert_members_apart(group: &Member, names: &GroupNames, other: &Member) {
    let prefix = names.rules.prefix();
    if let Some(others) = &other.group
        && !have_one_beginning(prefix, others.rules.prefix())
    {
        return;
    }
    let mut there = other.metrics;
    while let [of_other, others @ ..] = there {
        if have_one_beginning(prefix, family(of_other)) {
            assert_apart_from(group, of_other, other.field);
        }
        assert_old_name(of_other, group.metrics);
        there = others;
    }
}

#[track_caller]
const fn assert_apart_from(group: &Member, other: &MetricDescriptor, field: &str) {
    let of_other = family(other);
    let mut here = group.metrics;
    while let [metric, more @ ..] = here {
        if families_clash(family(metric), metric.kind, of_other, other.kind) {
            let message = Message::new().quoted(metric.name).text(" of the group and ");
            let message = message.quoted(other.name).text(" of the field ").quoted(field);
            let remedy = " collide in a scrape; write another part for the group: `group = \"…\"`";
            panic!("{}", message.text(remedy).as_str());
        }
        assert_old_name(metric, slice::from_ref(other));
        here = more;
    }
}

/// Refuses the old name of a metric that another metric has, or had.
#[track_caller]
const fn assert_old_name(metric: &MetricDescriptor, others: &[MetricDescriptor]) {
    let Some(old) = metric.known_old_name() else { return };
    let in_a_scrape = prometheus_name(old.name, old.unit, old.kind);
    let in_a_scrape = in_a_scrape.as_str();
    let mut rest = others;
    while let [other, more @ ..] = rest {
        if (equal(in_a_scrape.as_bytes(), other.prometheus_name().as_bytes())
            || equal(old.name.as_bytes(), other.name.as_bytes()))
            && let Some(mistake) = old.explain_taken(&other.known_name())
        {
            panic!("{}", mistake.as_str());
        }
        rest = more;
    }
}

/// The name in a scrape that the names of the samples begin with.
const fn family(metric: &MetricDescriptor) -> &str {
    let name = metric.prometheus_name();
    name.split_at(name.len() - metric.kind.suffix().len()).0
}

#[cfg(test)]
mod tests {
    use osapi_metrics_rules::InstrumentKind;

    use super::*;
    use crate::core::descriptor::{MetricRules, Origin, ValueType, join_group, join_names};

    const GROUP: &[MetricDescriptor] = &[
        MetricDescriptor::new("opened_total", InstrumentKind::Counter, ValueType::U64)
            .with_renamed_from("made_total"),
        MetricDescriptor::new("size", InstrumentKind::Gauge, ValueType::F64),
    ];

    const fn read(part: &'static str, metrics: &'static [MetricDescriptor]) -> Member {
        Member::group("read", metrics, part, MetricRules::new(part))
    }

    macro_rules! joined {
        ($prefix:expr) => {{
            const LENGTH: usize = crate::core::descriptor::names_length($prefix, GROUP);
            const NAMES: &[u8] = &join_names::<LENGTH>($prefix, GROUP);
            const JOINED: &[MetricDescriptor] =
                &join_group::<{ GROUP.len() }>($prefix, GROUP, NAMES, Origin::unknown());
            JOINED
        }};
    }

    #[test]
    fn names_and_old_names_are_joined() {
        let [opened, size] = joined!("pool") else { panic!("two are declared") };
        assert_eq!(
            (opened.name, opened.renamed_from),
            ("pool_opened_total", Some("pool_made_total"))
        );
        assert_eq!((size.name, size.renamed_from), ("pool_size", None));
        assert_eq!(opened.prometheus_name(), "pool_opened_total");
        assert_eq!(joined!("")[0].renamed_from, Some("made_total"));
    }

    #[test]
    fn apart_from_all_others_it_passes() {
        let members = [read("pool", joined!("pool")), read("other", joined!("other"))];
        assert_group(&members, 0);
        assert_group(&members, 1);
    }

    #[test]
    fn of_two_uses_the_second_is_at_fault() {
        let members = [read("pool", joined!("pool")), read("pool", joined!("pool"))];
        assert_group(&members, 0);
        let caught = std::panic::catch_unwind(|| assert_group(&members, 1)).unwrap_err();
        assert_eq!(
            caught.downcast_ref::<String>().unwrap(),
            "`pool_opened_total` of the group and `pool_opened_total` of the field `read` collide in \
             a scrape; write another part for the group: `group = \"…\"`"
        );
    }

    #[test]
    #[should_panic(
        expected = "`counter` is a kind, which is not part of a name; write another part"
    )]
    fn a_part_that_breaks_a_rule_is_refused() {
        assert_group(&[read("counter", joined!("counter"))], 0);
    }

    #[test]
    fn a_nested_group_without_a_part_is_checked_by_the_set() {
        assert_group(&[read("", joined!("")).nested()], 0);
    }
}
