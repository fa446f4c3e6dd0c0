//! What the workers of a fleet record: real jobs in job-queue's own metrics.

use std::{collections::BTreeMap, ops::Range};

use osapi_metrics::{
    ErrorType, LabelValue, instrumented_job, instruments::Observation, labels::LabelRef,
};

use crate::{
    job::{FailureReason, Priority, Service},
    metrics::{
        ApplicationMetrics, BusinessMetrics, CapacityMetrics, JobLabels, ServiceLabels, WorkerId,
        WorkerLabels, retain_jobs,
    },
};

/// The priorities of the jobs that a worker gets.
pub(crate) const PRIORITIES: [Priority; 2] = [Priority::Normal, Priority::High];

/// The errors that the jobs of a service have had.
pub(crate) const ERRORS: [FailureReason; 2] =
    [FailureReason::DeadlineExceeded, FailureReason::ConnectionRefused];

/// The size of an output, and how many jobs a worker runs at the same time.
const OUTPUT_BYTES: u64 = 20_000;
const SLOTS: u64 = 4;

/// The workers that a process stands for, each known by its number.
#[derive(Debug)]
pub(crate) struct Workers {
    /// Whether the series of each worker have its name, or all workers share their series.
    labelled: bool,
    /// The capacity of each worker that is there.
    observed: BTreeMap<usize, [Observation; 2]>,
}

impl Workers {
    pub(crate) fn new(labelled: bool) -> Self {
        Self { labelled, observed: BTreeMap::new() }
    }

    /// Starts these workers.
    pub(crate) fn enter(&mut self, numbers: Range<usize>) {
        for number in numbers {
            let metrics = CapacityMetrics::global();
            let labels = WorkerLabels { worker_id: self.id(number) };
            let observed = [
                metrics.worker_slots.with(labels.clone()).observe(|| SLOTS),
                metrics.worker_saturation_ratio.with(labels).observe(|| 0.5),
            ];
            self.observed.insert(number, observed);
            self.work(number);
        }
    }

    /// Ends these workers, and their series: a fleet has forgotten them.
    pub(crate) fn leave(&mut self, numbers: &Range<usize>) {
        self.observed.retain(|number, _| !numbers.contains(number));
        let gone: Vec<_> = numbers.clone().map(|number| self.id(number)).collect();
        retain_jobs(|labels| {
            let Some(LabelRef::Str(id)) = labels.get("worker_id") else { return true };
            gone.binary_search_by(|gone| gone.as_str().cmp(id)).is_err()
        });
    }

    /// Each of these workers ends jobs of each of its kinds, so that all of its series change.
    pub(crate) fn work_all(&self, numbers: Range<usize>) {
        numbers.for_each(|number| self.work(number));
    }

    fn work(&self, number: usize) {
        let worker_id = self.id(number);
        for &service in services(number) {
            for priority in PRIORITIES {
                let labels = || JobLabels { service, priority, worker_id: worker_id.clone() };
                let done = attempt(labels(), Ok(OUTPUT_BYTES));
                debug_assert!(done.is_ok(), "the attempt was to succeed");
                let business = BusinessMetrics::global();
                business.job_billable_operations_total.with(ServiceLabels { service }).inc();
                business.job_cost_usd_total.with(ServiceLabels { service }).add(0.01);
            }
            // One error for each priority: with a name for each priority, a service has as many
            // series of errors as there are names.
            for (priority, reason) in PRIORITIES.into_iter().zip(ERRORS) {
                let labels = JobLabels { service, priority, worker_id: worker_id.clone() };
                let failed = attempt(labels, Err(Failed(reason)));
                debug_assert!(failed.is_err(), "the attempt was to fail");
            }
        }
    }

    /// The name of a worker; an empty one is no label at all.
    fn id(&self, number: usize) -> WorkerId {
        let name = format!("job-queue-worker-{number:05}");
        WorkerId::from(if self.labelled { name.as_str() } else { "" })
    }
}

/// The services of a worker: every other one has two.
pub(crate) fn services(number: usize) -> &'static [Service] {
    const KINDS: [&[Service]; 4] = [
        &[Service::Simulation, Service::Hash],
        &[Service::Compress],
        &[Service::Compress, Service::Image],
        &[Service::Hash],
    ];
    KINDS[number % KINDS.len()]
}

/// Why an attempt has failed.
#[derive(Clone, Copy, Debug)]
struct Failed(FailureReason);

impl ErrorType for Failed {
    fn error_type(&self) -> &'static str {
        self.0.failure_type().as_str()
    }
}

/// An attempt, recorded as job-queue's workers record theirs.
#[instrumented_job(
    metrics = ApplicationMetrics,
    labels = labels,
    output_size = |bytes: &u64| *bytes,
    error_name = |failed: &Failed| failed.0.name(),
)]
fn attempt(labels: JobLabels, end: Result<u64, Failed>) -> Result<u64, Failed> {
    end
}
