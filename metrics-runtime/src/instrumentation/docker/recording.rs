//! The observations of all roles, and the sampler that they look at.

use std::{sync::Arc, time::Duration};

use super::{
    BlockOperation, Container, ContainerBlock, ContainerCpu, ContainerDisk, ContainerInterface,
    ContainerNetwork, CpuMode, DiskDirection, DockerError, DockerRoles, Engine, NetworkDirection,
    Reader, answers::NetworkStatistics, sample::ContainerSample,
};
use crate::{
    roles::{Observations, RecordRoles, RoleObserver},
    sampling::Sampler,
};

/// Observes the containers of a list, in the roles of a set.
pub(super) fn record<S: RecordRoles<DockerRoles>>(
    labels: &S::Labels,
    engine: Engine,
    list: String,
    interval: Duration,
) -> Result<Observations, DockerError> {
    let mut roles = S::global().roles(labels);
    let errors = std::mem::take(&mut roles.reading_errors);
    let of_containers = S::global().roles(labels).reading_errors;
    let mut reader = Reader::new(engine, list, !roles.uptime.is_unused(), of_containers)?;
    let sampler = Sampler::spawn("docker", interval, errors, move || reader.read());
    let sampler = Arc::new(sampler.map_err(DockerError::Thread)?);
    let containers = Containers(Arc::clone(&sampler));
    let age = sampler.samples().age_observation();
    let age = roles.sample_age.observe(move |observer| {
        // As in `Containers::each`.
        let _ = &sampler;
        age(observer);
    });
    let uptime = roles.uptime.observe(
        containers.values(|container| container.uptime().map(|uptime| uptime.as_secs_f64())),
    );
    Ok([
        observe_cpu(&roles, &containers),
        observe_memory(&roles, &containers),
        observe_network(&roles, &containers),
        observe_blocks(&roles, &containers),
        uptime,
        age,
    ]
    .into_iter()
    .collect())
}

/// The containers of the last sample.
struct Containers(Arc<Sampler<Vec<ContainerSample>>>);

