use osapi_metrics_rules::InstrumentKind;

use super::labels::Labels;

/// The text before the value of each series of a metric, rendered once for many scrapes.
///
/// The text is equal in both text formats: `osapi_jobs_total{status="failed"} `, and for a
/// histogram the common beginning of its buckets, `osapi_wait_seconds_bucket{queue="a",`.
#[derive(Debug, Default)]
pub(super) struct SeriesPrefixes {
    text: String,
    /// In the order of the labels.
    order: Vec<Prefix>,
    /// The number of bytes before the labels of a prefix, and after them.
    before: usize,
    after: usize,
    /// Whether each label set occurs once.
    distinct: bool,
}

#[derive(Debug)]
struct Prefix {
    end: usize,
    /// The position of the series' value among the values of the metric.
    position: usize,
}

impl SeriesPrefixes {
    /// The prefixes of series. `labels` are in the order of the values.
    pub(super) fn new(
        family: &str,
        kind: InstrumentKind,
        labels: impl Iterator<Item = Labels>,
    ) -> Self {
        let mut series: Vec<(Labels, usize)> = labels.zip(0..).collect();
        series.sort_unstable();
        let distinct = series.windows(2).all(|pair| pair[0].0 != pair[1].0);

        let (suffix, open, close) = match kind {
            InstrumentKind::Counter => ("_total", " ", "} "),
            InstrumentKind::Info => ("_info", " ", "} "),
            InstrumentKind::UpDownCounter | InstrumentKind::Gauge | InstrumentKind::StateSet => {
                ("", " ", "} ")
            }
            InstrumentKind::Histogram => ("_bucket", "{", ","),
        };
        let before = family.len() + suffix.len() + open.len();
        let of_labels: usize = series.iter().map(|(labels, _)| labels.as_str().len()).sum();
        let mut text = String::with_capacity(of_labels + series.len() * (before + close.len()));
        let order = series.into_iter().map(|(labels, position)| {
            text.push_str(family);
            text.push_str(suffix);
            if labels.as_str().is_empty() {
                text.push_str(open);
            } else {
                text.push('{');
                text.push_str(labels.as_str());
                text.push_str(close);
            }
            Prefix { end: text.len(), position }
        });
        let order = order.collect();
        Self { text, order, before, after: close.len(), distinct }
    }

    /// Each prefix, and the position of its value, in the order of the labels.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, usize)> {
        let mut start = 0;
        self.order.iter().map(move |prefix| {
            let text = &self.text[start..prefix.end];
            start = prefix.end;
            (text, prefix.position)
        })
    }

    /// The position of the value of each series, in the order of the labels.
    pub(super) fn positions(&self) -> impl Iterator<Item = usize> {
        self.order.iter().map(|prefix| prefix.position)
    }

    /// The prefix at this index in the order of the labels, and the position of its value.
    pub(super) fn get(&self, nth: usize) -> (&str, usize) {
        let start = nth.checked_sub(1).map_or(0, |before| self.order[before].end);
        let prefix = &self.order[nth];
        (&self.text[start..prefix.end], prefix.position)
    }

    /// The text between the braces of one of these prefixes.
    pub(super) fn labels<'a>(&self, prefix: &'a str) -> &'a str {
        prefix.get(self.before..prefix.len() - self.after).unwrap_or("")
    }

    /// Whether no two series have the same labels.
    pub(super) fn are_distinct(&self) -> bool {
        self.distinct
    }
}

#[cfg(test)]
mod tests {
    use super::{super::scope_labels::ScopeEntries, *};
    use crate::core::{
        storage::{AttributeValue, SeriesLabels},
        sync::Timestamp,
    };

    fn labels<'a>(values: &'a [&'a str]) -> impl Iterator<Item = Labels> + 'a {
        values.iter().map(|value| {
            let label = ("l".into(), AttributeValue::Str((*value).into()));
            let labels = SeriesLabels::of_attributes(Box::new([label]), Timestamp::now());
            Labels::of_series(labels.attributes(), &ScopeEntries::default(), &[], None)
        })
    }

    #[test]
    fn lines_are_in_the_order_of_their_labels_and_know_the_places_of_their_values() {
        let prefixes = SeriesPrefixes::new("x", InstrumentKind::Counter, labels(&["b", "", "a"]));
        let all: Vec<_> = prefixes.iter().collect();
        assert_eq!(all, [("x_total ", 1), ("x_total{l=\"a\"} ", 2), ("x_total{l=\"b\"} ", 0)]);
        let labels: Vec<_> = all.iter().map(|(prefix, _)| prefixes.labels(prefix)).collect();
        assert_eq!(labels, ["", "l=\"a\"", "l=\"b\""]);
        assert!(prefixes.are_distinct());
    }

    #[test]
    fn the_lines_of_a_histogram_leave_room_for_the_boundary() {
        let prefixes = SeriesPrefixes::new("x", InstrumentKind::Histogram, labels(&["a", "", "a"]));
        let all: Vec<_> = prefixes.iter().collect();
        assert_eq!(all, [("x_bucket{", 1), ("x_bucket{l=\"a\",", 0), ("x_bucket{l=\"a\",", 2)]);
        let labels: Vec<_> = all.iter().map(|(prefix, _)| prefixes.labels(prefix)).collect();
        assert_eq!(labels, ["", "l=\"a\"", "l=\"a\""]);
        assert!(!prefixes.are_distinct());
    }
}
