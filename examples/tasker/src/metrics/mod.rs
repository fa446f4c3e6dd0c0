//! The metrics of tasker: every name, label and unit of its list.
//!
//! | set | recorded by |
//! |---|---|
//! | [`OrchestrationMetrics`] | the API and the orchestration |
//! | [`WorkerMetrics`] | the workers; the executions are jobs |
//! | [`MessagingMetrics`], [`DatabaseMetrics`], [`ChannelMetrics`] and the sets of breakers | instrumentations of osapi-metrics, by roles |

mod correlation;
mod dashboards;
mod labels;
mod orchestration;
mod resilience;
mod resources;
mod worker;

pub use correlation::{CORRELATION_WINDOW, CorrelationId, Correlations};
pub use labels::{Namespace, NamespaceLabels};
pub use orchestration::{
    CorrelationLabels, FinalState, FinalizationLabels, NamedStepLabels, OrchestrationMetrics,
    ResultLabels, ResultType, StateLabels, TaskLabels, TaskTypeLabels,
};
pub use resilience::{
    ApiBreakerMetrics, BreakerMetrics, ChannelLabels, ChannelMetrics, ChannelName, Component,
    ComponentLabels, EndpointLabels, FfiBreakerMetrics, RejectionMetrics,
};
pub use resources::{DatabaseMetrics, MessagingMetrics};
pub use worker::{
    ClaimLabels, ClaimMethod, ExecutionLabels, ExecutionResult, ExecutionResultLabels,
    FailureLabels, HandlerLabels, HandlerType, StepErrorType, StepLabels, SubmissionLabels,
    SubmittedResult, SuccessLabels, WorkerMetrics,
};

use osapi_metrics::MetricDescriptor;

/// Every metric of tasker's sets, in the order of the parts that record them.
pub fn descriptors() -> impl Iterator<Item = &'static MetricDescriptor> {
    let sets = [
        OrchestrationMetrics::DESCRIPTORS,
        WorkerMetrics::DESCRIPTORS,
        MessagingMetrics::DESCRIPTORS,
        DatabaseMetrics::DESCRIPTORS,
        ChannelMetrics::DESCRIPTORS,
        ApiBreakerMetrics::DESCRIPTORS,
        BreakerMetrics::DESCRIPTORS,
        FfiBreakerMetrics::DESCRIPTORS,
        RejectionMetrics::DESCRIPTORS,
    ];
    sets.into_iter().flatten()
}

/// The boundaries of all durations: from a query to a step of a minute.
const MILLISECONDS: [f64; 12] =
    [0.5, 1.0, 2.5, 5.0, 10.0, 50.0, 100.0, 500.0, 1_000.0, 5_000.0, 10_000.0, 60_000.0];
