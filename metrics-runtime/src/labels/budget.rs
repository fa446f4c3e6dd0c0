use osapi_metrics_rules::InstrumentKind;

use super::{is_closed, series_count};
use crate::{
    descriptor::{LabelDescriptor, LabelValues, MetricDescriptor},
    message::Message,
};

/// Refuses a metric whose series cannot be kept as its labels ask: more than `limit` (rule L5), or
/// only the recent ones of an instrument whose series cannot end.
///
/// # Panics
///
/// At compile time, with the product of the labels' sizes, or the label.
#[doc(hidden)]
#[track_caller]
pub const fn assert_series(descriptor: &MetricDescriptor, limit: usize) {
    let MetricDescriptor { name: metric, labels, .. } = *descriptor;
    let is_histogram = matches!(descriptor.kind, InstrumentKind::Histogram);
    if is_histogram || descriptor.observable {
        assert_series_stay(metric, labels, is_histogram);
    }
    let count = series_count(labels);
    if count <= limit {
        return;
    }
    let mut message = Message::new().text("`").text(metric).text("` can have ").number(count);
    message = message.text(" series (");
    let mut i = 0;
    while i < labels.len() {
        message = message.text(if i == 0 { "`" } else { " × `" });
        message = message.text(labels[i].key).text("` ").number(labels[i].size());
        i += 1;
    }
    message = message.text("), more than ").number(limit);
    message = message.text("; reduce the labels' values, or allow them with `max_series = ");
    panic!("{}", message.number(count).text("`").as_str());
}

#[track_caller]
const fn assert_series_stay(metric: &str, labels: &[LabelDescriptor], is_histogram: bool) {
    let mut i = 0;
    while i < labels.len() {
        if let LabelValues::Recent { max } = labels[i].values {
            let message = Message::new().text("label `").text(labels[i].key).text("` of `");
            let message =
                message.text(metric).text("` cannot be `recent`: ").text(if is_histogram {
                    "OpenTelemetry keeps every series of a histogram"
                } else {
                    "an observed metric has the series that are reported, and no others"
                });
            let message = message.text("; declare `max = ").number(max).text("`");
            panic!("{}", message.as_str());
        }
        i += 1;
    }
}

/// Refuses to end series that are all there from the start.
///
/// ```
/// # use osapi_metrics::{Counter, LabelSet, MetricSet};
/// #[derive(LabelSet)]
/// struct Labels {
///     #[label(max = 10)]
///     tenant: &'static str,
///     urgent: bool,
/// }
/// # /// Jobs.
/// # #[derive(MetricSet)]
/// # struct Jobs {
/// #     /// Jobs done.
/// #     jobs_done_total: Counter<Labels>,
/// # }
/// Jobs::global().jobs_done_total.remove(Labels { tenant: "acme", urgent: true });
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
    use super::*;
    use crate::descriptor::ValueType;

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
                    than 100; reduce the labels' values, or allow them with `max_series = 240`"
    )]
    fn the_message_shows_the_product() {
        assert_series(&TASKS, 100);
    }

    #[test]
    #[should_panic(
        expected = "label `task_id` of `osapi_task_seconds` cannot be `recent`: OpenTelemetry keeps \
                    every series of a histogram; declare `max = 50`"
    )]
    fn the_series_of_histograms_do_not_end() {
        let name = "osapi_task_seconds";
        let histogram = MetricDescriptor::new(name, InstrumentKind::Histogram, ValueType::F64);
        assert_series(&histogram.with_labels(RECENT), 100);
    }

    #[test]
    #[should_panic(expected = "cannot be `recent`: an observed metric has the series that are")]
    fn the_series_of_observed_metrics_do_not_end() {
        assert_series(&TASKS.with_labels(RECENT).with_observability(true), 100);
    }
}
