//! What the processes expose, as frames of a history.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use osapi_metrics_explorer::{MetricInfo, MetricKind, NewSeries, Recording, SeriesKey};

use super::families::{Family, OwnedLabels, Value};

/// The label that says which process a series is of.
const INSTANCE: &str = "instance";
/// What a process calls a label of its own of this name, as in a Prometheus.
const EXPORTED_INSTANCE: &str = "exported_instance";
/// A series that there was no room for is tried again after so many frames.
const TRIED_AGAIN: u64 = 60;

/// Knows which series of the history is which of the processes.
#[derive(Debug)]
pub(super) struct Recorder {
    targets: Vec<Tracked>,
    up: Arc<MetricInfo>,
    frame: u64,
}

/// The series of one process.
#[derive(Debug, Default)]
struct Tracked {
    up: Option<SeriesKey>,
    metrics: HashMap<String, TrackedMetric>,
}

#[derive(Debug)]
struct TrackedMetric {
    info: Arc<MetricInfo>,
    series: BTreeMap<OwnedLabels, TrackedSeries>,
    frame: u64,
}

#[derive(Debug)]
struct TrackedSeries {
    /// Absent if there was no room for it.
    key: Option<SeriesKey>,
    boundaries: Option<Arc<[f64]>>,
    frame: u64,
}

impl Recorder {
    pub(super) fn new(targets: usize) -> Self {
        let up = MetricInfo::new("up", "osapi-metrics explore", MetricKind::Gauge, "");
        let targets = (0..targets).map(|_| Tracked::default()).collect();
        Self { targets, up: Arc::new(up), frame: 0 }
    }

    /// Writes a frame: for each process its instance, and its values if it answers. The series of a
    /// process that does not answer have no values.
    pub(super) fn record<'a>(
        &mut self,
        readings: impl Iterator<Item = (&'a str, Option<&'a [Family]>)>,
        recording: &mut Recording<'_>,
    ) {
        self.frame += 1;
        for (tracked, (instance, families)) in self.targets.iter_mut().zip(readings) {
            tracked.up(&self.up, instance, families.is_some(), recording);
            if let Some(families) = families {
                tracked.record(instance, families, self.frame, recording);
            }
        }
    }
}

impl Tracked {
    fn up(
        &mut self,
        up: &Arc<MetricInfo>,
        instance: &str,
        is_up: bool,
        recording: &mut Recording<'_>,
    ) {
        let series = NewSeries { metric: up, labels: &[(INSTANCE, instance)], boundaries: None };
        self.up = self.up.or_else(|| recording.begin_series(&series));
        if let Some(key) = self.up {
            recording.number(key, if is_up { 1.0 } else { 0.0 });
        }
    }

    fn record(
        &mut self,
        instance: &str,
        families: &[Family],
        frame: u64,
        recording: &mut Recording<'_>,
    ) {
        for family in families {
            if !self.metrics.contains_key(&family.name) {
                self.metrics.insert(family.name.clone(), TrackedMetric::of(family));
            }
            let metric = self.metrics.get_mut(&family.name).expect("it was inserted");
            if !metric.is_of(family) {
                metric.end_all(recording);
                *metric = TrackedMetric::of(family);
            }
            metric.record(instance, family, frame, recording);
        }
        self.metrics.retain(|_, metric| {
            if metric.frame != frame {
                metric.end_all(recording);
            }
            metric.frame == frame
        });
    }
}

impl TrackedMetric {
    fn of(family: &Family) -> Self {
        let Family { name, kind, unit, scope, .. } = family;
        let info = MetricInfo::new(&**name, &**scope, *kind, &**unit);
        Self { info: Arc::new(info), series: BTreeMap::new(), frame: 0 }
    }

    fn is_of(&self, family: &Family) -> bool {
        let MetricInfo { kind, unit, scope, .. } = &*self.info;
        (*kind, &**unit, &**scope) == (family.kind, &*family.unit, &*family.scope)
    }

    fn record(
        &mut self,
        instance: &str,
        family: &Family,
        frame: u64,
        recording: &mut Recording<'_>,
    ) {
        self.frame = frame;
        for (labels, value) in &family.series {
            if !self.series.contains_key(labels) {
                self.series.insert(labels.clone(), TrackedSeries::new());
            }
            let series = self.series.get_mut(labels).expect("it was inserted");
            series.record(&self.info, (instance, labels), value, frame, recording);
        }
        self.series.retain(|_, series| {
            if series.frame != frame {
                series.end(recording);
            }
            series.frame == frame
        });
    }

    fn end_all(&mut self, recording: &mut Recording<'_>) {
        for series in self.series.values_mut() {
            series.end(recording);
        }
    }
}

impl TrackedSeries {
    fn new() -> Self {
        Self { key: None, boundaries: None, frame: 0 }
    }

