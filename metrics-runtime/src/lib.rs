#![doc = include_str!("../README.md")]

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
#[cfg(any(feature = "runtime", feature = "testing"))]
mod nearest;
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

/// What the macros expand to. Not for direct use, and not covered by semantic versioning.
#[doc(hidden)]
pub mod __private {
    pub use inventory;
    pub use std::{borrow::Cow, boxed::Box};

    pub use osapi_metrics_rules::{MAX_SERIES, NameMistakes, Place};

    pub use crate::core::{
        descriptor::{
            JobDescriptor, LabelList, assert_apart, assert_buckets, assert_count,
            assert_distinct_keys, assert_no_mistakes, assert_no_mistakes_in, assert_prefix,
            assert_series, concat, join_name, joined_length, name_text, series_count,
            usable_prefix,
        },
        instruments::{
            Declared, InstrumentList, RegisteredInstrument, declare, declare_unlabelled,
        },
        jobs::{
            AddError, AnyEnded, AnySuccess, Concerned, Derived, ErrorInside, ErrorRegistration,
            Finished, Followed, Following, FromErrorText, FromStage, FutureEnded, Handled, Handler,
            InsideClass, JobEvent, KnownSeries, Labelled, NamedHandler, Outcome, ResultSuccess,
            Returned, RunningJob, Start, Told, Unlabelled, Untold, assert_told, attempt, begin,
            classified_by, end, make_future, named_by, on, output_size, report_oldest, run,
            run_async, waited,
        },
        registry::{JobRegistration, SetInstance, SetRegistration},
    };
}
