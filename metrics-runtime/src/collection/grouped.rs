use std::{fmt, sync::Arc};

use super::{core_instrument::CoreInstrument, error::CollectError};
use crate::{
    bridge::{Bridge, OtherMetrics, ThreadFlagGuard},
    core::{
        snapshot::{MetricIdentity, MetricSnapshot, Snapshot},
        sync::{Timestamp, split},
    },
    periodic::DueGroups,
};

/// Collects snapshots for an exporter whose metrics are in several groups: each snapshot has the
/// metrics of some of them, and nothing else is read.
pub(crate) struct GroupedCollector {
    bridge: Arc<Bridge>,
    group_of: GroupOf,
    groups: Vec<Group>,
    /// The groups whose metrics are in the snapshot, in its order.
    collected: Vec<usize>,
    others: OtherMetrics,
    sdk: SdkGroups,
    snapshot: Snapshot,
}

type GroupOf = Box<dyn Fn(&MetricIdentity) -> usize + Send>;

#[derive(Default)]
struct Group {
    instruments: Vec<CoreInstrument>,
    /// The metrics of the instruments, and behind them those that do not change. Empty while they
    /// are in the snapshot.
    metrics: Vec<MetricSnapshot>,
    /// The number of metrics.
    len: usize,
}

/// The groups that have metrics in the SDK, which collects all of its instruments at once.
#[derive(Debug)]
struct SdkGroups {
    has_metrics: Vec<bool>,
    /// The number of instruments that have been considered.
    known: usize,
}

impl GroupedCollector {
    /// `group_of` returns the group of a metric, below the number of `groups`.
    pub(crate) fn new(
        bridge: Arc<Bridge>,
        groups: usize,
        group_of: impl Fn(&MetricIdentity) -> usize + Send + 'static,
    ) -> Self {
        let mut of_groups: Vec<_> = (0..groups).map(|_| Group::default()).collect();
        for instrument in bridge.direct().map(CoreInstrument::new) {
            let metric = MetricSnapshot::without_series(instrument.descriptor());
            let group = &mut of_groups[group_of(&metric.identity)];
            group.instruments.push(instrument);
            group.metrics.push(metric);
        }
        if let Some(build_info) = bridge.build_info() {
            of_groups[group_of(&build_info.identity)].metrics.push(build_info.clone());
        }
        for group in &mut of_groups {
            group.len = group.metrics.len();
        }
        let snapshot = Snapshot {
            resource: Arc::clone(bridge.resource()),
            constants: Arc::clone(bridge.constants()),
            ..Snapshot::default()
        };
        Self {
            bridge,
            group_of: Box::new(group_of),
            groups: of_groups,
            collected: Vec::new(),
            others: OtherMetrics::default(),
            sdk: SdkGroups { has_metrics: vec![false; groups], known: 0 },
            snapshot,
        }
    }

    /// Reads the metrics of the groups. The guard is from
    /// [`begin`](super::Collector::begin).
    ///
    /// The SDK collects only if one of the groups has instruments there.
    pub(crate) fn collect(
        &mut self,
        _: &ThreadFlagGuard,
        due: DueGroups<'_>,
    ) -> Result<&Snapshot, CollectError> {
        self.take_back();
        let of_sdk = self.is_sdk_due(due).then(|| self.bridge.collect()).transpose()?;
        let Self { bridge, group_of, groups, collected, others, sdk, snapshot } = self;
        let Snapshot { time, metrics, .. } = snapshot;
        for (nth, group) in groups.iter_mut().enumerate().filter(|(nth, _)| due.has(*nth)) {
            for (instrument, metric) in group.instruments.iter().zip(&mut group.metrics) {
                instrument.read(metric);
            }
            metrics.append(&mut group.metrics);
            collected.push(nth);
        }
        if let Some(of_sdk) = of_sdk {
            let is_left_out = |metric: &MetricIdentity| {
                if bridge.is_duplicate(metric) {
                    return true;
                }
                let group = group_of(metric);
                // A view of the user can have given the metric another name.
                sdk.has_metrics[group] = true;
                !due.has(group)
            };
            others.join(&of_sdk, is_left_out, metrics);
        }
        // The clock can be set back.
        *time = Timestamp::now().max(*time);
        if split::has_lost_lock() {
            return Err(CollectError::LostLock);
        }
        Ok(snapshot)
    }

    /// Takes the metrics of the last snapshot back into their groups.
    fn take_back(&mut self) {
        let Self { groups, collected, snapshot, .. } = self;
        let mut metrics = snapshot.metrics.drain(..);
        for nth in collected.drain(..) {
            let group = &mut groups[nth];
            group.metrics.extend(metrics.by_ref().take(group.len));
        }
    }

    fn is_sdk_due(&mut self, due: DueGroups<'_>) -> bool {
        let Self { bridge, group_of, sdk, .. } = self;
        for created in bridge.created_beyond(sdk.known) {
            sdk.known += 1;
            sdk.has_metrics[group_of(&created)] = true;
        }
        let mut groups = sdk.has_metrics.iter().enumerate();
        due == DueGroups::All || groups.any(|(group, has_metrics)| *has_metrics && due.has(group))
    }
}

