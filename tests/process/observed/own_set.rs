//! The process in a set with names of its own.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use osapi_metrics::{
    LabelSet, MetricSet, ObservableCounter, ObservableGauge,
    instrumentation::process::{self, HeapUsage, MemoryType, ProcessOptions, ProcessRoles},
    roles::RoleLabels,
};
use osapi_metrics_tests::reading::Reading;

use crate::{RUNTIME, number, take_turn};

#[derive(LabelSet)]
struct MemoryLabels {
    #[label(key = "type")]
    memory_type: MemoryType,
}

impl RoleLabels<(), MemoryType> for MemoryLabels {
    fn role_labels((): &(), memory_type: &MemoryType) -> Self {
        Self { memory_type: *memory_type }
    }
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = ProcessRoles))]
struct ShopProcess {
    /// Memory of the process.
    #[metric(unit = "By", on = memory_by_type)]
    memory_usage_bytes: ObservableGauge<MemoryLabels, u64>,
    /// Memory that the program has allocated.
    #[metric(unit = "By", on = heap_used)]
    heap_bytes: ObservableGauge,
    /// Processor time of the process.
    #[metric(unit = "s", on = cpu_time)]
    cpu_seconds_total: ObservableCounter<(), f64>,
}

fn memory(memory_type: &str) -> Option<f64> {
    Reading::of(&RUNTIME).number("shop_memory_usage_bytes", &[("type", memory_type)])
}

#[test]
fn memory_has_a_type_and_the_heap_is_what_the_allocator_reports() {
    let _turn = take_turn();
    let used = Arc::new(AtomicU64::new(1000));
    let reported = Arc::clone(&used);
    let options = ProcessOptions::new().heap(move || {
        let used = reported.load(Ordering::Relaxed);
        (used > 0).then_some(HeapUsage { used, size: 4096 })
    });
    let observations = options.observe_in::<ShopProcess>(&()).unwrap();
    assert_eq!((memory("heap"), memory("heap_total")), (Some(1000.0), Some(4096.0)));
    assert_eq!(Reading::of(&RUNTIME).number("shop_heap_bytes", &[]), Some(1000.0));
    let resident = number("process_memory_usage_bytes", &[]);
    let ratio = memory("rss").unwrap() / resident;
    assert!((0.5..2.0).contains(&ratio), "{ratio}");

    // The allocator reports nothing, and then something else.
    used.store(0, Ordering::Relaxed);
    assert_eq!((memory("heap"), memory("heap_total")), (None, None));
    assert!(memory("rss").is_some());
    used.store(2000, Ordering::Relaxed);
    assert_eq!(memory("heap"), Some(2000.0));

    drop(observations);
    assert_eq!((memory("heap"), memory("rss")), (None, None));
    // The other set is observed as before.
    assert!(number("process_uptime_seconds", &[]) > 0.0);
}

#[test]
fn without_an_allocator_the_heap_is_absent() {
    let _turn = take_turn();
    let _observations = process::observe_in::<ShopProcess>(&()).unwrap();
    assert_eq!((memory("heap"), memory("heap_total")), (None, None));
    let modes = || {
        ["user", "system"]
            .map(|mode| number("process_cpu_time_seconds_total", &[("cpu_mode", mode)]))
    };
    let sum = |[user, system]: [f64; 2]| user + system;
    let (before, own, after) = (sum(modes()), number("shop_cpu_seconds_total", &[]), sum(modes()));
    assert!(before <= own && own <= after, "{before} {own} {after}");
}
