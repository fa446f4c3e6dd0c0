//! The dashboards. What they ask for is held by the compiler against the sets.

use std::time::Duration;

use osapi_metrics::{
    MetricDescriptor, dashboard,
    dashboards::{
        Dashboard, Panel, State, StateColour, highest, increase, metric, quantile, rate, ratio,
        sum, total,
    },
    descriptor::Comparison,
};

use super::{
    orchestration::OrchestrationMetrics,
    resilience::{ApiBreakerMetrics, BreakerMetrics, ChannelMetrics, FfiBreakerMetrics},
    worker::WorkerMetrics,
};

const REQUESTS: &MetricDescriptor = metric::<OrchestrationMetrics>("tasker.tasks.requests.total");
const COMPLETIONS: &MetricDescriptor =
    metric::<OrchestrationMetrics>("tasker.tasks.completions.total");
const FAILURES: &MetricDescriptor = metric::<OrchestrationMetrics>("tasker.tasks.failures.total");
const ENQUEUED: &MetricDescriptor = metric::<OrchestrationMetrics>("tasker.steps.enqueued.total");
const INITIALIZATION: &MetricDescriptor =
    metric::<OrchestrationMetrics>("tasker.task.initialization.duration");
const FINALIZATION: &MetricDescriptor =
    metric::<OrchestrationMetrics>("tasker.task.finalization.duration");
const RESULT_PROCESSING: &MetricDescriptor =
    metric::<OrchestrationMetrics>("tasker.step_result.processing.duration");
const TASKS_ACTIVE: &MetricDescriptor = metric::<OrchestrationMetrics>("tasker.tasks.active");
const EXECUTIONS: &MetricDescriptor = metric::<WorkerMetrics>("tasker.steps.executions.total");
const SUCCESSES: &MetricDescriptor = metric::<WorkerMetrics>("tasker.steps.successes.total");
const STEP_FAILURES: &MetricDescriptor = metric::<WorkerMetrics>("tasker.steps.failures.total");
const EXECUTION: &MetricDescriptor = metric::<WorkerMetrics>("tasker.step.execution.duration");
const CLAIM: &MetricDescriptor = metric::<WorkerMetrics>("tasker.step.claim.duration");
const ACTIVE_EXECUTIONS: &MetricDescriptor =
    metric::<WorkerMetrics>("tasker.steps.active_executions");
const BREAKERS: &MetricDescriptor = metric::<BreakerMetrics>("tasker_circuit_breaker_state");
const API_BREAKER: &MetricDescriptor = metric::<ApiBreakerMetrics>("api_circuit_breaker_state");
const SLOW_SENDS: &MetricDescriptor =
    metric::<FfiBreakerMetrics>("ffi_completion_slow_sends_total");
const REJECTIONS: &MetricDescriptor =
    metric::<FfiBreakerMetrics>("ffi_completion_circuit_open_rejections_total");
const CHANNEL_USAGE: &MetricDescriptor = metric::<ChannelMetrics>("mpsc_channel_usage_percent");
const FULL_EVENTS: &MetricDescriptor = metric::<ChannelMetrics>("mpsc_channel_full_events_total");

const BREAKER_STATES: &[State] = &[
    State::new(0.0, "closed", StateColour::Green),
    State::new(1.0, "half-open", StateColour::Yellow),
    State::new(2.0, "open", StateColour::Red),
];

const AT_ONCE: Duration = Duration::ZERO;

dashboard! {
    static TASK_EXECUTION: Dashboard = Dashboard::new("Task Execution Overview", &[
        Panel::lines("Task request rate", &[rate(REQUESTS)]),
        Panel::lines("Completion rate", &[rate(COMPLETIONS)]),
        Panel::stacked("Completions against failures", &[
            rate(COMPLETIONS).named("completed"),
            rate(FAILURES).named("failed"),
        ]),
        Panel::lines("Initialisation latency, p95", &[quantile(0.95, INITIALIZATION).named("p95")]),
        Panel::lines("Steps enqueued against executed", &[
            rate(ENQUEUED).named("enqueued"),
            rate(EXECUTIONS).named("executed"),
        ]),
    ])
    .describing("Tasks from their request to their end.");
}

dashboard! {
    static WORKER_PERFORMANCE: Dashboard = Dashboard::new("Worker Performance", &[
        Panel::lines("Step throughput by namespace", &[rate(SUCCESSES).by(&["namespace"])]),
        Panel::gauge("Success rate", &[ratio(&[
            increase(SUCCESSES),
            total(&[increase(SUCCESSES), increase(STEP_FAILURES)]),
        ])])
        .between(0.0, 1.0),
        Panel::lines("Execution latency", &[
            quantile(0.5, EXECUTION).named("p50"),
            quantile(0.95, EXECUTION).named("p95"),
            quantile(0.99, EXECUTION).named("p99"),
        ]),
        Panel::lines("Claim latency, p95, event against poll", &[
            quantile(0.95, CLAIM).with(&[("claim_method", "event")]).named("event"),
            quantile(0.95, CLAIM).with(&[("claim_method", "poll")]).named("poll"),
        ]),
        Panel::stacked("Errors by type", &[rate(STEP_FAILURES).by(&["error_type"])]),
    ])
    .describing("The steps that workers claim and execute.");
}

dashboard! {
    static SYSTEM_HEALTH: Dashboard = Dashboard::new("System Health", &[
        Panel::figure("Task success rate", &[ratio(&[
            increase(COMPLETIONS),
            total(&[increase(COMPLETIONS), increase(FAILURES)]),
        ])])
        .in_unit("1")
        .between(0.0, 1.0)
        .warning(Comparison::Below, 0.95, AT_ONCE)
        .critical(Comparison::Below, 0.9, AT_ONCE),
        Panel::lines("Step failure rate", &[rate(STEP_FAILURES).by(&["namespace"])]),
        Panel::lines("End-to-end duration, p95 of each part", &[total(&[
            quantile(0.95, INITIALIZATION),
            quantile(0.95, EXECUTION),
            quantile(0.95, FINALIZATION),
        ])
        .named("initialisation, execution and finalisation")])
        .describing("The sum of the 95th percentiles of initialisation, execution and finalisation."),
        Panel::lines("Result processing latency", &[
            quantile(0.5, RESULT_PROCESSING).named("p50"),
            quantile(0.95, RESULT_PROCESSING).named("p95"),
        ]),
        Panel::lines("Active operations", &[
            sum(TASKS_ACTIVE).by(&["state"]).named("tasks, {{state}}"),
            sum(ACTIVE_EXECUTIONS).named("executions of steps"),
        ]),
    ])
    .describing("Whether tasks succeed, and how long they take.");
}

dashboard! {
    static RESILIENCE: Dashboard = Dashboard::new("Resilience", &[
        Panel::states("Circuit breakers", BREAKER_STATES, &[
            highest(BREAKERS).by(&["component"]),
            highest(API_BREAKER).named("api"),
        ]),
        Panel::lines("Slow sends and rejections at the ffi boundary", &[
            rate(SLOW_SENDS).named("slow sends"),
            rate(REJECTIONS).named("rejections"),
        ]),
        Panel::gauge("Highest channel usage", &[highest(CHANNEL_USAGE)])
            .between(0.0, 100.0)
            .warning(Comparison::AtLeast, 70.0, AT_ONCE)
            .critical(Comparison::AtLeast, 90.0, AT_ONCE),
        Panel::lines("Full events", &[rate(FULL_EVENTS).by(&["channel"])]),
    ])
    .describing("Breakers, and channels that fill up.");
}
