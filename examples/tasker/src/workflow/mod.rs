//! What can be run: workflows, their steps and the edges between them, and the states of both.

mod catalogue;
mod context;
mod definition;
mod state;

pub use catalogue::{NAMESPACES, WORKFLOWS, find};
pub use context::{ContextError, Field, FieldType};
pub use definition::{Handler, StepTemplate, Workflow};
pub use state::{StepState, TaskState};
