use osapi_metrics::catalogue::document::MetricDocument;

/// Which samples of a metric.
#[derive(Clone, Copy, Debug)]
pub(super) enum Samples {
    /// The values of a gauge, an up-down counter, an info or a state set.
    Values,
    /// The values of a counter, or the number of values of a histogram.
    Number,
    /// The buckets of a histogram.
    Buckets,
    /// The sum of the values of a histogram.
    Sums,
}

impl Samples {
    /// The name of the samples. `None` if the metric has no such samples.
    pub(super) fn of(self, metric: &MetricDocument) -> Option<String> {
        let name = &metric.prometheus_name;
        match (self, metric.kind.as_str()) {
            (Self::Values, "gauge" | "up_down_counter" | "info" | "state_set")
            | (Self::Number, "counter") => Some(name.clone()),
            (Self::Number, "histogram") => Some(format!("{name}_count")),
            (Self::Buckets, "histogram") => Some(format!("{name}_bucket")),
            (Self::Sums, "histogram") => Some(format!("{name}_sum")),
            _ => None,
        }
    }
}
