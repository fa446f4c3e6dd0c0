//! The containers of an engine with Docker's API, which are Docker's and Podman's: processor time,
//! memory, network, disks. By the engine's unix socket.
//!
//! One line is enough; [`ContainerMetrics`] lists the metrics:
//!
//! ```no_run
//! use osapi_metrics::instrumentation::docker;
//!
//! docker::observe()?.keep();
//! # Ok::<(), docker::DockerError>(())
//! ```
//!
//! [`DockerOptions`] has the socket, the interval, and filters by labels and names. A thread of its
//! own reads the containers each 30 seconds; a collection shows the last sample, and asks nobody.
//!
//! The process needs permission to use the socket, which gives it all power over the engine. A
//! proxy that lets `GET` requests of `/containers/` through is enough.
//!
//! # Values that are missing
//!
//! * **No engine.** Nothing is shown, and a line of the log says so. The engine is asked again at
//!   each interval, so it may start later or start again. A request that is not answered fails
//!   after ten seconds.
//! * **A container that cannot be read** is left out, and does not hide the others.
//! * **A container that has ended**, since it was listed too, has no series.
//! * **A value that the engine does not report** is absent: engines report no disks that a
//!   container has not used, no interfaces of containers in the network of the machine, and, on
//!   systems without that cgroup, no memory.
//!
//! Failures are counted in `osapi_docker_reading_errors_total`, and logged when they begin and when
//! they end. `osapi_docker_sample_age_seconds` is the time since the last sample.
//!
//! # Counters
//!
//! Counters are those that the kernel has of the container, and begin at 0 when a container is
//! restarted or replaced by another one of the same name. Prometheus and differences over OTLP take
//! a counter that goes back for one that has begun anew. Over OTLP with cumulative values the start
//! of the series stays that of this process; a receiver sees the value go back.
//!
//! # Many containers
//!
//! A series is one of a container's name. The names that are seen count to their limit for the
//! life of the process, also when their containers have ended, so on a machine whose containers
//! have random names the limit is reached in time. What is beyond the limit is added up in the
//! series `otel_metric_overflow="true"`. A [filter](DockerOptions::name) leaves such containers
//! out.
//!
//! # Names of the Collector
//!
//! [`DockerStatsMetrics`] has the names, units and labels of the receiver `docker_stats` of
//! OpenTelemetry's Collector:
//!
//! ```no_run
//! use osapi_metrics::instrumentation::docker::{self, DockerStatsMetrics};
//!
//! docker::observe_in::<DockerStatsMetrics>(&())?.keep();
//! # Ok::<(), docker::DockerError>(())
//! ```
//!
//! # Names of your own
//!
//! A set of the service names the [`DockerRoles`] that it shows:
//!
//! ```no_run
//! use osapi_metrics::{
//!     LabelSet, MetricSet, ObservableCounter, ObservableGauge,
//!     instrumentation::docker::{self, Container, DockerRoles},
//!     roles::RoleLabels,
//! };
//!
//! #[derive(LabelSet)]
//! struct ByName {
//!     #[label(max = 100)]
//!     container: String,
//! }
//!
//! impl RoleLabels<(), Container> for ByName {
//!     fn role_labels((): &(), container: &Container) -> Self {
//!         Self { container: container.name.to_string() }
//!     }
//! }
//!
//! /// The containers of a shop.
//! #[derive(MetricSet)]
//! #[metric_set(prefix = "shop", roles(of = DockerRoles))]
//! struct ShopContainers {
//!     /// Memory of a container.
//!     #[metric(unit = "By", on = memory_usage)]
//!     container_memory_bytes: ObservableGauge<ByName, u64>,
//!     /// Processor time of a container.
//!     #[metric(unit = "s", on = cpu_total)]
//!     container_cpu_seconds_total: ObservableCounter<ByName, f64>,
//! }
//!
//! docker::observe_in::<ShopContainers>(&())?.keep();
//! # Ok::<(), docker::DockerError>(())
//! ```

// Without unix sockets there are no answers to read.
#![cfg_attr(not(unix), allow(dead_code))]

mod answers;
mod date;
mod docker_stats;
#[cfg(unix)]
mod engine;
mod error;
mod filters;
mod labels;
mod metrics;
mod observe;
mod options;
#[cfg(unix)]
mod reader;
mod recording;
mod roles;
mod sample;
mod socket;
#[cfg(not(unix))]
mod unsupported;

pub use {
    docker_stats::DockerStatsMetrics,
    error::DockerError,
    metrics::ContainerMetrics,
    observe::{observe, observe_in},
    options::DockerOptions,
    roles::{
        BlockDevice, BlockOperation, Container, ContainerBlock, ContainerCpu, ContainerDisk,
        ContainerInterface, ContainerNetwork, CpuMode, DiskDirection, DockerRoles,
        NetworkDirection, Percent,
    },
};

#[cfg(not(unix))]
use unsupported::{Engine, Reader};
#[cfg(unix)]
use {engine::Engine, reader::Reader};
