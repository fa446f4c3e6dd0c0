use osapi_metrics::catalogue::document::ObjectiveDocument;

use super::super::{
    document::InputSeries,
    duration,
    handler::{self, Handler},
    labels::Labels,
    series,
};
use crate::generate::query::{Selector, aggregated};

/// What good and valid jobs of a handler are counted by.
#[derive(Debug)]
pub(super) struct Source {
    /// The beginning of the names of records.
    stem: String,
    good: Counter,
    valid: Counter,
    /// Where cancelled jobs are counted, and those of them that took at most the latency: the
    /// others are valid.
    cancelled: Option<(Selector, Selector)>,
}

/// Series of a counter, and one of them.
#[derive(Debug)]
struct Counter {
    selector: Selector,
    name: String,
    labels: Labels,
}

impl Source {
    /// The counters of a handler, or why there are none.
    pub(super) fn find(
        handler: &Handler<'_>,
        objective: &ObjectiveDocument,
    ) -> Result<Self, &'static str> {
        Self::counters(handler).map_or_else(|| Self::buckets(handler, objective), Ok)
    }

    /// Counters of the events `slo_good` and `slo_valid`.
    fn counters(handler: &Handler<'_>) -> Option<Self> {
        let counter = |event| {
            let metric = handler.metric(event, "counter")?;
            Some(Counter {
                selector: handler.selector(&metric.prometheus_name, metric),
                name: metric.prometheus_name.clone(),
                labels: handler.series_labels(metric, &[]),
            })
        };
        let (good, valid) = (counter("slo_good")?, counter("slo_valid")?);
        let stem = valid.name.trim_end_matches("_total").trim_end_matches("_valid").to_owned();
        Some(Self { stem, good, valid, cancelled: None })
    }

    /// The histogram of durations by status, which has a bucket that ends at the latency.
    fn buckets(handler: &Handler<'_>, objective: &ObjectiveDocument) -> Result<Self, &'static str> {
        let metric = handler.metric("duration", "histogram").ok_or(
            "its set has neither counters of good and valid jobs nor a histogram of the durations \
             of this handler alone",
        )?;
        let status = handler::status(metric)
            .filter(|status| handler::values(status).any(|value| value == "cancelled"))
            .ok_or(
                "its set has no counters of good and valid jobs, and the histogram of durations \
                 does not have each way in which jobs end",
            )?;
        let unit = duration::seconds_in(metric.unit.as_deref())
            .ok_or("the unit of the histogram of durations is not a unit of time")?;
        let latency = objective.latency_seconds / unit;
        let is_latency = |boundary: &f64| (boundary - latency).abs() <= latency * 1e-9;
        let latency = handler.boundaries_in(metric).iter().copied().find(is_latency);
        let latency =
            latency.ok_or("no bucket of the histogram of durations ends at the latency")?;

        let label = status.prometheus_name.as_str();
        let stem = &metric.prometheus_name;
        let (bucket, count) = (format!("{stem}_bucket"), format!("{stem}_count"));
        let others: Vec<_> = handler::values(status).filter(|end| *end != "cancelled").collect();
        let of_status = |sample, end| handler.selector(sample, metric).with(label, end);
        let mut of_bucket = handler.series_labels(metric, &[(label, "completed")]);
        let of_count = of_bucket.clone();
        of_bucket.insert("le".to_owned(), format!("{latency:?}"));
        Ok(Self {
            stem: format!("{stem}_slo"),
            good: Counter {
                selector: of_status(&bucket, "completed").with_boundary(latency),
                name: bucket.clone(),
                labels: of_bucket,
            },
            valid: Counter {
                selector: handler.selector(&count, metric).with_one_of(label, &others),
                name: count.clone(),
                labels: of_count,
            },
            cancelled: Some((
                of_status(&count, "cancelled"),
                of_status(&bucket, "cancelled").with_boundary(latency),
            )),
        })
    }

    pub(super) fn stem(&self) -> &str {
        &self.stem
    }

    /// The increase of good jobs.
    pub(super) fn good(&self, window: &str) -> String {
        aggregated("sum", &[], &self.good.selector.increase(window))
    }

    /// The increase of valid jobs.
    pub(super) fn valid(&self, window: &str) -> String {
        let sum = |selector: &Selector| aggregated("sum", &[], &selector.increase(window));
        let valid = sum(&self.valid.selector);
        let Some((all, quick)) = &self.cancelled else { return valid };
        format!("{valid} + ({} - {} or vector(0))", sum(all), sum(quick))
    }

    /// The series that have to be there.
    pub(super) fn selectors(&self) -> [&Selector; 2] {
        [&self.valid.selector, &self.good.selector]
    }

    /// Series with these courses, from a process of this name if there are several.
    pub(super) fn series(
        &self,
        good: String,
        valid: String,
        process: Option<&str>,
    ) -> [InputSeries; 2] {
        let of = |counter: &Counter, values| {
            let mut labels = counter.labels.clone();
            if let Some(process) = process {
                labels.insert("instance".to_owned(), process.to_owned());
            }
            series::series(&counter.name, &labels, values)
        };
        [of(&self.good, good), of(&self.valid, valid)]
    }
}
