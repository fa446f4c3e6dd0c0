use osapi_metrics::{
    Counter, LabelSet, MetricSet,
    instruments::{CounterSeries, SeriesCache},
};

#[derive(Clone, Copy, PartialEq, Eq, Hash, LabelSet)]
struct RequestLabels<'a> {
    #[label(max = 50)]
    route: &'a str,
}

#[derive(MetricSet)]
struct Requests {
    /// Requests answered.
    requests_answered_total: Counter<RequestLabels<'static>>,
}

static SERIES: SeriesCache<RequestLabels<'static>, CounterSeries> =
    SeriesCache::new(|labels| Requests::global().requests_answered_total.with(*labels));

fn main() {
    let route = String::from("/jobs");
    SERIES.with(RequestLabels { route: &route }).inc();
}
