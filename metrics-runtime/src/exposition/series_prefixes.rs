use osapi_metrics_rules::InstrumentKind;

use super::labels::Labels;

/// What stands before the values of a metric's series, written once for many scrapes.
///
/// Both formats write it alike: `osapi_jobs_total{status="failed"} `, and for a histogram the part of its buckets that
/// they have in common, `osapi_wait_seconds_bucket{queue="a",`.
#[derive(Debug, Default)]
pub(super) struct SeriesPrefixes {
    text: String,
    /// In that of their labels.
    order: Vec<Line>,
    /// How many bytes of a line stand before its labels, and how many after them.
    before: usize,
    after: usize,
    /// Whether each label set is there once.
    distinct: bool,
}

#[derive(Debug)]
struct Line {
    end: usize,
    /// The place of its value among those of the metric.
    place: usize,
}

impl SeriesPrefixes {
    /// The lines of series whose labels are given in the order of their values.
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
            InstrumentKind::UpDownCounter | InstrumentKind::Gauge => ("", " ", "} "),
            InstrumentKind::Histogram => ("_bucket", "{", ","),
        };
        let before = family.len() + suffix.len() + open.len();
        let of_labels: usize = series.iter().map(|(labels, _)| labels.as_str().len()).sum();
        let mut text = String::with_capacity(of_labels + series.len() * (before + close.len()));
        let order = series.into_iter().map(|(labels, place)| {
            text.push_str(family);
            text.push_str(suffix);
            if labels.as_str().is_empty() {
                text.push_str(open);
            } else {
                text.push('{');
                text.push_str(labels.as_str());
                text.push_str(close);
            }
            Line { end: text.len(), place }
        });
        let order = order.collect();
        Self { text, order, before, after: close.len(), distinct }
    }

    /// Each line, and the place of its value, in the order of the labels.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, usize)> {
        let mut start = 0;
        self.order.iter().map(move |line| {
            let text = &self.text[start..line.end];
            start = line.end;
            (text, line.place)
        })
    }

    /// The line at this place in the order of the labels, and the place of its value.
    pub(super) fn get(&self, nth: usize) -> (&str, usize) {
        let start = nth.checked_sub(1).map_or(0, |before| self.order[before].end);
        let line = &self.order[nth];
        (&self.text[start..line.end], line.place)
    }

    /// What stands between the braces of one of these lines.
    pub(super) fn labels<'a>(&self, line: &'a str) -> &'a str {
        line.get(self.before..line.len() - self.after).unwrap_or("")
    }

    /// Whether no two series have the same labels.
    pub(super) fn are_distinct(&self) -> bool {
        self.distinct
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::KeyValue;

    use super::*;

    fn labels<'a>(values: &'a [&'a str]) -> impl Iterator<Item = Labels> + 'a {
        values
            .iter()
            .map(|value| Labels::of_point([KeyValue::new("l", (*value).to_owned())].iter(), &[]))
    }

    #[test]
    fn lines_are_in_the_order_of_their_labels_and_know_the_places_of_their_values() {
        let lines = SeriesPrefixes::new("x", InstrumentKind::Counter, labels(&["b", "", "a"]));
        let all: Vec<_> = lines.iter().collect();
        assert_eq!(all, [("x_total ", 1), ("x_total{l=\"a\"} ", 2), ("x_total{l=\"b\"} ", 0)]);
        let labels: Vec<_> = all.iter().map(|(line, _)| lines.labels(line)).collect();
        assert_eq!(labels, ["", "l=\"a\"", "l=\"b\""]);
        assert!(lines.are_distinct());
    }

    #[test]
    fn the_lines_of_a_histogram_leave_room_for_the_boundary() {
        let lines = SeriesPrefixes::new("x", InstrumentKind::Histogram, labels(&["a", "", "a"]));
        let all: Vec<_> = lines.iter().collect();
        assert_eq!(all, [("x_bucket{", 1), ("x_bucket{l=\"a\",", 0), ("x_bucket{l=\"a\",", 2)]);
        let labels: Vec<_> = all.iter().map(|(line, _)| lines.labels(line)).collect();
        assert_eq!(labels, ["", "l=\"a\"", "l=\"a\""]);
        assert!(!lines.are_distinct());
    }
}
