use osapi_metrics::{Counter, Histogram, LabelSet, LabelValue, MetricSet, ObservableGauge};

/// Whether a model was in the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue, LabelSet)]
#[label(key = "result")]
pub enum CacheResult {
    /// It was, and its file was whole.
    Hit,
    /// It was not: the job waited for a download.
    Miss,
}

/// How a download ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue, LabelSet)]
#[label(key = "result")]
pub enum DownloadResult {
    /// With a model.
    Completed,
    /// With bytes that are not a model.
    Corrupt,
    /// With an error.
    Failed,
}

/// The cache of models.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `model_cache_requests_total` | `result`: `hit`, `miss` | models that jobs asked for |
/// | `model_cache_corrupt_files_total` | | files of the cache that were damaged, and were removed |
/// | `model_cache_evictions_total` | | files that were removed to make room |
/// | `model_cache_size_bytes` | | size of the files in the cache |
/// | `model_cache_models` | | files in the cache |
/// | `model_downloads_total` | `result`: `completed`, `corrupt`, `failed` | downloads; several jobs can wait for one |
/// | `model_download_bytes_total` | | bytes received, of all downloads |
/// | `model_download_duration_seconds` | | time of a download that completed |
///
/// The series have no label for the model: clients choose the names.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "model")]
pub struct ModelMetrics {
    /// Models that jobs asked for, by whether they were in the cache.
    #[metric(unit = "{request}")]
    pub(crate) cache_requests_total: Counter<CacheResult>,
    /// Files of the cache that were damaged, and were removed.
    #[metric(unit = "{file}")]
    pub(crate) cache_corrupt_files_total: Counter,
    /// Files that were removed from the cache to make room.
    #[metric(unit = "{file}")]
    pub(crate) cache_evictions_total: Counter,
    /// Size of the files in the cache.
    #[metric(unit = "By")]
    pub(crate) cache_size_bytes: ObservableGauge<(), u64>,
    /// Models in the cache.
    #[metric(unit = "{model}")]
    pub(crate) cache_models: ObservableGauge<(), u64>,
    /// Downloads of models, by how they ended.
    #[metric(unit = "{download}")]
    pub(crate) downloads_total: Counter<DownloadResult>,
    /// Bytes received by downloads of models.
    #[metric(unit = "By")]
    pub(crate) download_bytes_total: Counter,
    /// Time to download a model.
    #[metric(
        unit = "s",
        buckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30],
        absent_until = "a model has been downloaded"
    )]
    pub(crate) download_duration_seconds: Histogram,
}
