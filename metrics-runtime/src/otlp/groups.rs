use std::{sync::Arc, time::Duration};

use osapi_metrics_rules::prometheus_name;

use crate::{
    bridge::Bridge,
    collection::{CollectError, Collector, GroupedCollector},
    config::{OtlpConfig, OtlpInterval},
    core::snapshot::{MetricIdentity, Snapshot},
    periodic::DueGroups,
};

/// The groups of metrics that are exported at one interval each.
#[derive(Clone, Debug)]
pub(super) struct IntervalGroups {
    default: Duration,
    entries: Vec<OtlpInterval>,
    /// The interval of each group, each once. At least one.
    intervals: Vec<Duration>,
}

/// Collects what a push exports.
#[derive(Debug)]
pub(super) enum PushCollector {
    /// All metrics have one interval.
    Whole(Collector),
    Grouped(GroupedCollector),
}

impl IntervalGroups {
    pub(super) fn of(config: &OtlpConfig) -> Self {
        let mut intervals: Vec<_> = config.intervals.iter().map(|entry| entry.interval).collect();
        intervals.push(config.interval);
        intervals.sort_unstable();
        intervals.dedup();
        Self { default: config.interval, entries: config.intervals.clone(), intervals }
    }

    pub(super) fn intervals(&self) -> &[Duration] {
        &self.intervals
    }

    fn group_of(&self, metric: &MetricIdentity) -> usize {
        let unit = Some(&*metric.unit).filter(|unit| !unit.is_empty());
        let prometheus_name = prometheus_name(&metric.name, unit, metric.kind);
        let first = OtlpInterval::first_of(&self.entries, &metric.name, prometheus_name.as_str());
        let interval = first.map_or(self.default, |first| first.interval);
        self.intervals.binary_search(&interval).unwrap_or_default()
    }

    /// The collector of a push to the endpoint.
    pub(super) fn collector(self, bridge: Arc<Bridge>) -> PushCollector {
        match self.intervals.len() {
            1 => PushCollector::Whole(Collector::new(bridge)),
            groups => {
                let group_of = move |metric: &MetricIdentity| self.group_of(metric);
                PushCollector::Grouped(GroupedCollector::new(bridge, groups, group_of))
            }
        }
    }
}

impl PushCollector {
    /// Reads the metrics of the groups.
    pub(super) fn collect(&mut self, due: DueGroups<'_>) -> Result<&Snapshot, CollectError> {
        let collecting = Collector::begin()?;
        match self {
            Self::Whole(collector) => collector.collect(&collecting),
            Self::Grouped(collector) => collector.collect(&collecting, due),
        }
    }
}
