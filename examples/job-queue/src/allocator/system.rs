use osapi_metrics::instrumentation::process::HeapUsage;

/// `None`: the allocator of the system does not report its heap.
pub fn heap_usage() -> Option<HeapUsage> {
    None
}
