//! The beginning of the observation of the process.

use std::{fmt, sync::Arc};

use super::{
    ContextSwitch, CpuMode, MemoryType, PageFault, ProcFiles, ProcessError, ProcessMetrics,
    ProcessRoles, reading::Reading,
};
use crate::{
    roles::{Observations, RecordRoles, RoleObserver},
    sampling::SharedReading,
};

/// Records the [`ProcessMetrics`] until the returned value is dropped.
///
/// Observe the process once: the values of two observations are added up.
///
/// # Errors
///
/// If `/proc` cannot be read, or the system is not Linux.
///
/// ```
/// use osapi_metrics::instrumentation::process::{self, ProcessError};
///
/// match process::observe() {
///     Ok(observations) => observations.keep(),
///     Err(ProcessError::Unsupported) => {}
///     Err(error) => eprintln!("no metrics of the process: {error}"),
/// }
/// ```
pub fn observe() -> Result<Observations, ProcessError> {
    ProcessOptions::new().observe()
}

/// Records the process in a set of your own, which has `roles(of = ProcessRoles)`. The labels are
/// those of `roles(…, labels = …)`, `()` without them. The [module](super) has an example.
///
/// # Errors
///
/// If `/proc` cannot be read, or the system is not Linux.
pub fn observe_in<S: RecordRoles<ProcessRoles>>(
    labels: &S::Labels,
) -> Result<Observations, ProcessError> {
    ProcessOptions::new().observe_in::<S>(labels)
}

/// How the process is observed, for services that know more of it than the system.
#[derive(Clone, Default)]
pub struct ProcessOptions {
    heap: Option<Heap>,
}

type Heap = Arc<dyn Fn() -> Option<HeapUsage> + Send + Sync>;

/// What an allocator reports of its heap, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeapUsage {
    /// What the program has allocated and not freed: `stats.allocated` of jemalloc.
    pub used: u64,
    /// What the allocator has of the system: `stats.resident` of jemalloc.
    pub size: u64,
}

impl ProcessOptions {
    /// No options.
    pub fn new() -> Self {
        Self::default()
    }

    /// A closure that asks the allocator for the size of its heap, called once at each collection.
    /// It must not block. `None` leaves the metrics of the heap out of that collection. The
    /// [module](super#the-heap-of-the-allocator) has an example.
    #[must_use]
    pub fn heap(mut self, heap: impl Fn() -> Option<HeapUsage> + Send + Sync + 'static) -> Self {
        self.heap = Some(Arc::new(heap));
        self
    }

    /// Records the [`ProcessMetrics`] until the returned value is dropped, as [`observe()`] does.
    ///
    /// # Errors
    ///
    /// If `/proc` cannot be read, or the system is not Linux.
    pub fn observe(&self) -> Result<Observations, ProcessError> {
        self.observe_in::<ProcessMetrics>(&())
    }

    /// Records the process in a set of your own, as [`observe_in`] does.
    ///
    /// # Errors
    ///
    /// If `/proc` cannot be read, or the system is not Linux.
    pub fn observe_in<S: RecordRoles<ProcessRoles>>(
        &self,
        labels: &S::Labels,
    ) -> Result<Observations, ProcessError> {
        let mut roles = S::global().roles(labels);
        let source = ProcFiles::open(std::mem::take(&mut roles.reading_errors))?;
        let process = SharedReading::new(move || source.read());
        let mut observations = observe_process(&roles, &process);
        observations.extend([self.observe_memory(&roles, &process)]);
        Ok(observations)
    }

    /// Observes the roles to which the allocator contributes.
    fn observe_memory(
        &self,
        roles: &ProcessRoles,
        process: &SharedReading<Reading>,
    ) -> Observations {
        let heap = self.heap.clone();
        let heap = SharedReading::new(move || heap.as_ref().and_then(|heap| heap()));
        let resident = process.observation(|reading, observer| {
            let resident = reading.status.as_ref().and_then(|status| status.resident_bytes);
            if let Some(bytes) = resident {
                observer.observe(&MemoryType::Rss, bytes as f64);
            }
        });
        let of_heap = heap.observation(|usage: &Option<HeapUsage>, observer| {
            if let Some(HeapUsage { used, size }) = usage {
                observer.observe(&MemoryType::Heap, *used as f64);
                observer.observe(&MemoryType::HeapTotal, *size as f64);
            }
        });
        let by_type = roles.memory_by_type.observe(move |observer| {
            resident(observer);
            of_heap(observer);
        });
        let used = roles.heap_used.observe(heap.observation(|usage, observer| {
            observe_some(observer, usage.map(|usage| usage.used));
        }));
        let size = roles.heap_size.observe(heap.observation(|usage, observer| {
            observe_some(observer, usage.map(|usage| usage.size));
        }));
        [by_type, used, size].into_iter().collect()
    }
}

/// Observes the roles of which the system knows all.
fn observe_process(roles: &ProcessRoles, process: &SharedReading<Reading>) -> Observations {
    let cpu_time = roles.cpu_time.observe(process.observation(|reading, observer| {
        if let Some(usage) = &reading.usage {
            observer.observe(&CpuMode::User, usage.user_seconds);
            observer.observe(&CpuMode::System, usage.system_seconds);
        }
    }));
    let context_switches =
        roles.context_switches.observe(process.observation(|reading, observer| {
            if let Some(usage) = &reading.usage {
                observer.observe(&ContextSwitch::Voluntary, usage.voluntary_switches as f64);
                observer.observe(&ContextSwitch::Involuntary, usage.involuntary_switches as f64);
            }
        }));
    let paging_faults = roles.paging_faults.observe(process.observation(|reading, observer| {
        if let Some(usage) = &reading.usage {
            observer.observe(&PageFault::Major, usage.major_faults as f64);
            observer.observe(&PageFault::Minor, usage.minor_faults as f64);
        }
    }));
    let memory_usage = roles.memory_usage.observe(process.observation(|reading, observer| {
        observe_some(observer, reading.status.as_ref().and_then(|status| status.resident_bytes));
    }));
    let memory_virtual = roles.memory_virtual.observe(process.observation(|reading, observer| {
        observe_some(observer, reading.status.as_ref().map(|status| status.virtual_bytes));
    }));
    let threads = roles.thread_count.observe(process.observation(|reading, observer| {
        observe_some(observer, reading.status.as_ref().map(|status| status.threads));
    }));
    let descriptors =
        roles.file_descriptor_count.observe(process.observation(|reading, observer| {
            observe_some(observer, reading.file_descriptors);
        }));
    let limit = roles.file_descriptor_limit.observe(process.observation(|reading, observer| {
        observe_some(observer, reading.file_descriptor_limit);
    }));
    let uptime = roles.uptime.observe(process.observation(|reading, observer| {
        if let Some(seconds) = reading.uptime_seconds {
            observer.observe(&(), seconds);
        }
    }));
    let sums = [cpu_time, context_switches, paging_faults];
    let levels = [memory_usage, memory_virtual, threads, descriptors, limit, uptime];
    sums.into_iter().chain(levels).collect()
}

fn observe_some(observer: &mut RoleObserver<'_, ()>, value: Option<u64>) {
    if let Some(value) = value {
        observer.observe(&(), value as f64);
    }
}

impl fmt::Debug for ProcessOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessOptions").field("heap", &self.heap.is_some()).finish()
    }
}
