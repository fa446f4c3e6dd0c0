#![doc = include_str!("docs/crate.md")]

pub mod _documentation;
pub mod config;

#[cfg_attr(not(feature = "testing"), path = "not_capturing.rs")]
mod capturing;
mod catalogue;
mod contained;
mod descriptor;
#[cfg(feature = "prometheus")]
mod exposition;
#[cfg(feature = "prometheus")]
mod http;
pub mod instrumentation;
mod instruments;
mod jobs;
mod labels;
mod lost;
mod metric_set;
mod nearest;
#[cfg(feature = "_otlp")]
mod otlp;
mod provider;
mod recording;
mod rules;
mod runtime;
mod self_metrics;
mod set_instance;
#[cfg(feature = "testing")]
pub mod testing;

pub use osapi_metrics_macros::{ErrorType, LabelSet, LabelValue, MetricSet, instrumented_job};
pub use osapi_metrics_rules::InstrumentKind;

pub use catalogue::{Catalogue, Conflict, Conflicts, Difference, JobConflict, SetConflict};
pub use config::MetricsConfig;
pub use descriptor::{LabelDescriptor, LabelValues, MetricDescriptor, Origin, ValueType};
#[cfg(feature = "prometheus")]
pub use exposition::Format;
#[cfg(feature = "prometheus")]
pub use http::{BearerTokenError, EndpointError, ServeError};
pub use instruments::{
    Counter, CounterSeries, CounterValue, Gauge, GaugeSeries, GaugeValue, Histogram,
    HistogramSeries, ObservableCounter, ObservableGauge, ObservableSeries, ObservableUpDownCounter,
    Observation, Observer, Timer, UpDownCounter, UpDownCounterSeries, UpDownCounterValue,
    UpDownGuard,
};
pub use jobs::{
    AttemptNumber, ErrorLabel, ErrorType, FromJob, JobDescriptor, JobEnd, JobErrorLabels, JobGuard,
    JobLabels, JobMetrics, JobSet, JobStage, JobStatus, JobStatusLabels, OutputSize, QueuedAt, Slo,
};
pub use labels::{LabelRef, LabelSet, LabelValue, LabelVisitor, OpenLabelValue};
pub use lost::LostRegistration;
pub use metric_set::MetricSet;
#[cfg(feature = "_otlp")]
pub use otlp::OtlpError;
pub use recording::{HistogramValue, Number, SeriesLabels};
pub use rules::MetricRules;
pub use runtime::{FlushError, InstallError, Metrics, MetricsBuilder};

/// What the macros expand to. Not for direct use, and not covered by semantic versioning.
#[doc(hidden)]
pub mod __private {
    pub use inventory;
    pub use std::{borrow::Cow, boxed::Box};

    pub use osapi_metrics_rules::{MAX_SERIES, NameMistakes, Place};

    pub use crate::{
        instruments::{
            Declared, InstrumentList, RegisteredInstrument, declare, declare_unlabelled,
        },
        jobs::{
            AddError, AnyEnded, AnySuccess, Concerned, Derived, ErrorInside, ErrorRegistration,
            Finished, Followed, Following, FromErrorText, FromStage, FutureEnded, Handled, Handler,
            InsideClass, JobDescriptor, JobEvent, JobRegistration, KnownSeries, Labelled,
            NamedHandler, Outcome, ResultSuccess, Returned, RunningJob, Start, Told, Unlabelled,
            Untold, assert_told, attempt, begin, classified_by, end, make_future, named_by, on,
            output_size, report_oldest, run, run_async, waited,
        },
        labels::{LabelList, assert_distinct_keys, assert_series, concat, series_count},
        metric_set::SetRegistration,
        rules::{
            assert_apart, assert_buckets, assert_count, assert_no_mistakes, assert_no_mistakes_in,
            assert_prefix, join_name, joined_length, name_text, usable_prefix,
        },
        set_instance::SetInstance,
    };
}