impl Containers {
    /// The closure of an observation that looks at each container. It owns the sampler with the
    /// other closures: the end of the last observation is the end of the sampler.
    fn each<C: 'static>(
        &self,
        report: impl Fn(&ContainerSample, &mut RoleObserver<'_, C>) + Send + Sync + 'static,
    ) -> impl Fn(&mut RoleObserver<'_, C>) + Send + Sync + 'static {
        let (owned, samples) = (Arc::clone(&self.0), self.0.samples());
        move |observer| {
            let _ = &owned;
            let sample = samples.latest();
            for container in sample.iter().flat_map(|sample| &sample.value) {
                report(container, observer);
            }
        }
    }

    /// The closure of an observation that reports one value for each container.
    fn values(
        &self,
        value: impl Fn(&ContainerSample) -> Option<f64> + Send + Sync + 'static,
    ) -> impl Fn(&mut RoleObserver<'_, Container>) + Send + Sync + 'static {
        self.each(move |sample, observer| {
            if let Some(value) = value(sample) {
                observer.observe(sample.container.as_ref(), value);
            }
        })
    }

    /// The closure of an observation that reports one value for each interface.
    fn interfaces(
        &self,
        value: impl Fn(&NetworkStatistics) -> Option<u64> + Send + Sync + 'static,
    ) -> impl Fn(&mut RoleObserver<'_, ContainerInterface>) + Send + Sync + 'static {
        self.each(move |sample, observer| {
            for (interface, values) in &sample.interfaces {
                if let Some(value) = value(values) {
                    let (container, interface) = (sample.container.clone(), interface.clone());
                    observer.observe(&ContainerInterface { container, interface }, value as f64);
                }
            }
        })
    }
}

const NANOSECONDS: f64 = 1e9;
const PERCENT: f64 = 100.0;

fn observe_cpu(roles: &DockerRoles, containers: &Containers) -> Observations {
    fn seconds(time: Option<u64>) -> Option<f64> {
        time.map(|time| time as f64 / NANOSECONDS)
    }
    let by_mode = containers.each(|sample, observer| {
        let user = (CpuMode::User, sample.cpu.usage_in_usermode);
        let kernel = (CpuMode::Kernel, sample.cpu.usage_in_kernelmode);
        for (mode, time) in [user, kernel] {
            if let Some(time) = seconds(time) {
                let container = sample.container.clone();
                observer.observe(&ContainerCpu { container, mode }, time);
            }
        }
    });
    let total = containers.values(|sample| seconds(sample.cpu.total_usage));
    let user = containers.values(|sample| seconds(sample.cpu.usage_in_usermode));
    let kernel = containers.values(|sample| seconds(sample.cpu.usage_in_kernelmode));
    let usage = containers.values(|sample| sample.processors);
    let percent = containers.values(|sample| Some(sample.processors? * PERCENT));
    [
        roles.cpu_time.observe(by_mode),
        roles.cpu_total.observe(total),
        roles.cpu_user.observe(user),
        roles.cpu_kernel.observe(kernel),
        roles.cpu_usage.observe(usage),
        roles.cpu_percent.observe(percent),
    ]
    .into_iter()
    .collect()
}

fn observe_memory(roles: &DockerRoles, containers: &Containers) -> Observations {
    fn bytes(value: Option<u64>) -> Option<f64> {
        value.map(|value| value as f64)
    }
    let usage = containers.values(|sample| bytes(sample.memory_usage));
    let limit = containers.values(|sample| bytes(sample.memory_limit));
    let percent = containers
        .values(|sample| Some(bytes(sample.memory_usage)? / bytes(sample.memory_limit)? * PERCENT));
    let total_cache = containers.values(|sample| bytes(sample.memory_total_cache));
    let file = containers.values(|sample| bytes(sample.memory_file));
    [
        roles.memory_usage.observe(usage),
        roles.memory_limit.observe(limit),
        roles.memory_percent.observe(percent),
        roles.memory_total_cache.observe(total_cache),
        roles.memory_file.observe(file),
    ]
    .into_iter()
    .collect()
}

fn observe_network(roles: &DockerRoles, containers: &Containers) -> Observations {
    let by_direction = containers.each(|sample, observer| {
        for (interface, values) in &sample.interfaces {
            let received = (NetworkDirection::Receive, values.rx_bytes);
            let sent = (NetworkDirection::Transmit, values.tx_bytes);
            for (direction, bytes) in [received, sent] {
                if let Some(bytes) = bytes {
                    let (container, interface) = (sample.container.clone(), interface.clone());
                    let of = ContainerNetwork { container, interface, direction };
                    observer.observe(&of, bytes as f64);
                }
            }
        }
    });
    let received = containers.interfaces(|values| values.rx_bytes);
    let sent = containers.interfaces(|values| values.tx_bytes);
    let received_dropped = containers.interfaces(|values| values.rx_dropped);
    let sent_dropped = containers.interfaces(|values| values.tx_dropped);
    [
        roles.network_io.observe(by_direction),
        roles.network_received.observe(received),
        roles.network_sent.observe(sent),
        roles.network_received_dropped.observe(received_dropped),
        roles.network_sent_dropped.observe(sent_dropped),
    ]
    .into_iter()
    .collect()
}

fn observe_blocks(roles: &DockerRoles, containers: &Containers) -> Observations {
    let by_direction = containers.each(|sample, observer| {
        for (device, operation, bytes) in &sample.blocks {
            let direction = match operation {
                BlockOperation::Read => DiskDirection::Read,
                BlockOperation::Write => DiskDirection::Write,
                // They are parts of reads and writes, or their sum.
                _ => continue,
            };
            let (container, device) = (sample.container.clone(), *device);
            observer.observe(&ContainerDisk { container, device, direction }, *bytes as f64);
        }
    });
    let by_operation = containers.each(|sample, observer| {
        for (device, operation, bytes) in &sample.blocks {
            let (container, device, operation) = (sample.container.clone(), *device, *operation);
            observer.observe(&ContainerBlock { container, device, operation }, *bytes as f64);
        }
    });
    [roles.disk_io.observe(by_direction), roles.block_io.observe(by_operation)]
        .into_iter()
        .collect()
}
