use osapi_metrics_rules::InstrumentKind;

use super::{
    const_checks::MetricRules, constant_label::ConstantLabel, metric::MetricDescriptor,
    origin::Origin, value_type::ValueType,
};

/// A field of a set or group that uses groups, with its metrics: the one of an instrument, or those
/// of a group.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub(super) field: &'static str,
    pub(super) metrics: &'static [MetricDescriptor],
    pub(super) group: Option<GroupNames>,
}

/// What is in front of the names of a group's metrics.
#[derive(Clone, Copy, Debug)]
pub(super) struct GroupNames {
    /// The part of the names that the field gives.
    pub(super) part: &'static str,
    /// The rules for the names, with everything in front of them as the prefix.
    pub(super) rules: MetricRules,
    /// Whether the names are those of a group too, and get more in front.
    pub(super) is_nested: bool,
}

impl Member {
    /// An instrument, with its position among the metrics that are no part of a group.
    pub const fn metric(
        field: &'static str,
        own: &'static [MetricDescriptor],
        position: usize,
    ) -> Self {
        Self { field, metrics: own.split_at(position).1.split_at(1).0, group: None }
    }

    /// A group, with its metrics under the names that they have here.
    pub const fn group(
        field: &'static str,
        metrics: &'static [MetricDescriptor],
        part: &'static str,
        rules: MetricRules,
    ) -> Self {
        Self { field, metrics, group: Some(GroupNames { part, rules, is_nested: false }) }
    }

    /// The member of a group.
    #[must_use]
    pub const fn nested(mut self) -> Self {
        if let Some(names) = &mut self.group {
            names.is_nested = true;
        }
        self
    }
}

/// A metric without properties, which constants begin with.
const NONE: MetricDescriptor = MetricDescriptor::new("", InstrumentKind::Gauge, ValueType::F64);

/// The number of the metrics of all members.
#[doc(hidden)]
pub const fn count_metrics(members: &[Member]) -> usize {
    let (mut count, mut rest) = (0, members);
    while let [member, others @ ..] = rest {
        count += member.metrics.len();
        rest = others;
    }
    count
}

/// The metrics of all members, in the order of the fields.
#[doc(hidden)]
pub const fn metrics_of<const COUNT: usize>(members: &[Member]) -> [MetricDescriptor; COUNT] {
    let (mut metrics, mut count) = ([NONE; COUNT], 0);
    let mut rest = members;
    while let [member, others @ ..] = rest {
        let mut of_member = member.metrics;
        while let [metric, more @ ..] = of_member {
            metrics[count] = *metric;
            (of_member, count) = (more, count + 1);
        }
        rest = others;
    }
    metrics
}

/// The metrics of a group in a set with constant labels.
#[doc(hidden)]
pub const fn have_constant_labels<const COUNT: usize>(
    mut metrics: [MetricDescriptor; COUNT],
    labels: &'static [ConstantLabel],
) -> [MetricDescriptor; COUNT] {
    let mut i = 0;
    while i < COUNT {
        metrics[i].constant_labels = labels;
        i += 1;
    }
    metrics
}

/// The length of [`join_names`].
#[doc(hidden)]
pub const fn names_length(prefix: &str, group: &[MetricDescriptor]) -> usize {
    let (mut length, mut rest) = (0, group);
    while let [metric, others @ ..] = rest {
        length += joined_length(prefix, metric.name);
        if let Some(old) = metric.renamed_from {
            length += joined_length(prefix, old);
        }
        rest = others;
    }
    length
}

/// The names of a group's metrics behind a prefix, each followed by the old name if there is one,
/// without anything in between.
#[doc(hidden)]
pub const fn join_names<const LENGTH: usize>(
    prefix: &str,
    group: &[MetricDescriptor],
) -> [u8; LENGTH] {
    let (mut names, mut length) = ([b'_'; LENGTH], 0);
    let mut rest = group;
    while let [metric, others @ ..] = rest {
        length = push_joined(&mut names, length, prefix, metric.name);
        if let Some(old) = metric.renamed_from {
            length = push_joined(&mut names, length, prefix, old);
        }
        rest = others;
    }
    names
}

/// The metrics of a group as a set has them: with these names, of [`join_names`], and the place
/// where the set uses the group.
#[doc(hidden)]
pub const fn join_group<const COUNT: usize>(
    prefix: &str,
    group: &'static [MetricDescriptor],
    names: &'static [u8],
    origin: Origin,
) -> [MetricDescriptor; COUNT] {
    let (mut joined, mut count) = ([NONE; COUNT], 0);
    let (mut rest, mut names) = (group, names);
    while let [metric, others @ ..] = rest {
        let (name, behind) = names.split_at(joined_length(prefix, metric.name));
        names = behind;
        let mut old_name = None;
        if let Some(old) = metric.renamed_from {
            let (old, behind) = names.split_at(joined_length(prefix, old));
            names = behind;
            old_name = Some(name_text(old));
        }
        joined[count] = metric.joined(name_text(name), old_name, origin);
        (rest, count) = (others, count + 1);
    }
    joined
}

/// The length of [`join_name`].
#[doc(hidden)]
pub const fn joined_length(prefix: &str, field: &str) -> usize {
    if prefix.is_empty() { field.len() } else { prefix.len() + 1 + field.len() }
}

/// The name of a metric: the prefix, `_` and the field's name.
#[doc(hidden)]
pub const fn join_name<const LENGTH: usize>(prefix: &str, field: &str) -> [u8; LENGTH] {
    let mut name = [b'_'; LENGTH];
    push_joined(&mut name, 0, prefix, field);
    name
}

/// Writes a joined name into text that has a `_` everywhere else, and returns where it ends.
const fn push_joined(into: &mut [u8], at: usize, prefix: &str, field: &str) -> usize {
    let mut end = push(into, at, prefix);
    if end > at {
        end += 1;
    }
    push(into, end, field)
}

const fn push(into: &mut [u8], at: usize, text: &str) -> usize {
    let (mut end, mut rest) = (at, text.as_bytes());
    while let [byte, others @ ..] = rest {
        into[end] = *byte;
        (rest, end) = (others, end + 1);
    }
    end
}

/// The bytes of a joined name as text.
#[doc(hidden)]
pub const fn name_text(name: &'static [u8]) -> &'static str {
    match str::from_utf8(name) {
        Ok(name) => name,
        // Unreachable: the joined parts are valid texts.
        Err(_) => "",
    }
}