    fn record(
        &mut self,
        info: &Arc<MetricInfo>,
        (instance, labels): (&str, &OwnedLabels),
        value: &Value,
        frame: u64,
        recording: &mut Recording<'_>,
    ) {
        let mut is_new = self.frame == 0;
        self.frame = frame;
        if !self.has_form_of(value) {
            is_new = true;
            self.end(recording);
            self.boundaries = match value {
                Value::Number(_) => None,
                Value::Distribution(distribution) => Some(distribution.boundaries().collect()),
            };
        }
        let key = match self.key {
            Some(key) => key,
            None if !is_new && !frame.is_multiple_of(TRIED_AGAIN) => {
                return recording.leave_out();
            }
            None => {
                let own = labels.iter().map(|(name, value)| {
                    let name = if name == INSTANCE { EXPORTED_INSTANCE } else { name };
                    (name, &**value)
                });
                let labels: Vec<_> = own.chain([(INSTANCE, instance)]).collect();
                let boundaries = self.boundaries.as_ref();
                let series = NewSeries { metric: info, labels: &labels, boundaries };
                let Some(key) = recording.begin_series(&series) else { return };
                self.key = Some(key);
                key
            }
        };
        match value {
            Value::Number(number) => recording.number(key, *number),
            Value::Distribution(distribution) => {
                recording.distribution(key, distribution.sum(), &distribution.samples());
            }
        }
    }

    /// Whether the series in the history has the boundaries of the value.
    fn has_form_of(&self, value: &Value) -> bool {
        match (&self.boundaries, value) {
            (None, Value::Number(_)) => true,
            (Some(known), Value::Distribution(distribution)) => {
                distribution.boundaries().eq(known.iter().copied())
            }
            _ => false,
        }
    }

    fn end(&mut self, recording: &mut Recording<'_>) {
        if let Some(key) = self.key.take() {
            recording.end_series(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use osapi_metrics_explorer::{HistoryQuery, Live, ProcessInfo};
    use serde_json::Value as Json;

    use super::{
        super::{declared::Declared, families::read},
        *,
    };
    use crate::exposition::Format;

    /// The history after frames of one process; an empty text is no answer.
    fn history(frames: &[&str]) -> Json {
        let mut live = Live::new(ProcessInfo::default(), Duration::from_secs(1));
        let mut recorder = Recorder::new(1);
        for (time, text) in (1..).zip(frames) {
            let families = read(text, Format::Text, &Declared::default()).unwrap();
            let reading = (!text.is_empty()).then_some(&*families);
            live.record(time * 1000, &[] as &[&str], |recording| {
                recorder.record([("a:1", reading)].into_iter(), recording);
            });
        }
        let answer: String = live.answer(&HistoryQuery::parse("").unwrap()).collect();
        serde_json::from_str(&answer).unwrap()
    }

    /// The values of a metric's series, with their labels.
    fn values(history: &Json, metric: &str) -> Vec<String> {
        let series = history["series"].as_array().unwrap();
        let found = series.iter().filter(|series| series["metric"] == metric);
        let mut found: Vec<_> =
            found.map(|series| format!("{} {}", series["labels"], series["values"])).collect();
        found.sort();
        found
    }

    #[test]
    fn a_process_that_is_away_leaves_a_gap() {
        let history = history(&["a 1\nb{x=\"1\"} 2\n", "", "a 3\n"]);
        assert_eq!(values(&history, "up"), [r#"{"instance":"a:1"} [1,0,1]"#]);
        assert_eq!(values(&history, "a"), [r#"{"instance":"a:1"} [1,null,3]"#]);
        assert_eq!(values(&history, "b"), [r#"{"instance":"a:1","x":"1"} [2,null,null]"#]);
    }

    #[test]
    fn a_label_of_the_same_name_is_kept() {
        let history = history(&["a{instance=\"b\"} 1\n"]);
        let expected = r#"{"exported_instance":"b","instance":"a:1"} [1]"#;
        assert_eq!(values(&history, "a"), [expected]);
    }

    #[test]
    fn a_metric_that_changes_its_form_is_another_series() {
        let number = "# TYPE a gauge\na 1\n";
        let one = "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_count 2\na_sum 3\n";
        let two = "# TYPE a histogram\na_bucket{le=\"2\"} 2\na_count 2\na_sum 3\n";
        let history = history(&[number, one, two, two]);
        let labels = r#"{"instance":"a:1"}"#;
        assert_eq!(
            values(&history, "a"),
            [
                format!("{labels} [1,null,null,null]"),
                format!("{labels} [null,[3,1,1],null,null]"),
                format!("{labels} [null,null,[3,2,0],[3,2,0]]"),
            ]
        );
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let lines = (0..60_000).map(|nth| format!("a{{x=\"{nth:090}\"}} 1\n"));
        let text = lines.collect::<Vec<_>>().concat();
        let history = history(&[&text, &text]);
        let there = values(&history, "a").len() as u64;
        assert!(there > 1000, "{there}");
        assert_eq!(there + history["left_out"].as_u64().unwrap(), 60_000);
    }
}
