//! What is sent through the queues.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::metrics::{CorrelationId, ResultType};

/// A message to the orchestration about a whole task.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum TaskRequest {
    /// Begin a task that is in the table.
    Start {
        /// The task.
        task: Uuid,
        /// The id of the request.
        #[serde(deserialize_with = "correlation_id")]
        correlation_id: String,
    },
    /// End a task before its end.
    Cancel {
        /// The task.
        task: Uuid,
        /// The id of the request.
        #[serde(deserialize_with = "correlation_id")]
        correlation_id: String,
    },
}

/// A message to the workers of a namespace.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StepMessage {
    /// The task of the step.
    pub task: Uuid,
    /// The step.
    pub step: i64,
    /// The attempt, counted from 1.
    pub attempt: i32,
    /// The id of the request.
    #[serde(deserialize_with = "correlation_id")]
    pub correlation_id: String,
}

/// A message to the orchestration: how the execution of a step ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StepResult {
    /// The task of the step.
    pub task: Uuid,
    /// The step.
    pub step: i64,
    /// The attempt that ended.
    pub attempt: i32,
    /// The id of the request.
    #[serde(deserialize_with = "correlation_id")]
    pub correlation_id: String,
    /// How it ended.
    pub result_type: ResultType,
    /// What the handler returned.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub output: Value,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<StepFailure>,
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepFailure {
    /// The class of the error, such as `not_found`.
    pub class: String,
    /// The error in words.
    pub message: String,
    /// Whether another attempt would fail as well.
    pub permanent: bool,
}

impl TaskRequest {
    /// The task.
    pub fn task(&self) -> Uuid {
        match self {
            Self::Start { task, .. } | Self::Cancel { task, .. } => *task,
        }
    }

    /// The id of the request.
    pub fn correlation_id(&self) -> &str {
        match self {
            Self::Start { correlation_id, .. } | Self::Cancel { correlation_id, .. } => {
                correlation_id
            }
        }
    }
}

fn correlation_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(CorrelationId::known)
}
