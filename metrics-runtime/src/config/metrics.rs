use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use super::{
    exemplar_filter::ExemplarFilter,
    explorer::ExplorerHistory,
    note::Note,
    otlp::{OtlpConfig, OtlpHistogramAggregation},
    proxies::ProxyVariables,
    resource_value::ResourceValue,
    scope_labels::ScopeLabels,
    setting_errors::SettingErrors,
};

/// The configuration of the metrics runtime.
///
/// It comes from a [file](MetricsConfig::from_file), a text, or the defaults. Every field can also
/// be set in code.
///
/// ```
/// use osapi_metrics::config::MetricsConfig;
///
/// let mut config = MetricsConfig::default();
/// config.enabled = true;
/// config.listen = "0.0.0.0:9464".parse()?;
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each setting is on or off by itself")]
pub struct MetricsConfig {
    /// Whether anything is recorded. Off by default: recording then costs one relaxed load.
    pub enabled: bool,
    /// `service.name` of the resource.
    pub service_name: Option<String>,
    /// Further attributes of the resource.
    pub resource: BTreeMap<String, ResourceValue>,
    /// The schema of the resource's attributes, which only OTLP has.
    pub resource_schema_url: Option<String>,
    /// Whether the Prometheus endpoint is served; on by default. `OTEL_METRICS_EXPORTER` overrides
    /// it.
    pub prometheus: bool,
    /// Whether each collection is also printed to standard output
    /// (`OTEL_METRICS_EXPORTER=console`).
    pub console: bool,
    /// Path of the Prometheus endpoint, `/metrics` by default.
    pub path: String,
    /// The address that `Metrics::serve` listens on, `127.0.0.1:9464` by default. Port 0 lets the
    /// operating system choose.
    pub listen: SocketAddr,
    /// A file whose content a scrape must present as its bearer token. The file is read again for
    /// each scrape that presents a token.
    pub bearer_token_file: Option<PathBuf>,
    /// Whether the [explorer](crate::_documentation::explorer) is served below the path of the
    /// endpoint; `None` is the same as `false`. `telemetry.debug: true` in a document sets it to
    /// `true` unless the document says otherwise. Needs the feature `explorer`.
    pub explorer: Option<bool>,
    /// When the explorer keeps a history.
    pub explorer_history: ExplorerHistory,
    /// Whether a scrape in `OpenMetrics` has a `_created` sample for each series of a counter or a
    /// histogram: when it began. Off by default, because Prometheus stores each of them as a series
    /// of its own.
    pub created_samples: bool,
    /// Which metrics show their instrumentation scope as labels of a scrape.
    pub scope_labels: ScopeLabels,
    /// Which samples can become exemplars. The metrics belong to the process: of several runtimes,
    /// the last one that is installed sets the filter.
    pub exemplar_filter: ExemplarFilter,
    /// The largest number of concurrent scrapes, 40 by default. A scrape goes on until the whole
    /// answer has been sent to its client, but at most for twice
    /// [`scrape_timeout`](Self::scrape_timeout).
    pub max_concurrent_scrapes: usize,
    /// The longest time that a scrape may take to collect the metrics, 15 s by default.
    pub scrape_timeout: Duration,
    /// The largest number of series of an instrument that declares no limit of its own, 2000 by
    /// default.
    pub cardinality_limit: usize,
    /// The largest number of series of a metric with a label that declares `max` or `recent`,
    /// however many its declaration allows; 10,000 by default. The metrics belong to the process:
    /// of several runtimes, the last one that is installed sets the limit.
    pub open_series_limit: usize,
    /// Boundaries that replace the declared boundaries of a histogram, by metric name.
    pub buckets: BTreeMap<String, Vec<f64>>,
    /// Whether histograms have native buckets beside those with boundaries, by metric name:
    /// overrides their declarations.
    pub native_histograms: BTreeMap<String, bool>,
    /// Labels that every series has, with their values: on both wires, also series of other
    /// libraries, but not on `target_info`. None by default.
    ///
    /// A key is a label key that no declared metric has. A series of another library that has a
    /// label of this key keeps its own.
    pub constant_labels: BTreeMap<String, String>,
    /// Push over OTLP.
    pub otlp: OtlpConfig,
    /// What to log of a source that has no mistake.
    pub(crate) notes: Vec<Note>,
    /// The proxies of the environment.
    pub(crate) proxies: ProxyVariables,
    /// Mistakes in the sources of the fields, which have their defaults there.
    pub(crate) mistakes: SettingErrors,
}

impl Default for MetricsConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            service_name: None,
            resource: BTreeMap::new(),
            resource_schema_url: None,
            prometheus: true,
            console: false,
            path: "/metrics".to_owned(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9464)),
            bearer_token_file: None,
            explorer: None,
            explorer_history: ExplorerHistory::default(),
            created_samples: false,
            scope_labels: ScopeLabels::default(),
            exemplar_filter: ExemplarFilter::default(),
            max_concurrent_scrapes: 40,
            // Longer than the default timeout of Prometheus (10 s), which Prometheus sends in a
            // header.
            scrape_timeout: Duration::from_secs(15),
            cardinality_limit: 2000,
            open_series_limit: 10_000,
            buckets: BTreeMap::new(),
            native_histograms: BTreeMap::new(),
            constant_labels: BTreeMap::new(),
            otlp: OtlpConfig::default(),
            notes: Vec::new(),
            proxies: ProxyVariables::default(),
            mistakes: SettingErrors::default(),
        }
    }
}

impl MetricsConfig {
    /// The configured boundaries of a histogram, by either of its names.
    pub(crate) fn buckets_of(&self, name: &str, prometheus_name: &str) -> Option<&[f64]> {
        let configured = self.buckets.get(name).or_else(|| self.buckets.get(prometheus_name));
        configured.map(Vec::as_slice)
    }

    /// Whether a histogram is configured to be native or not, by either of its names.
    pub(crate) fn native_setting_of(&self, name: &str, prometheus_name: &str) -> Option<bool> {
        let settings = &self.native_histograms;
        settings.get(name).or_else(|| settings.get(prometheus_name)).copied()
    }

    /// Whether the push prefers exponential buckets.
    pub(crate) fn prefers_native(&self) -> bool {
        let preferred = self.otlp.default_histogram_aggregation;
        self.enabled && self.otlp.enabled && preferred == OtlpHistogramAggregation::Exponential
    }
}
