use std::sync::Arc;

use osapi_metrics_rules::InstrumentKind;

use super::{
    Captured, CapturedHistogram, CapturedValue,
    listing::written,
    metric::{Filter, Metric, matches},
};
use crate::core::{
    instruments::RegisteredInstrument,
    snapshot::{Exemplars, Values},
    storage::{AllSeries, SeriesLabels},
};

/// A name is the Prometheus or the OpenTelemetry name of a metric. Labels select the series that
/// have them, with or without other labels; no labels select all series.
impl Captured {
    /// The sum of all series of a counter or an observable counter that have these labels.
    ///
    /// # Panics
    ///
    /// If no counter of this name is linked in, or if it cannot have such labels.
    #[track_caller]
    pub fn counter(&self, name: &str, labels: &[(&str, &str)]) -> CapturedValue {
        self.sum(name, InstrumentKind::Counter, labels)
    }

    /// The sum of all series of an up-down counter or an observable up-down counter that have these
    /// labels.
    ///
    /// # Panics
    ///
    /// If no up-down counter of this name is linked in, or if it cannot have such labels.
    #[track_caller]
    pub fn up_down_counter(&self, name: &str, labels: &[(&str, &str)]) -> CapturedValue {
        self.sum(name, InstrumentKind::UpDownCounter, labels)
    }

    /// The value of the series of a gauge that has these labels, if it is set. An observable gauge
    /// has a value if its closure gives one now.
    ///
    /// ```
    /// # use osapi_metrics::{Gauge, MetricSet, testing};
    /// # /// Queue.
    /// # #[derive(MetricSet)] struct Queue {
    /// #     /// Fill level of the queue, 0 to 1.
    /// #     #[metric(unit = "1")]
    /// #     queue_fill_ratio: Gauge,
    /// # }
    /// let captured = testing::capture(|| Queue::global().queue_fill_ratio.set(0.4));
    /// assert_eq!(captured.gauge("osapi_queue_fill_ratio", &[]).unwrap(), 0.4);
    /// ```
    ///
    /// # Panics
    ///
    /// If no gauge of this name is linked in, if it cannot have such labels, or if several series
    /// have them and a value.
    #[track_caller]
    pub fn gauge(&self, name: &str, labels: &[(&str, &str)]) -> Option<CapturedValue> {
        let metric = Metric::of_kind(name, InstrumentKind::Gauge, self);
        metric.check_labels(labels);
        let series = self.series(&metric, labels);
        assert!(
            series.len() <= 1,
            "{} series of `{name}` have these labels; ask for one of\n{}",
            series.len(),
            series
                .iter()
                .map(|(labels, value)| written(name, metric.descriptor, labels, value))
                .collect::<String>()
        );
        series.first().map(|(_, value)| *value)
    }

    /// Whether an info has these facts now, among others.
    ///
    /// ```
    /// # use osapi_metrics::{Info, LabelSet, MetricSet, testing};
    /// # #[derive(LabelSet)] struct Firmware { #[label(max = 1)] version: &'static str }
    /// # /// Device.
    /// # #[derive(MetricSet)] struct Device {
    /// #     /// The firmware that runs, in its labels; always 1.
    /// #     modem_info: Info<Firmware>,
    /// # }
    /// let captured = testing::capture(|| {
    ///     Device::global().modem_info.set(Firmware { version: "2.1" });
    /// });
    /// assert!(captured.info("osapi_modem_info", &[("version", "2.1")]));
    /// assert!(!captured.info("osapi_modem_info", &[("version", "2.0")]));
    /// ```
    ///
    /// # Panics
    ///
    /// If no info of this name is linked in, or if it cannot have such labels.
    #[track_caller]
    pub fn info(&self, name: &str, labels: &[(&str, &str)]) -> bool {
        let metric = Metric::of_kind(name, InstrumentKind::Info, self);
        metric.check_labels(labels);
        !self.series(&metric, labels).is_empty()
    }

    /// The states of a state set that hold now for these labels, in the order of the enum: one, or
    /// any number if they are set as flags. `None` if no state was set.
    ///
    /// ```
    /// # use osapi_metrics::{LabelValue, MetricSet, StateSet, testing};
    /// # #[derive(Clone, Copy, LabelValue)] enum Link { Down, Up }
    /// # /// Network.
    /// # #[derive(MetricSet)] struct Network {
    /// #     /// Whether the link is up.
    /// #     modem_link_state: StateSet<Link>,
    /// # }
    /// let captured = testing::capture(|| Network::global().modem_link_state.set(Link::Up));
    /// assert_eq!(captured.states("osapi_modem_link_state", &[]).unwrap(), ["up"]);
    /// ```
    ///
    /// # Panics
    ///
    /// If no state set of this name is linked in, or if it cannot have such labels.
    #[track_caller]
    pub fn states(&self, name: &str, labels: &[(&str, &str)]) -> Option<Vec<String>> {
        let metric = Metric::of_kind(name, InstrumentKind::StateSet, self);
        metric.check_labels(labels);
        let series = self.series(&metric, labels);
        if series.is_empty() {
            return None;
        }
        let key = metric.descriptor.name;
        let holding = series.iter().filter(|(_, value)| *value == 1);
        let state = |series: &SeriesLabels| series.get(key).map(|state| state.to_string());
        let states: Vec<_> = holding.filter_map(|(series, _)| state(series)).collect();
        Some(states)
    }

