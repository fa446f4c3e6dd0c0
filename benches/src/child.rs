//! Work that needs a process of its own: series that cannot be taken back, memory, a first start.

use std::{env, io, process::Command, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    figure::Measurement,
    memory,
    scrape::{self, Shape},
    start,
};

/// What a child process is to do.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Task {
    /// Scrape all libraries.
    Scrape { case: String, shape: Shape, rounds: usize },
    /// Hold this library's series.
    Hold { library: String, shape: Shape },
    /// Start this library.
    Start { library: String, collector: String },
}

/// Why a child process has no figures.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    #[error("a process to measure in cannot be started: {0}")]
    Io(#[from] io::Error),
    #[error("a process to measure in failed at {0}")]
    Failed(String),
    #[error("what a process measured cannot be read: {0}")]
    Output(#[from] serde_json::Error),
}

impl Task {
    /// Has it done by a new process.
    pub(crate) fn delegate(&self) -> Result<Vec<Measurement>, ChildError> {
        let task = serde_json::to_string(self)?;
        let child = Command::new(env::current_exe()?)
            .args(["--child", &task])
            .stderr(std::process::Stdio::inherit())
            .output()?;
        if child.status.success() {
            Ok(serde_json::from_slice(&child.stdout)?)
        } else {
            Err(ChildError::Failed(task))
        }
    }

    /// Does it.
    pub(crate) fn perform(&self) -> Result<Vec<Measurement>, Box<dyn std::error::Error>> {
        Ok(match self {
            Self::Scrape { case, shape, rounds } => scrape::compare(case, *shape, *rounds)?,
            Self::Hold { library, shape } => vec![memory::hold(library, *shape)?],
            Self::Start { library, collector } => vec![start::start(library, collector)?],
        })
    }
}

impl FromStr for Task {
    type Err = serde_json::Error;

    fn from_str(task: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(task)
    }
}
