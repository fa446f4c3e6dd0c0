use osapi_metrics_rules::{MAX_KEPT_SERIES, Message};

use super::super::{
    labels::{LabelDescriptor, LabelValues, is_closed, series_count},
    metric::MetricDescriptor,
};

/// Refuses a metric with more series than `limit` (rule L5), and `recent` labels of an observable
/// instrument.
///
/// # Panics
///
/// At compile time, with the product of the labels' sizes, or the label.
#[doc(hidden)]
#[track_caller]
pub const fn assert_series(metric: &MetricDescriptor, limit: usize) {
    // `assert_count` reports a constant that is 0.
    if limit > 0
        && let Some(mistake) = explain_series(metric, limit)
    {
        panic!("{}", mistake.as_str());
    }
}

/// The mistake that [`assert_series`] refuses, with its remedy.
pub(crate) const fn explain_series(metric: &MetricDescriptor, limit: usize) -> Option<Message> {
    if metric.observable
        && let Some(mistake) = explain_recent(metric)
    {
        return Some(mistake);
    }
    let labels = metric.counted_labels();
    let count = series_count(labels);
    if count <= limit {
        return explain_kept(metric);
    }
    let is_counted = count < usize::MAX;
    let message = Message::new().text("`").text(metric.name).text("` can have ");
    let message = if is_counted { message.number(count) } else { message.text("countless") };
    let mut message = message.text(" series (");
    let mut i = 0;
    while i < labels.len() {
        message = message.text(if i == 0 { "`" } else { " × `" });
        message = message.text(labels[i].key).text("` ").number(labels[i].size());
        i += 1;
    }
    message = message.text("), more than ").number(limit).text("; ");
    let (largest, others) = largest(labels);
    message = message.text("the largest label is `").text(labels[largest].key).text("` with ");
    message = message.number(labels[largest].size()).text(" values: reduce it ");
    message = match limit / others {
        0 => message.text("and the others"),
        most => message.text("to ").number(most),
    };
    // A number that no process keeps cannot be allowed, nor one that does not fit into `usize`.
    Some(if is_counted && explain_kept(metric).is_none() {
        message.text(", or allow them with `max_series = ").number(count).text("`")
    } else {
        message
    })
}

/// The mistake of a metric of which no process keeps the declared series: the combinations of its
/// closed labels, with the values of its largest open label.
const fn explain_kept(metric: &MetricDescriptor) -> Option<Message> {
    let labels = metric.counted_labels();
    let (mut closed, mut open, mut largest) = (1_usize, 1_usize, 0);
    let mut i = 0;
    while i < labels.len() {
        let size = labels[i].size();
        if !labels[i].is_open() {
            closed = closed.saturating_mul(size);
        } else if size > open {
            (open, largest) = (size, i);
        }
        i += 1;
    }
    if closed.saturating_mul(open) <= MAX_KEPT_SERIES {
        return None;
    }
    let message = Message::new().text("`").text(metric.name).text("` asks for more than the ");
    let message = message.number(MAX_KEPT_SERIES).text(" series that a process keeps of a metric");
    if open == 1 || closed > MAX_KEPT_SERIES {
        let message = message.text("; its closed labels alone have ").number(closed);
        return Some(message.text(" combinations: leave labels out"));
    }
    let message = message.text("; the label `").text(labels[largest].key).text("` has ");
    let message = message.number(open).text(" values: reduce it to ");
    Some(message.number(MAX_KEPT_SERIES / closed))
}

/// The index of the label with the most values, and the product of the other labels' sizes. Metrics
/// with too many series have at least one label, and each label has values.
const fn largest(labels: &[LabelDescriptor]) -> (usize, usize) {
    let mut largest = 0;
    let mut i = 1;
    while i < labels.len() {
        if labels[i].size() > labels[largest].size() {
            largest = i;
        }
        i += 1;
    }
    let (before, rest) = labels.split_at(largest);
    let others = series_count(before).saturating_mul(series_count(rest.split_at(1).1));
    (largest, others)
}

const fn explain_recent(metric: &MetricDescriptor) -> Option<Message> {
    let mut i = 0;
    while i < metric.labels.len() {
        if let LabelValues::Recent { max } = metric.labels[i].values {
            let message = Message::new().text("label `").text(metric.labels[i].key);
            let message = message.text("` of `").text(metric.name);
            let message = message.text("` cannot be `recent`: ");
            let message =
                message.text("an observed metric has the series that are reported, and no others");
            return Some(message.text("; declare `max = ").number(max).text("`"));
        }
        i += 1;
    }
    None
}

