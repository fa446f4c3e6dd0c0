use osapi_metrics::{
    Counter, Histogram, JobStatus, LabelSet, LabelValue, MetricSet, ObservableCounter,
    ObservableGauge, UpDownCounter, instruments::Observation, jobs::JobStage,
};

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum Status {
    Started,
    Completed,
    Failed,
}

/// A job that did not complete has failed, whatever the reason.
impl From<JobStage<'_>> for Status {
    fn from(stage: JobStage<'_>) -> Self {
        match stage {
            JobStage::Ended(end) if end.status == JobStatus::Completed => Self::Completed,
            JobStage::Ended(_) => Self::Failed,
            _ => Self::Started,
        }
    }
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum ErrorClass {
    Timeout,
    Memory,
    Network,
    Connection,
    #[label(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum MemoryType {
    Heap,
    HeapTotal,
    Rss,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum DiskType {
    Used,
    Free,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(super) enum DiskPath {
    #[label(rename = "/workspace")]
    Workspace,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct JobLabels {
    #[label(max = 5)]
    pub(super) service: String,
    #[label(max = 4)]
    pub(super) priority: String,
    #[label(max = 20)]
    pub(super) worker_id: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct JobStatusLabels {
    #[label(flatten)]
    job: JobLabels,
    #[label(job = stage)]
    status: Status,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct ErrorLabels {
    #[label(flatten)]
    job: JobLabels,
    #[label(job = error_type)]
    error_type: ErrorClass,
    #[label(max = 50, job = error_name)]
    error_name: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct GpuLabels {
    #[label(max = 16)]
    gpu_index: u8,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct MemoryLabels {
    #[label(key = "type")]
    memory: MemoryType,
}

#[derive(Clone, Debug, LabelSet)]
pub(super) struct DiskLabels {
    path: DiskPath,
    #[label(key = "type")]
    disk: DiskType,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "", job(labels = JobLabels))]
pub(super) struct ApplicationMetrics {
    /// Total number of jobs processed.
    #[metric(unit = "{job}", on = [started, finished])]
    jobs_processed_total: Counter<JobStatusLabels>,
    /// Total number of HTTP requests.
    #[metric(unit = "{request}")]
    http_requests_total: Counter,
    /// Total number of errors encountered.
    #[metric(unit = "{error}", on = [failed, timed_out], max_series = 100_000)]
    errors_total: Counter<ErrorLabels>,
    /// Number of currently active jobs.
    #[metric(unit = "{job}", on = active)]
    jobs_active: UpDownCounter<JobLabels>,
    /// Current size of job queue.
    #[metric(unit = "{job}")]
    queue_size: ObservableGauge<(), u64>,
    /// Number of available workers.
    #[metric(unit = "{worker}")]
    workers_available: ObservableGauge<(), u64>,
    /// Job processing duration in seconds.
    #[metric(unit = "s", on = duration, buckets = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 600])]
    job_duration_seconds: Histogram<JobStatusLabels>,
    /// HTTP request duration in seconds.
    #[metric(
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
    )]
    http_request_duration_seconds: Histogram,
    /// Time jobs spend waiting in queue.
    #[metric(unit = "s", on = queue_wait, buckets = [1, 5, 10, 30, 60, 300, 600, 1800, 3600])]
    job_queue_wait_seconds: Histogram,
    /// Size of a job's output.
    #[metric(unit = "By", on = output_size)]
    job_output_size_bytes: Histogram<JobLabels, u64>,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "", allow(non_base_units))]
pub(super) struct ResourceMetrics {
    /// GPU utilization percentage.
    #[metric(unit = "%")]
    gpu_utilization_percent: ObservableGauge<GpuLabels>,
    /// GPU memory usage in bytes.
    #[metric(unit = "By")]
    gpu_memory_used_bytes: ObservableGauge<GpuLabels, u64>,
    /// Process memory usage in bytes.
    #[metric(unit = "By")]
    process_memory_usage_bytes: ObservableGauge<MemoryLabels, u64>,
    /// Disk usage in bytes.
    #[metric(unit = "By")]
    disk_usage_bytes: ObservableGauge<DiskLabels, u64>,
}

/// Names of OpenTelemetry's semantic conventions.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "system", allow(semconv_names))]
pub(super) struct HostMetrics {
    /// Share of the processors that is in use.
    #[metric(name = "system.cpu.utilization", unit = "1")]
    cpu_utilization: ObservableGauge,
    /// Share of the memory that is in use.
    #[metric(name = "system.memory.utilization", unit = "1")]
    memory_utilization: ObservableGauge,
    /// Bytes read from and written to disks.
    #[metric(name = "system.disk.io", unit = "By")]
    disk_io: ObservableCounter,
    /// Bytes sent and received.
    #[metric(name = "system.network.io", unit = "By")]
    network_io: ObservableCounter,
}

/// Observes the memory of the process as this number of bytes.
pub(super) fn observe_rss(bytes: u64) -> Observation {
    let rss = MemoryLabels { memory: MemoryType::Rss };
    ResourceMetrics::global().process_memory_usage_bytes.with(rss).observe(move || bytes)
}
