#![doc = include_str!("../README.md")]

#[doc(hidden)]
pub mod __private0_1_0;
#[cfg(feature = "runtime")]
pub mod config;

#[cfg_attr(
    not(feature = "runtime"),
    expect(dead_code, unused_imports, reason = "the runtime reads what the core records")
)]
mod core;
#[cfg(feature = "prometheus")]
mod exposition;
#[cfg(feature = "prometheus")]
mod http;
pub mod instrumentation;
#[cfg(feature = "_otlp")]
mod otlp;
#[cfg(feature = "runtime")]
mod provider;
#[cfg(feature = "runtime")]
mod runtime;
#[cfg(feature = "testing")]
pub mod testing;

pub use osapi_metrics_rules::InstrumentKind;

pub use crate::core::{
    catalogue::{Catalogue, Conflict, Conflicts, Difference, JobConflict, SetConflict},
    descriptor::{
        JobDescriptor, LabelDescriptor, LabelRef, LabelSet, LabelValue, LabelValues, LabelVisitor,
        MetricDescriptor, MetricRules, OpenLabelValue, Origin, Slo, ValueType,
    },
    instruments::{
        Counter, CounterSeries, CounterValue, Gauge, GaugeSeries, GaugeValue, Histogram,
        HistogramSeries, HistogramValue, ObservableCounter, ObservableGauge, ObservableSeries,
        ObservableUpDownCounter, Observation, Observer, Timer, UpDownCounter, UpDownCounterSeries,
        UpDownCounterValue, UpDownGuard,
    },
    jobs::{
        AttemptNumber, ErrorLabel, ErrorType, FromJob, JobEnd, JobErrorLabels, JobGuard, JobLabels,
        JobMetrics, JobSet, JobStage, JobStatus, JobStatusLabels, OutputSize, QueuedAt,
        instrumented_job,
    },
    registry::{LostRegistration, MetricSet},
    storage::{Number, SeriesLabels},
};
#[cfg(feature = "runtime")]
pub use config::MetricsConfig;
#[cfg(feature = "prometheus")]
pub use exposition::Format;
#[cfg(feature = "prometheus")]
pub use http::{BearerTokenError, EndpointError, ServeError};
#[cfg(feature = "_otlp")]
pub use otlp::OtlpError;
#[cfg(feature = "runtime")]
pub use runtime::{FlushError, InstallError, Metrics, MetricsBuilder};