/// Refuses to end series of a metric whose labels are all closed: these series exist from the
/// start.
///
/// ```
/// # use osapi_metrics::{Counter, LabelSet, MetricSet};
/// #[derive(LabelSet)]
/// struct Labels {
///     #[label(max = 10)]
///     customer: &'static str,
///     urgent: bool,
/// }
/// # /// Jobs.
/// # #[derive(MetricSet)]
/// # struct Jobs {
/// #     /// Jobs done.
/// #     jobs_done_total: Counter<Labels>,
/// # }
/// Jobs::global().jobs_done_total.remove(Labels { customer: "acme", urgent: true });
/// Jobs::global().jobs_done_total.retain(|_| true);
/// ```
///
/// # Panics
///
/// At compile time:
///
/// ```compile_fail,E0080
/// # use osapi_metrics::{Counter, LabelSet, MetricSet};
/// #[derive(LabelSet)]
/// struct Labels {
///     urgent: bool,
/// }
/// # /// Jobs.
/// # #[derive(MetricSet)]
/// # struct Jobs {
/// #     /// Jobs done.
/// #     jobs_done_total: Counter<Labels>,
/// # }
/// Jobs::global().jobs_done_total.remove(Labels { urgent: true });
/// ```
///
/// ```compile_fail,E0080
/// # use osapi_metrics::{Gauge, MetricSet};
/// # /// Jobs.
/// # #[derive(MetricSet)]
/// # struct Jobs {
/// #     /// Jobs waiting.
/// #     jobs_waiting: Gauge,
/// # }
/// Jobs::global().jobs_waiting.retain(|_| true);
/// ```
pub(crate) const fn assert_series_end(labels: &[LabelDescriptor]) {
    assert!(
        !is_closed(labels),
        "the series of a metric whose labels are all enums and bools do not end; `remove` and \
         `retain` need a label with `max` or `recent`"
    );
}

#[cfg(test)]
mod tests {
    use osapi_metrics_rules::InstrumentKind;

    use super::*;
    use crate::core::descriptor::ValueType;

    const TASKS: MetricDescriptor =
        MetricDescriptor::new("osapi_tasks_total", InstrumentKind::Counter, ValueType::U64)
            .with_labels(&[
                LabelDescriptor::new("namespace", LabelValues::Open { max: 120 }),
                LabelDescriptor::new("retried", LabelValues::Bool),
            ]);

    const RECENT: &[LabelDescriptor] =
        &[LabelDescriptor::new("task_id", LabelValues::Recent { max: 50 })];

    #[test]
    fn as_many_as_are_allowed_pass() {
        assert_series(&TASKS, 240);
        assert_series(&TASKS.with_labels(RECENT), 50);
    }

    #[test]
    #[should_panic(
        expected = "`osapi_tasks_total` can have 240 series (`namespace` 120 × `retried` 2), more \
                    than 100; the largest label is `namespace` with 120 values: reduce it to 50, or \
                    allow them with `max_series = 240`"
    )]
    fn the_message_shows_the_product_and_the_largest_label() {
        assert_series(&TASKS, 100);
    }

    #[test]
    fn a_limit_that_one_label_cannot_keep_asks_for_more() {
        let message = explain_series(&TASKS, 1).expect("240 are more");
        assert!(message.as_str().contains("with 120 values: reduce it and the others, or allow"));
    }

    #[test]
    fn what_cannot_be_counted_is_not_allowed() {
        const LABELS: &[LabelDescriptor] = &[
            LabelDescriptor::new("user", LabelValues::Open { max: usize::MAX / 2 }),
            LabelDescriptor::new("region", LabelValues::Open { max: 100 }),
        ];
        let message = explain_series(&TASKS.with_labels(LABELS), 2000).expect("they are more");
        let half = usize::MAX / 2;
        assert_eq!(
            message.as_str(),
            format!(
                "`osapi_tasks_total` can have countless series (`user` {half} × `region` 100), more \
                 than 2000; the largest label is `user` with {half} values: reduce it to 20"
            )
        );
    }

    #[test]
    fn what_no_process_keeps_is_not_allowed() {
        const fn open(key: &'static str, max: usize) -> LabelDescriptor {
            LabelDescriptor::new(key, LabelValues::Open { max })
        }
        const RETRIED: LabelDescriptor = LabelDescriptor::new("retried", LabelValues::Bool);
        const USERS: &[LabelDescriptor] = &[open("region", 10), open("user", 500_001), RETRIED];
        // One open label determines the other.
        const KEPT: &[LabelDescriptor] = &[open("region", 400_000), open("user", 500_000), RETRIED];
        assert!(explain_series(&TASKS.with_labels(KEPT), usize::MAX).is_none());
        let expected = "`osapi_tasks_total` asks for more than the 1000000 series that a process \
                        keeps of a metric; the label `user` has 500001 values: reduce it to 500000";
        let message = explain_series(&TASKS.with_labels(USERS), usize::MAX).expect("more");
        assert_eq!(message.as_str(), expected);
        let message = explain_series(&TASKS.with_labels(USERS), 100).expect("more");
        assert!(!message.as_str().contains("allow them"), "{}", message.as_str());
    }

    #[test]
    #[should_panic(expected = "cannot be `recent`: an observed metric has the series that are")]
    fn the_series_of_observed_metrics_do_not_end() {
        assert_series(&TASKS.with_labels(RECENT).observable(true), 100);
    }
}
