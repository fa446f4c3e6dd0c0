//! The tables of tasker in PostgreSQL: tasks, steps, edges, and every transition of both.
//!
//! ```text
//! tasks ──► create, find          the API
//! initialize ─► ready ─► evaluate the orchestration, in transactions that lock their task
//! claim, leases                   the workers
//! counts                          the gauges
//! ```

mod claim;
mod counts;
mod evaluate;
mod initialize;
mod messages;
mod ready;
mod result;
mod schema;
mod tasks;
mod transitions;

pub use claim::{Claim, ClaimedStep, Unusable, claim, extend_leases};
pub use counts::{Counts, counts};
pub use evaluate::Finalized;
pub use initialize::{Initialized, fail_unknown, initialize};
pub use messages::{StepFailure, StepMessage, StepResult, TaskRequest};
pub use ready::{EnqueuedStep, enqueue_due, tasks_with_due_steps};
pub use result::{ProcessedResult, process};
pub use schema::{SchemaError, prepare};
pub use tasks::{
    NewTask, StepRecord, StoredJson, TaskRecord, cancel, create, find, request_cancel,
};

use osapi_metrics::instrumentation::sqlx::{ObservedPool, ObservedTransaction};
use sqlx::Postgres;

/// A pool of connections to the database.
pub type Database = ObservedPool<Postgres>;

/// A transaction in the database.
pub type Transaction = ObservedTransaction<Postgres>;
