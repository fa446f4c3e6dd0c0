//! One sample: the list of containers, and then each container.

use std::{collections::HashMap, panic, sync::Arc};

use tokio::{
    runtime::{Builder, Runtime},
    task::JoinSet,
};

use super::{
    Container, DockerError,
    answers::{Inspected, Listed, Statistics},
    date,
    engine::{Engine, RequestError},
    filters::percent_encoded,
    sample::{ContainerSample, CpuReading},
};
use crate::{roles::Count, sampling::Source};

/// The requests that are made at the same time.
const CONCURRENT: usize = 16;

/// Reads containers, on the thread that calls it.
#[derive(Debug)]
pub(super) struct Reader {
    runtime: OwnRuntime,
    engine: Arc<Engine>,
    /// The request for the list of containers.
    list: String,
    /// Whether to ask when each container was started.
    needs_start: bool,
    /// The readings of single containers.
    containers: Source,
    errors: Count,
    /// The processor times of the last sample, by the ids of the containers.
    before: HashMap<Arc<str>, CpuReading>,
}

/// A runtime that is dropped without waiting: where there is no thread for the reader, whoever has
/// asked for it drops it, maybe on another runtime, where nothing may wait.
#[derive(Debug)]
struct OwnRuntime(Option<Runtime>);

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Reader {
    /// Failures of single containers are counted in `errors`.
    pub(super) fn new(
        engine: Engine,
        list: String,
        needs_start: bool,
        errors: Count,
    ) -> Result<Self, DockerError> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        Ok(Self {
            runtime: OwnRuntime(Some(runtime.map_err(DockerError::Thread)?)),
            engine: Arc::new(engine),
            list,
            needs_start,
            containers: Source::new("docker containers"),
            errors,
            before: HashMap::new(),
        })
    }

    /// The containers that run. A container that cannot be read is left out and counted.
    ///
    /// # Errors
    ///
    /// If the list cannot be read, or no container of it.
    pub(super) fn read(&mut self) -> Result<Vec<ContainerSample>, RequestError> {
        // It is there until the reader is dropped.
        let Some(runtime) = &self.runtime.0 else { return Ok(Vec::new()) };
        let read = runtime.block_on(self.read_all())?;
        let (mut samples, mut failures) = (Vec::with_capacity(read.len()), Vec::new());
        for container in read {
            match container {
                Ok(Some(sample)) => samples.push(sample),
                Ok(None) => {}
                Err(error) => failures.push(error),
            }
        }
        self.report(failures, samples.is_empty())?;
        for sample in &mut samples {
            let before = self.before.get(&sample.container.id);
            sample.processors = before.and_then(|before| sample.processors_since(before));
        }
        let of_container =
            |sample: &ContainerSample| Some((sample.container.id.clone(), sample.cpu_reading()?));
        self.before = samples.iter().filter_map(of_container).collect();
        Ok(samples)
    }

    /// Counts the failures, and logs the first one if there were none before.
    fn report(&self, failures: Vec<RequestError>, is_all: bool) -> Result<(), RequestError> {
        let further = failures.len().saturating_sub(1) as u64;
        let first = failures.into_iter().next();
        if further > 0 {
            self.errors.add(&(), further);
        }
        match first {
            // The sampler counts and logs it.
            Some(error) if is_all => return Err(error),
            Some(error) => self.containers.check::<(), _>(Err(error), &self.errors),
            None => self.containers.check::<(), RequestError>(Ok(()), &self.errors),
        };
        Ok(())
    }

    async fn read_all(&self) -> Result<Vec<SampleResult>, RequestError> {
        let list = self.engine.get::<Vec<Listed>>(&self.list).await?;
        let list = list.ok_or_else(|| RequestError::Unknown {
            path: self.list.clone(),
            socket: self.engine.socket.clone(),
        })?;
        let mut waiting = list.into_iter().filter(Listed::runs).map(Listed::container);
        let (mut running, mut samples) = (JoinSet::new(), Vec::new());
        loop {
            while running.len() < CONCURRENT
                && let Some(container) = waiting.next()
            {
                let (engine, needs_start) = (Arc::clone(&self.engine), self.needs_start);
                running.spawn(async move { engine.read(container, needs_start).await });
            }
            match running.join_next().await {
                Some(Ok(sample)) => samples.push(sample),
                // Only a panic ends such a task; the sampler counts it.
                Some(Err(error)) => panic::resume_unwind(error.into_panic()),
                None => return Ok(samples),
            }
        }
    }
}

/// The values of a container; `None` if it has ended since it was listed.
type SampleResult = Result<Option<ContainerSample>, RequestError>;

impl Engine {
    async fn read(&self, container: Container, needs_start: bool) -> SampleResult {
        let path = format!("/containers/{}", percent_encoded(&container.id));
        // Without `one-shot` the engine measures for a second, to have two readings of the
        // processor time.
        let statistics = format!("{path}/stats?stream=false&one-shot=true");
        let Some(statistics) = self.get::<Statistics>(&statistics).await? else { return Ok(None) };
        let Some(mut sample) = ContainerSample::new(Arc::new(container), statistics) else {
            return Ok(None);
        };
        if needs_start {
            let Some(inspected) = self.get::<Inspected>(&format!("{path}/json")).await? else {
                return Ok(None);
            };
            let started = inspected.state.and_then(|state| state.started_at);
            sample.started = started.and_then(|started| date::parse(&started));
        }
        Ok(Some(sample))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_without_a_thread_is_dropped_on_another_runtime() {
        let runtime = Builder::new_current_thread().build().unwrap();
        drop(OwnRuntime(Some(runtime)));
    }
}
