use std::sync::Arc;

use super::{
    active_runtimes,
    console::{self, PreparedConsole},
    error::InstallError,
    histograms::ConfiguredHistograms,
    idle::IdleMistakes,
    metrics::Metrics,
    otlp::{self, PreparedPush},
    pipeline::Pipeline,
    prometheus::{self, PreparedPrometheus},
    readiness::Readiness,
};
use crate::{
    bridge::{AddReader, Bridge, BridgeSetup, View},
    collection::Collector,
    config::{ExemplarFilter, MetricsConfig},
    core::{
        catalogue::Catalogue,
        registry::declare_handlers,
        self_metrics::observe_instruments,
        storage::{ExemplarPolicy, limit_open_series, set_exemplar_policy},
        sync::{Moment, scope},
    },
};

/// A runtime whose configuration has been checked. Starting it cannot fail.
#[derive(Debug)]
pub(super) struct PreparedRuntime {
    config: MetricsConfig,
    catalogue: Catalogue,
    prometheus: PreparedPrometheus,
    /// Absent if metrics are disabled.
    exporters: Option<PreparedExporters>,
}

/// The exporters that run by themselves.
#[derive(Debug)]
struct PreparedExporters {
    console: PreparedConsole,
    push: PreparedPush,
}

/// Checks the configuration of all exporters.
pub(super) fn prepare(
    config: MetricsConfig,
    catalogue: Catalogue,
    readiness: Readiness,
    idle: &mut IdleMistakes,
) -> Result<PreparedRuntime, InstallError> {
    let prometheus = prometheus::prepare(&config, readiness, &catalogue, idle)?;
    let exporters = if config.enabled {
        let (console, push) = (console::prepare(&config)?, otlp::prepare(&config)?);
        Some(PreparedExporters { console, push })
    } else {
        None
    };
    Ok(PreparedRuntime { config, catalogue, prometheus, exporters })
}

impl PreparedRuntime {
    /// Starts the provider and the exporters with the readers and the views of the user.
    pub(super) fn start(self, readers: Vec<AddReader>, views: Vec<View>) -> Metrics {
        let Self { config, catalogue, prometheus, exporters } = self;
        let Some(exporters) = exporters else {
            tracing::info!(
                "metrics are disabled; `telemetry.metrics.enabled: true` or TELEMETRY_ENABLED=true \
                 enables them, unless OTEL_SDK_DISABLED is true"
            );
            active_runtimes::note_disabled();
            let prometheus = prometheus.start_without_metrics();
            return Metrics { config, catalogue, pipeline: None, prometheus };
        };
        limit_open_series(config.open_series_limit);
        set_exemplar_policy(exemplar_policy(&config));
        let histograms = ConfiguredHistograms::apply(&config);
        let setup = BridgeSetup { config: &config, readers, views };
        let bridge = Arc::new(Bridge::start(setup));
        active_runtimes::add(bridge.id(), bridge.sdk());
        Moment::prepare();
        // A test that captures may install a runtime, which must show these series.
        scope::suspended(|| {
            declare_handlers();
            observe_instruments();
        });
        let push = exporters.push.start(&bridge);
        let console = exporters.console.start(|| Collector::new(Arc::clone(&bridge)));
        let pipeline = Arc::new(Pipeline::new(bridge, histograms, push, console));
        let prometheus = prometheus.start(&pipeline);
        Metrics { config, catalogue, pipeline: Some(pipeline), prometheus }
    }
}

/// Which samples become exemplars: none where no exporter shows them.
fn exemplar_policy(config: &MetricsConfig) -> ExemplarPolicy {
    let is_shown = config.prometheus || config.otlp.enabled;
    match config.exemplar_filter {
        _ if !is_shown => ExemplarPolicy::Off,
        filter if !cfg!(feature = "exemplars") => {
            if filter == ExemplarFilter::AlwaysOn {
                tracing::warn!(
                    "exemplars are asked for (`telemetry.metrics.exemplar_filter`, \
                     `OTEL_METRICS_EXEMPLAR_FILTER`), and are not compiled in; enable the feature \
                     `exemplars` of osapi-metrics"
                );
            }
            ExemplarPolicy::Off
        }
        ExemplarFilter::TraceBased => ExemplarPolicy::Sampled,
        ExemplarFilter::AlwaysOn => ExemplarPolicy::Always,
        ExemplarFilter::AlwaysOff => ExemplarPolicy::Off,
    }
}