    /// The values of all series of a histogram that have these labels.
    ///
    /// ```
    /// # use osapi_metrics::{Histogram, MetricSet, testing};
    /// # /// Requests.
    /// # #[derive(MetricSet)] struct Requests {
    /// #     /// Time to answer.
    /// #     #[metric(unit = "s", buckets = [0.1, 1, 5])]
    /// #     answer_seconds: Histogram,
    /// # }
    /// let captured = testing::capture(|| {
    ///     Requests::global().answer_seconds.record(0.25);
    ///     Requests::global().answer_seconds.record(0.5);
    /// });
    /// let answers = captured.histogram("osapi_answer_seconds", &[]);
    /// assert_eq!(answers.count, 2);
    /// assert_eq!(answers.sum, 0.75);
    /// assert_eq!(answers.max.unwrap(), 0.5);
    /// assert_eq!(answers.buckets, [(0.1, 0), (1.0, 2), (5.0, 0), (f64::INFINITY, 0)]);
    /// ```
    ///
    /// # Panics
    ///
    /// If no histogram of this name is linked in, or if it cannot have such labels.
    #[track_caller]
    pub fn histogram(&self, name: &str, labels: &[(&str, &str)]) -> CapturedHistogram {
        let metric = Metric::of_kind(name, InstrumentKind::Histogram, self);
        metric.check_labels(labels);
        let mut histogram = CapturedHistogram::empty(metric.descriptor.buckets);
        for instrument in &metric.instruments {
            let (series, values) = self.read(*instrument);
            let Values::Distributions(distributions) = values else { continue };
            for (position, series) in series.iter().enumerate() {
                if let Some(distribution) = distributions.get(position)
                    && matches(metric.descriptor, series, labels)
                {
                    histogram.add(distribution);
                }
            }
        }
        histogram
    }

    /// The number of samples of a metric that were dropped because it cannot take them: NaN,
    /// infinite, negative for a counter, or a duration if the unit is not a unit of time.
    ///
    /// # Panics
    ///
    /// If no metric of this name is linked in.
    #[track_caller]
    pub fn dropped_samples(&self, name: &str) -> u64 {
        let metric = Metric::named(name, self);
        metric.instruments.iter().map(|instrument| instrument.stats().family.dropped).sum()
    }

    /// The number of uses of the overflow series of a metric in place of a series beyond a declared
    /// limit. The overflow series has the label `otel_metric_overflow` with the value `true`.
    ///
    /// # Panics
    ///
    /// If no metric of this name is linked in.
    #[track_caller]
    pub fn overflowed_samples(&self, name: &str) -> u64 {
        let metric = Metric::named(name, self);
        metric.instruments.iter().map(|instrument| instrument.stats().family.overflowed).sum()
    }

    #[track_caller]
    fn sum(&self, name: &str, kind: InstrumentKind, labels: &Filter<'_>) -> CapturedValue {
        let metric = Metric::of_kind(name, kind, self);
        metric.check_labels(labels);
        let values = self.series(&metric, labels).into_iter().map(|(_, value)| value);
        values.fold(CapturedValue::ZERO, CapturedValue::plus)
    }

    /// The series that have these labels and a value.
    fn series(
        &self,
        metric: &Metric,
        labels: &Filter<'_>,
    ) -> Vec<(Arc<SeriesLabels>, CapturedValue)> {
        let all = metric.instruments.iter().flat_map(|instrument| self.values(*instrument));
        all.filter(|(series, _)| matches(metric.descriptor, series, labels)).collect()
    }

    /// The values of all series of an instrument, unless it is a histogram.
    pub(super) fn values(
        &self,
        instrument: &'static dyn RegisteredInstrument,
    ) -> Vec<(Arc<SeriesLabels>, CapturedValue)> {
        let (series, values) = self.read(instrument);
        let Values::Numbers(values) = values else { return Vec::new() };
        let all = series.iter().cloned().zip(values);
        all.filter_map(|(series, value)| Some((series, value?.into()))).collect()
    }

    /// The series of an instrument, and their values.
    pub(super) fn read(
        &self,
        instrument: &'static dyn RegisteredInstrument,
    ) -> (AllSeries, Values) {
        let mut values = Values::default();
        // Observed closures that read a set get the set of this capture.
        let series = self.run(|| instrument.read(&mut values, &mut Exemplars::default()));
        (series, values)
    }
}