impl fmt::Debug for GroupedCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupedCollector").field("bridge", &self.bridge).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        thread,
    };

    use opentelemetry::metrics::MeterProvider;

    use super::*;
    use crate::{
        bridge::BridgeSetup,
        collection::Collector,
        config::MetricsConfig,
        core::{
            instruments::{ObservableCounter, ObservableGauge},
            registry::MetricSet,
        },
    };

    #[derive(MetricSet)]
    #[metric_set(crate = "crate", prefix = "test_grouped")]
    struct Grouped {
        /// Of the first group.
        fast_total: ObservableCounter,
        /// Of the second group.
        slow_total: ObservableCounter,
        /// Of the second group, too.
        slow_level: ObservableGauge,
    }

    fn group_of(metric: &MetricIdentity) -> usize {
        let is = |word: &str| metric.name.contains(word);
        if is("fast") {
            0
        } else if is("slow") {
            1
        } else {
            2
        }
    }

    /// The names of the metrics of this test that have series, sorted.
    fn collect(collector: &mut GroupedCollector, due: DueGroups<'_>) -> Vec<String> {
        let collecting = Collector::begin().unwrap();
        let snapshot = collector.collect(&collecting, due).unwrap();
        let with_series = snapshot.metrics.iter().filter(|metric| !metric.series.is_empty());
        let mut names: Vec<_> =
            with_series.map(|metric| metric.identity.name.to_string()).collect();
        names.retain(|name| name.contains("grouped") || name == "osapi_build_info");
        names.sort();
        names
    }

    /// Counts the calls on this thread. Other tests of the process collect on theirs.
    fn counted(calls: &'static AtomicU32) -> impl Fn() -> u64 + Send + Sync + 'static {
        let of_test = thread::current().id();
        move || {
            if thread::current().id() == of_test {
                calls.fetch_add(1, Ordering::Relaxed);
            }
            1
        }
    }

    const FAST: DueGroups<'_> = DueGroups::Some(&[true, false, false]);
    const SLOW: DueGroups<'_> = DueGroups::Some(&[false, true, false]);
    const FAST_AND_REST: DueGroups<'_> = DueGroups::Some(&[true, false, true]);

    #[test]
    fn only_what_is_due_is_read() {
        static FAST_CALLS: AtomicU32 = AtomicU32::new(0);
        static SLOW_CALLS: AtomicU32 = AtomicU32::new(0);
        static OTHER_CALLS: AtomicU32 = AtomicU32::new(0);

        let calls =
            || [&FAST_CALLS, &SLOW_CALLS, &OTHER_CALLS].map(|calls| calls.load(Ordering::Relaxed));
        let set = Grouped::global();
        let level = counted(&SLOW_CALLS);
        let _observations = (
            set.fast_total.observe(counted(&FAST_CALLS)),
            set.slow_total.observe(|| 1),
            set.slow_level.observe(move || level() as f64),
        );
        let config = MetricsConfig::default();
        let setup = BridgeSetup { config: &config, readers: Vec::new(), views: Vec::new() };
        let bridge = Arc::new(Bridge::start(setup));
        let mut collector = GroupedCollector::new(Arc::clone(&bridge), 3, group_of);
        let fast = ["test_grouped_fast_total"];
        let slow = ["test_grouped_slow_level", "test_grouped_slow_total"];

        assert_eq!(collect(&mut collector, FAST), fast);
        assert_eq!(collect(&mut collector, SLOW), slow);
        assert_eq!(collect(&mut collector, SLOW), slow);
        assert_eq!(
            collect(&mut collector, FAST_AND_REST),
            ["osapi_build_info", "test_grouped_fast_total"]
        );
        assert_eq!(calls(), [2, 2, 0]);

        let meter = bridge.sdk().meter("test_grouped");
        let observe = |name: &'static str| {
            let gauge = meter.u64_observable_gauge(name).with_callback(|gauge| {
                OTHER_CALLS.fetch_add(1, Ordering::Relaxed);
                gauge.observe(1, &[]);
            });
            let _ = gauge.build();
        };
        observe("other_grouped.slow");
        assert_eq!(collect(&mut collector, FAST), fast);
        assert_eq!(calls(), [3, 2, 0], "nothing of the SDK is due");
        let with_other = ["other_grouped.slow", slow[0], slow[1]];
        assert_eq!(collect(&mut collector, SLOW), with_other);
        assert_eq!(calls(), [3, 3, 1]);

        observe("other_grouped.fast");
        assert_eq!(collect(&mut collector, FAST), ["other_grouped.fast", fast[0]]);
        assert_eq!(calls(), [4, 3, 3], "the SDK calls the closures of all its instruments");

        let all = [
            "osapi_build_info",
            "other_grouped.fast",
            "other_grouped.slow",
            fast[0],
            slow[0],
            slow[1],
        ];
        for _ in 0..2 {
            assert_eq!(collect(&mut collector, DueGroups::All), all);
        }
        assert_eq!(collect(&mut collector, FAST), ["other_grouped.fast", fast[0]]);
        bridge.detach();
    }
}
