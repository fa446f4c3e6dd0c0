#![doc = include_str!("docs/crate.md")]

#[doc(hidden)]
pub mod __private0_1_0;
pub mod _documentation;
#[cfg(feature = "runtime")]
#[cfg_attr(
    not(all(feature = "prometheus", feature = "_otlp")),
    allow(dead_code, unused_imports, reason = "each exporter reads a part of the metrics")
)]
mod bridge;
#[cfg(feature = "runtime")]
#[cfg_attr(
    not(all(feature = "prometheus", feature = "_otlp")),
    allow(dead_code, unused_imports, reason = "each exporter reads a part of the metrics")
)]
mod collection;
#[cfg(feature = "runtime")]
pub mod config;
#[cfg(feature = "console")]
mod console;
#[cfg_attr(
    not(all(feature = "prometheus", feature = "_otlp")),
    allow(dead_code, unused_imports, reason = "each exporter reads a part of the metrics")
)]
mod core;
#[cfg(feature = "catalogue")]
mod document;
#[cfg(feature = "explorer")]
mod explorer;
#[cfg(feature = "prometheus")]
pub mod exposition;
#[cfg(feature = "prometheus")]
pub mod http;
#[cfg(feature = "_client")]
#[cfg_attr(
    not(all(feature = "otlp-grpc", feature = "otlp-http", feature = "pushgateway")),
    allow(dead_code, unused_imports, reason = "each client uses a part")
)]
mod http_client;
pub mod instrumentation;
#[cfg(feature = "_otlp")]
mod otlp;
#[cfg(any(feature = "_otlp", feature = "console", feature = "explorer"))]
#[cfg_attr(
    not(feature = "_otlp"),
    allow(dead_code, reason = "only the push has groups with intervals of their own")
)]
mod periodic;
#[cfg(feature = "pushgateway")]
pub mod pushgateway;
#[cfg(any(feature = "catalogue", feature = "gpu"))]
pub mod regular_file;
#[cfg(feature = "runtime")]
mod runtime;
#[cfg(feature = "testing")]
pub mod testing;

pub use crate::core::{
    catalogue::Catalogue,
    descriptor::{LabelSet, LabelValue, MetricDescriptor},
    instruments::{
        Counter, Gauge, Histogram, Info, ObservableCounter, ObservableGauge,
        ObservableUpDownCounter, StateSet, UpDownCounter,
    },
    jobs::{ErrorType, JobGuard, JobMetricSet, JobMetrics, JobStatus, QueuedAt, instrumented_job},
    registry::{MetricGroup, MetricSet, ScopedSet},
};
#[cfg(feature = "runtime")]
pub use runtime::{FlushError, InstallError, Metrics, MetricsBuilder};

#[doc = include_str!("docs/catalogue.md")]
pub mod catalogue {
    pub use crate::core::{
        catalogue::{Conflict, Conflicts, Difference, JobConflict, RenameConflict, SetConflict},
        registry::LostRegistration,
    };

    #[cfg(feature = "catalogue")]
    #[doc = include_str!("docs/document.md")]
    pub mod document {
        pub use crate::document::{
            CatalogueDocument, Change, DashboardDocument, DocumentError, ExpressionDocument, Grade,
            JobDocument, LabelDocument, LabelLimit, MetricDocument, ObjectiveDocument,
            PanelDocument, SCHEMA_VERSION, SetDocument, SourceDocument, StateDocument,
            ThresholdDocument,
        };
    }
}

#[doc = include_str!("docs/dashboards.md")]
pub mod dashboards {
    pub use crate::core::dashboards::{
        Dashboard, Expression, Operation, Panel, PanelKind, State, StateColour, highest, increase,
        latest, mean, metric, quantile, rate, ratio, sum, total,
    };
}

#[doc = include_str!("docs/descriptor.md")]
pub mod descriptor {
    pub use osapi_metrics_rules::{Comparison, InstrumentKind};

    pub use crate::core::descriptor::{
        ConstantLabel, LabelDescriptor, LabelValues, MetricRules, Origin, Severity, Threshold,
        ValueType,
    };
}

#[doc = include_str!("docs/instruments.md")]
pub mod instruments {
    pub use crate::core::{
        instruments::{
            CachedSeries, CounterSeries, CounterValue, GaugeSeries, GaugeValue, HistogramSeries,
            HistogramSnapshot, HistogramValue, ObservableSeries, Observation, Observer,
            SeriesCache, States, Timer, UpDownCounterSeries, UpDownCounterValue, UpDownGuard,
        },
        storage::Number,
    };
}

#[doc = include_str!("docs/jobs.md")]
pub mod jobs {
    pub use crate::core::{
        descriptor::{JobDescriptor, Slo},
        jobs::{
            AttemptNumber, ErrorLabel, FromJob, JobEnd, JobErrorLabels, JobLabels, JobStage,
            JobStatusLabels, OutputSize,
        },
    };
}

#[doc = include_str!("docs/roles.md")]
pub mod roles {
    pub use crate::core::roles::{
        Active, ActiveGuard, Binding, Bytes, Count, Dimension, Distribution, Items, Level,
        Observations, Ratio, RecordRoles, RecordsRole, Role, RoleLabels, RoleObserver, Seconds,
        Total,
    };
}

#[doc = include_str!("docs/sampling.md")]
pub mod sampling {
    pub use crate::core::sampling::{Sample, Sampler, Samples, SharedReading, Source};
}

#[doc = include_str!("docs/labels.md")]
pub mod labels {
    pub use crate::core::{
        descriptor::{LabelRef, LabelVisitor, OpenLabelValue},
        storage::SeriesLabels,
    };
}
