use osapi_metrics::{
    Counter, LabelSet, LabelValue, MetricSet, ObservableGauge,
    instrumentation::{channel::ChannelRoles, circuit_breaker::CircuitBreakerRoles},
};

/// A bounded channel of tasker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
pub enum ChannelName {
    /// The commands to the processors of the orchestration.
    OrchestrationCommand,
    /// The notifications of the database, on their way to who reads the queue.
    PgmqNotifications,
}

/// The labels of a channel.
#[derive(Clone, Debug, LabelSet)]
pub struct ChannelLabels {
    /// The channel.
    pub channel: ChannelName,
    /// The part of tasker that reads it.
    #[label(max = 20)]
    pub component: String,
}

/// What a circuit breaker protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
pub enum Component {
    /// The completions that the handler thread sends.
    FfiCompletion,
    /// The queries for steps that are ready.
    TaskReadiness,
    /// The operations on queues.
    Pgmq,
}

/// The labels of a circuit breaker.
#[derive(Clone, Copy, Debug, LabelSet)]
pub struct ComponentLabels {
    /// What it protects.
    pub component: Component,
}

/// The labels of a rejected request.
#[derive(Clone, Debug, LabelSet)]
pub struct EndpointLabels {
    /// The route, such as `/v1/tasks/{id}`.
    #[label(max = 20)]
    pub endpoint: &'static str,
}

/// The bounded channels.
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "mpsc",
    roles(of = ChannelRoles, labels = ChannelLabels),
    allow(non_base_units)
)]
pub struct ChannelMetrics {
    /// Current fill percentage of a bounded MPSC channel.
    #[metric(
        name = "mpsc_channel_usage_percent",
        unit = "%",
        on = usage,
        warning(above = 80, lasting = "15m"),
        critical(above = 90, lasting = "5m")
    )]
    usage: ObservableGauge<ChannelLabels>,
    /// Configured buffer capacity for an MPSC channel.
    #[metric(name = "mpsc_channel_capacity", unit = "{message}", on = capacity)]
    capacity: ObservableGauge<ChannelLabels, u64>,
    /// Count of channel overflow events (backpressure applied).
    #[metric(
        name = "mpsc_channel_full_events_total",
        unit = "{event}",
        on = full,
        warning(above = 0)
    )]
    full: Counter<ChannelLabels>,
}

/// The breakers by component.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker", roles(of = CircuitBreakerRoles, labels = ComponentLabels))]
pub struct BreakerMetrics {
    /// Per-component circuit breaker state: 0 closed, 1 half-open, 2 open.
    #[metric(on = state, critical(at_least = 2))]
    circuit_breaker_state: ObservableGauge<ComponentLabels, i64>,
}

/// The breaker of the API's database.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "api", roles(of = CircuitBreakerRoles))]
pub struct ApiBreakerMetrics {
    /// Current state of the web API database circuit breaker: 0 closed, 1 half-open, 2 open.
    #[metric(on = state, critical(at_least = 2))]
    circuit_breaker_state: ObservableGauge<(), i64>,
}

/// The breaker of the completions that the handler thread sends.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "ffi_completion", roles(of = CircuitBreakerRoles))]
pub struct FfiBreakerMetrics {
    /// FFI completion channel sends exceeding the latency threshold.
    #[metric(unit = "{send}", on = slow_calls, warning(above = 10, lasting = "2m"))]
    slow_sends_total: Counter,
    /// FFI completion operations rejected due to open circuit breaker.
    #[metric(unit = "{rejection}", on = rejections)]
    circuit_open_rejections_total: Counter,
}

/// The requests that the API rejects.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "api")]
pub struct RejectionMetrics {
    /// Total API requests rejected due to open circuit breaker.
    #[metric(unit = "{request}")]
    pub requests_rejected_total: Counter<EndpointLabels>,
}
