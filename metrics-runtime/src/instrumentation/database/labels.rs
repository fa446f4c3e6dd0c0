//! The labels of the shipped metric set.

use std::borrow::Cow;

use super::{AcquireFailure, ConnectionState, DatabaseSystem, Operation, TransactionEnd};
use crate::{LabelSet, roles::RoleLabels};

/// The labels that all metrics of a pool have: `db.client.connection.pool.name` of OpenTelemetry's
/// semantic conventions.
///
/// `ObservedPool::new` of `sqlx` and `ObservedConnection::new` of `redis` make them from a name.
/// Names beyond 50 share the overflow series.
///
/// ```
/// use osapi_metrics::instrumentation::database::PoolLabels;
///
/// let labels = PoolLabels { pool: "orders".into() };
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub struct PoolLabels {
    /// The name of the pool, or of the connection.
    #[label(key = "db.client.connection.pool.name", max = 50)]
    pub pool: Cow<'static, str>,
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct OperationLabels {
    #[label(flatten)]
    pool: PoolLabels,
    #[label(key = "db.system.name")]
    system: DatabaseSystem,
    #[label(key = "db.operation.name", max = 500)]
    operation: &'static str,
    #[label(key = "error.type", max = 100)]
    error: Option<&'static str>,
}

impl RoleLabels<PoolLabels, Operation> for OperationLabels {
    fn role_labels(pool: &PoolLabels, operation: &Operation) -> Self {
        Self {
            pool: pool.clone(),
            system: operation.system,
            operation: operation.name,
            error: operation.error_type,
        }
    }
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct RowLabels {
    #[label(flatten)]
    pool: PoolLabels,
    #[label(key = "db.system.name")]
    system: DatabaseSystem,
    #[label(key = "db.operation.name", max = 45)]
    operation: &'static str,
}

impl RoleLabels<PoolLabels, Operation> for RowLabels {
    fn role_labels(pool: &PoolLabels, operation: &Operation) -> Self {
        Self { pool: pool.clone(), system: operation.system, operation: operation.name }
    }
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct StateLabels {
    #[label(flatten)]
    pool: PoolLabels,
    #[label(key = "db.client.connection.state")]
    state: ConnectionState,
}

impl RoleLabels<PoolLabels, ConnectionState> for StateLabels {
    fn role_labels(pool: &PoolLabels, state: &ConnectionState) -> Self {
        Self { pool: pool.clone(), state: *state }
    }
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct FailureLabels {
    #[label(flatten)]
    pool: PoolLabels,
    #[label(key = "error.type", max = 100)]
    error: &'static str,
}

impl RoleLabels<PoolLabels, AcquireFailure> for FailureLabels {
    fn role_labels(pool: &PoolLabels, failure: &AcquireFailure) -> Self {
        Self { pool: pool.clone(), error: failure.error_type }
    }
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct TransactionLabels {
    #[label(flatten)]
    pool: PoolLabels,
    outcome: TransactionEnd,
}

impl RoleLabels<PoolLabels, TransactionEnd> for TransactionLabels {
    fn role_labels(pool: &PoolLabels, end: &TransactionEnd) -> Self {
        Self { pool: pool.clone(), outcome: *end }
    }
}
