//! What a process observes of itself and of its machine.

use std::{fmt::Display, time::Duration};

use osapi_metrics::{
    instrumentation::{
        docker::DockerOptions,
        gpu::{GpuIndexMetrics, GpuOptions},
        host::HostOptions,
        tokio_runtime,
    },
    roles::Observations,
};
use tokio::runtime::Handle;
use tracing::warn;

use super::options::ResourceOptions;
use crate::{
    config::Switches,
    metrics::{HostMetrics, observe_process},
};

/// Observes what the switches allow. What cannot be observed is logged and left out: a process
/// without resources still does its work.
pub(super) fn observe(
    switches: Switches,
    options: &ResourceOptions,
    interval: Duration,
) -> Observations {
    let process = started("the process", observe_process());
    let runtime = tokio_runtime::observe(&Handle::current());
    let mut observations: Observations = [process, runtime].into_iter().collect();
    if switches.host {
        let mut host = HostOptions::from_environment().interval(interval);
        if let Some(workspace) = &options.workspace {
            host = host.path(workspace);
        }
        observations.extend([started("the host", host.observe_in::<HostMetrics>(&()))]);
    }
    if switches.gpu {
        let mut gpu = GpuOptions::new().interval(interval);
        if let Some(library) = &options.nvml {
            gpu = gpu.library(library);
        }
        observations.extend([started("GPUs", gpu.observe_in::<GpuIndexMetrics>(&()))]);
    }
    if switches.docker {
        let docker = DockerOptions::new().interval(interval);
        observations.extend([started("containers", docker.observe())]);
    }
    observations
}

fn started<E: Display>(what: &str, observed: Result<Observations, E>) -> Observations {
    observed.unwrap_or_else(|error| {
        warn!(%error, "{what}: no metrics");
        Observations::default()
    })
}
