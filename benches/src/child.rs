//! Tasks that need a process of their own: making series, which a process cannot undo, measuring
//! memory, and a first start.

use std::{
    env, io,
    process::{Command, Stdio},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

use crate::{figure::Measurement, scrape::Shape};

/// A task of a child process.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Task {
    /// Scrape all libraries.
    Scrape { case: String, shape: Shape, rounds: usize },
    /// Scrape osapi-metrics beside this number of threads.
    ScrapeBeside { case: String, threads: usize, rounds: usize },
    /// Measure the memory of the series of this library.
    Hold { library: String, shape: Shape },
    /// Start this library.
    Start { library: String, collector: String },
}

/// The reason why a child process has no figures.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    #[error("a process to measure in cannot be started: {0}")]
    Io(#[from] io::Error),
    #[error("a process to measure in failed at {0}")]
    Failed(String),
    #[error("the output of a process that measures cannot be read: {0}")]
    Output(#[from] serde_json::Error),
}

impl Task {
    /// Runs the task in a new process of this program and returns its figures.
    pub(crate) fn delegate(&self) -> Result<Vec<Measurement>, ChildError> {
        let task = serde_json::to_string(self)?;
        let child = Command::new(env::current_exe()?)
            .args(["--child", &task])
            .stderr(Stdio::inherit())
            .output()?;
        if child.status.success() {
            Ok(serde_json::from_slice(&child.stdout)?)
        } else {
            Err(ChildError::Failed(task))
        }
    }
}

impl FromStr for Task {
    type Err = serde_json::Error;

    fn from_str(task: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(task)
    }
}
