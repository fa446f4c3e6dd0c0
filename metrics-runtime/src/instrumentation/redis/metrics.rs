//! The shipped metric set and its labels, declared as in any other crate.

use super::{BatchKind, LinkState, PushClass, RedisRoles};
use crate::{
    Counter, Histogram, LabelSet, MetricSet, ObservableUpDownCounter,
    instrumentation::database::{Operation, PoolLabels},
    roles::RoleLabels,
};

/// What the conventions have no name for of the Redis connections that this process uses.
///
/// | metric | labels, beside the connection's name |
/// |---|---|
/// | `osapi_redis_connections` | `state` |
/// | `osapi_redis_disconnections_total` | |
/// | `osapi_redis_reconnections_total` | |
/// | `osapi_redis_operations_in_flight` | |
/// | `osapi_redis_batch_size` | `batch` |
/// | `osapi_redis_batched_commands_total` | `db.operation.name`, `error.type` |
/// | `osapi_redis_pushes_total` | `kind` |
/// | `osapi_redis_lost_pushes_total` | `kind` |
///
/// All metrics have the label `db.client.connection.pool.name`. [`RedisRoles`] says what each
/// metric measures. Connections beyond 50 names share the overflow series.
///
/// [`ObservedConnection::new`](super::ObservedConnection::new) records this set, and of the
/// [`DatabaseMetrics`](super::DatabaseMetrics) the metrics `db.client.operation.duration`,
/// `db.client.connection.create_time` and `osapi_db_connection_failures_total`.
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "osapi_redis",
    crate = "crate",
    allow(semconv_names),
    roles(of = RedisRoles, labels = PoolLabels),
)]
pub struct RedisMetrics {
    /// Redis connections by their state.
    #[metric(unit = "{connection}", on = connections)]
    connections: ObservableUpDownCounter<StateLabels>,

    /// Redis connections that broke.
    #[metric(unit = "{disconnection}", on = disconnections, absent_until = "a connection breaks")]
    disconnections_total: Counter<PoolLabels>,

    /// Redis connections that were there again after they broke.
    #[metric(unit = "{reconnection}", on = reconnections, absent_until = "a connection breaks")]
    reconnections_total: Counter<PoolLabels>,

    /// Commands and batches that Redis has not answered yet.
    #[metric(unit = "{operation}", on = in_flight)]
    operations_in_flight: ObservableUpDownCounter<PoolLabels>,

    /// Commands of a pipeline or a transaction.
    #[metric(
        unit = "{command}",
        buckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
        on = batch_size,
        absent_until = "a pipeline or a transaction has run",
    )]
    batch_size: Histogram<BatchLabels, u64>,

    /// Commands that have ended in a pipeline or a transaction.
    #[metric(
        unit = "{command}",
        max_series = 2_500_000,
        on = batched_commands,
        absent_until = "a pipeline or a transaction has run",
    )]
    batched_commands_total: Counter<CommandLabels>,

    /// Messages that Redis sent without a command, and notes of its client.
    #[metric(
        unit = "{push}",
        on = pushes,
        absent_until = "Redis sends a message without a command",
    )]
    pushes_total: Counter<PushLabels>,

    /// Messages of Redis and notes of its client that nobody received.
    #[metric(
        unit = "{push}",
        on = lost_pushes,
        absent_until = "a message of Redis finds no receiver",
    )]
    lost_pushes_total: Counter<PushLabels>,
}

macro_rules! labels {
    ($($labels:ident { $(#[$label:meta])* $field:ident: $context:ident })*) => {$(
        #[derive(LabelSet)]
        #[label(crate = "crate", allow(semconv_names))]
        struct $labels {
            #[label(flatten)]
            connection: PoolLabels,
            $(#[$label])*
            $field: $context,
        }

        impl RoleLabels<PoolLabels, $context> for $labels {
            fn role_labels(connection: &PoolLabels, $field: &$context) -> Self {
                Self { connection: connection.clone(), $field: *$field }
            }
        }
    )*};
}
labels! {
    StateLabels { state: LinkState }
    BatchLabels { batch: BatchKind }
    PushLabels { kind: PushClass }
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
struct CommandLabels {
    #[label(flatten)]
    connection: PoolLabels,
    #[label(key = "db.operation.name", max = 500)]
    operation: &'static str,
    #[label(key = "error.type", max = 100)]
    error: Option<&'static str>,
}

impl RoleLabels<PoolLabels, Operation> for CommandLabels {
    fn role_labels(connection: &PoolLabels, operation: &Operation) -> Self {
        Self {
            connection: connection.clone(),
            operation: operation.name,
            error: operation.error_type,
        }
    }
}
