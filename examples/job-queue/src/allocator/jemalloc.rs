use osapi_metrics::instrumentation::process::HeapUsage;
use tikv_jemalloc_ctl::{epoch, stats};
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// The heap at this moment; `None` if jemalloc does not report it.
pub fn heap_usage() -> Option<HeapUsage> {
    // The statistics are those of the last advance.
    epoch::advance().ok()?;
    let used = stats::allocated::read().ok()?;
    let size = stats::resident::read().ok()?;
    Some(HeapUsage { used: used as u64, size: size as u64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allocation_is_in_the_heap() {
        let before = heap_usage().unwrap();
        let bytes = vec![1_u8; 32 << 20];
        let during = heap_usage().unwrap();
        // Tests that run at the same time free less than that.
        assert!(during.used >= before.used + (16 << 20), "{before:?} {during:?}");
        assert!(during.size >= during.used, "{during:?}");
        drop(bytes);
    }
}
