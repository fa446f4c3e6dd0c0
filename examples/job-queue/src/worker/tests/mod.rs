mod faulty;

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use osapi_metrics::testing::{CapturedValue, ThreadCapture, capture_thread};
use serde_json::{Value, json};
use tokio::{
    sync::broadcast,
    time::{Instant, timeout},
};

use super::{Prices, Worker, WorkerOptions};
use crate::{
    job::{
        Capabilities, FailureReason, JobId, JobRecord, JobRequest, JobState, Payload, Priority,
        Service,
    },
    queue::{Cancelled, EmbeddedQueue, JobEvent, Queue, QueueOptions, WorkerInfo},
    testing::{LIMIT, ModelServer, TestConnectors},
};
use faulty::FaultyQueue;

/// Longer than any grace period, shorter than the test's limit.
const LONG: u64 = 20_000;

/// How long a worker that stops may take to leave the queue.
const FAREWELL: Duration = Duration::from_secs(1);

/// A queue and connectors, in one capture.
struct Bench {
    queue: EmbeddedQueue,
    events: broadcast::Receiver<JobEvent>,
    connectors: TestConnectors,
    captured: ThreadCapture,
}

impl Bench {
    fn new() -> Self {
        Self::with(TestConnectors::without_models())
    }

    fn with(connectors: TestConnectors) -> Self {
        let options =
            QueueOptions { retry_delay: Duration::from_millis(5), ..QueueOptions::default() };
        let queue = EmbeddedQueue::new(options);
        Self { events: queue.events(), queue, connectors, captured: capture_thread() }
    }

    fn worker(&self, id: &str, slots: u32) -> Worker {
        self.worker_at(Arc::new(self.queue.clone()), id, slots, true)
    }

    fn worker_at(&self, queue: Arc<dyn Queue>, id: &str, slots: u32, job_metrics: bool) -> Worker {
        let options = WorkerOptions {
            info: WorkerInfo {
                id: id.to_owned(),
                services: BTreeSet::from(Service::ALL),
                capabilities: Capabilities::default(),
                slots,
            },
            worker_expiry: QueueOptions::default().worker_expiry,
            prices: Prices { simulation: 0.5, ..Prices::default() },
            job_metrics,
        };
        Worker::start(queue, self.connectors.connectors.clone(), options)
    }

    async fn submit(&self, request: JobRequest) -> JobId {
        self.queue.submit(request).await.unwrap()
    }

    /// Waits for an event of a job.
    async fn until(&mut self, job: JobId, is_expected: impl Fn(&JobEvent) -> bool) -> JobEvent {
        let seen = async {
            loop {
                let event = self.events.recv().await.unwrap();
                if event.id == job && is_expected(&event) {
                    return event;
                }
            }
        };
        timeout(LIMIT, seen).await.expect("the event comes")
    }

    async fn until_state(&mut self, job: JobId, state: JobState) {
        self.until(job, |event| event.state == state).await;
    }

    /// The record of a job that is over.
    async fn over(&mut self, job: JobId) -> JobRecord {
        self.until(job, |event| event.state.is_over()).await;
        self.queue.record(job).await.unwrap().unwrap()
    }

    fn processed(&self, status: &str) -> CapturedValue {
        self.captured.counter("jobs_processed_total", &[("status", status)])
    }

    fn started_completed_failed(&self) -> [CapturedValue; 3] {
        ["started", "completed", "failed"].map(|status| self.processed(status))
    }

    fn active(&self) -> CapturedValue {
        self.captured.up_down_counter("jobs_active", &[])
    }
}

fn request(service: Service, payload: Value) -> JobRequest {
    JobRequest::new(Payload::parse(service, payload).unwrap())
}

fn simulation(payload: Value) -> JobRequest {
    request(Service::Simulation, payload)
}

/// Lets all tasks run that can run. The clock is virtual, and advances when all tasks wait.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

#[tokio::test]
async fn jobs_run_and_are_counted_as_they_were() {
    let server = ModelServer::start().await;
    let mut bench = Bench::with(TestConnectors::new(&server.base));
    let worker = bench.worker("w-1", 2);
    let mut high = simulation(json!({ "millis": 2, "steps": 2, "output_bytes": 1_000 }));
    high.priority = Priority::High;
    let simulated = bench.submit(high).await;
    let record = bench.over(simulated).await;
    assert_eq!((record.state, record.worker.as_deref()), (JobState::Completed, Some("w-1")));
    assert_eq!(record.output.unwrap().bytes, 1_000);
    for payload in [
        (Service::Hash, json!({ "text": "abc" })),
        (Service::Compress, json!({ "bytes": 100_000 })),
        (Service::Image, json!({ "width": 20, "height": 20 })),
    ] {
        let job = bench.submit(request(payload.0, payload.1)).await;
        let record = bench.over(job).await;
        assert_eq!(record.state, JobState::Completed, "{:?}", record.failure);
    }
    worker.stop(LIMIT, FAREWELL).await;

    let captured = &bench.captured;
    assert_eq!(bench.started_completed_failed(), [4, 4, 0]);
    let high = [
        ("service", "simulation"),
        ("priority", "high"),
        ("worker_id", "w-1"),
        ("status", "completed"),
    ];
    assert_eq!(captured.counter("jobs_processed_total", &high), 1);
    assert_eq!(captured.histogram("job_duration_seconds", &high).count, 1);
    let sizes = captured.histogram("job_output_size_bytes", &high[..3]);
    assert_eq!((sizes.count, sizes.sum.as_f64()), (1, 1_000.0));
    assert_eq!(captured.histogram("job_queue_wait_seconds", &[]).count, 4);
    assert_eq!(bench.active(), 0);
    let service = [("service", "simulation")];
    assert_eq!(captured.counter("job_billable_operations_total", &service), 1);
    assert_eq!(captured.counter("job_cost_usd_total", &service), 0.5);
    assert_eq!(captured.counter("job_billable_operations_total", &[]), 4);
    assert_eq!(captured.counter("job_retries_total", &[]), 0);
    assert_eq!(captured.counter("model_downloads_total", &[("result", "completed")]), 1);
}

#[tokio::test]
async fn every_failure_ends_with_its_reason() {
    let mut bench = Bench::new();
    let _worker = bench.worker("w", 1);
    let mut timed_out = simulation(json!({ "fail": "timeout" }));
    timed_out.timeout = Duration::from_millis(20);
    let simulated = |failure: &str| JobRequest {
        // A resolver without a network can take half a minute.
        timeout: LIMIT,
        ..simulation(json!({ "fail": failure }))
    };
    let image = request(Service::Image, json!({ "width": 60_000, "height": 60_000 }));
    for (request, reason, error_type, state) in [
        (timed_out, FailureReason::DeadlineExceeded, "timeout", JobState::TimedOut),
        (simulated("memory"), FailureReason::OutOfMemory, "memory", JobState::Failed),
        (image, FailureReason::MemoryLimit, "memory", JobState::Failed),
        (simulated("network"), FailureReason::HostNotFound, "network", JobState::Failed),
        (simulated("connection"), FailureReason::ConnectionRefused, "connection", JobState::Failed),
        (simulated("unknown"), FailureReason::Other, "unknown", JobState::Failed),
        (simulated("panic"), FailureReason::Panicked, "unknown", JobState::Failed),
    ] {
        let job = bench.submit(request).await;
        let record = bench.over(job).await;
        let failure = record.failure.unwrap();
        assert_eq!((failure.reason, record.state), (reason, state), "{}", failure.message);
        let labels = [("error_type", error_type), ("error_name", reason.name())];
        assert_eq!(bench.captured.counter("errors_total", &labels), 1, "{reason:?}");
    }
    assert_eq!(bench.captured.counter("errors_total", &[]), 7);
    assert_eq!(bench.started_completed_failed(), [7, 0, 7]);
    let failed = bench.captured.histogram("job_duration_seconds", &[("status", "failed")]);
    assert_eq!(failed.count, 7);
    assert_eq!(bench.captured.counter("job_cost_usd_total", &[]), 0.0);
}

#[tokio::test]
async fn a_job_is_tried_again_and_billed_once() {
    let mut bench = Bench::new();
    let _worker = bench.worker("w", 1);
    let mut failing = simulation(json!({ "fail": "unknown", "failing_attempts": 2 }));
    failing.retries = 3;
    let job = bench.submit(failing).await;
    for attempt in 1..=2 {
        bench
            .until(job, |event| event.state == JobState::Queued && event.attempts == attempt)
            .await;
        // The next attempt is due after the queue's delay.
        let swept = async {
            while bench.queue.sweep().await.unwrap().retried == 0 {
                tokio::task::yield_now().await;
            }
        };
        timeout(LIMIT, swept).await.expect("the attempt is due");
    }
    let record = bench.over(job).await;
    assert_eq!((record.state, record.attempts), (JobState::Completed, 3));
    assert_eq!(bench.captured.counter("job_retries_total", &[("service", "simulation")]), 2);
    assert_eq!(bench.captured.counter("job_billable_operations_total", &[]), 1);
    assert_eq!(bench.started_completed_failed(), [3, 1, 2]);
    // The time until the second attempt is not time in the queue.
    assert_eq!(bench.captured.histogram("job_queue_wait_seconds", &[]).count, 1);
}

#[tokio::test]
async fn a_time_out_ends_the_thread() {
    let mut bench = Bench::new();
    let worker = bench.worker("w", 1);
    let mut endless = request(Service::Hash, json!({ "text": "", "rounds": 10_000_000 }));
    endless.timeout = Duration::from_millis(30);
    let job = bench.submit(endless).await;
    let record = bench.over(job).await;
    assert_eq!(record.failure.unwrap().reason, FailureReason::DeadlineExceeded);
    assert!(record.progress < 100);
    worker.stop(LIMIT, FAREWELL).await;
    // A thread that worked would keep this runtime from its end for minutes.
}

#[tokio::test(start_paused = true)]
async fn the_work_of_a_cancelled_job_is_dropped() {
    let mut bench = Bench::new();
    let _worker = bench.worker("w", 1);
    let job = bench.submit(simulation(json!({ "millis": 600_000, "steps": 1_000 }))).await;
    bench.until(job, |event| event.progress > 0).await;
    assert_eq!(bench.active(), 1);
    let saturation = [("worker_id", "w")];
    assert_eq!(bench.captured.gauge("worker_saturation_ratio", &saturation).unwrap(), 1.0);
    assert_eq!(bench.captured.gauge("worker_slots", &saturation).unwrap(), 1);

    let cancelled = Instant::now();
    assert_eq!(bench.queue.cancel(job).await.unwrap(), Cancelled::Now);
    // The slot is free once the worker has heard of it.
    let next = bench.submit(simulation(json!({}))).await;
    assert_eq!(bench.over(next).await.state, JobState::Completed);
    assert!(cancelled.elapsed() <= QueueOptions::default().worker_expiry / 3);
    assert_eq!(bench.started_completed_failed(), [2, 1, 1]);
    assert_eq!(bench.captured.counter("errors_total", &[]), 0);
    assert_eq!(bench.captured.counter("job_billable_operations_total", &[]), 1);
    assert_eq!(bench.active(), 0);
    settle().await;
    assert_eq!(bench.captured.gauge("worker_saturation_ratio", &saturation).unwrap(), 0.0);
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_what_ends_in_time_and_gives_the_rest_back() {
    let mut bench = Bench::new();
    let short = bench.submit(simulation(json!({ "millis": 100 }))).await;
    let long = bench.submit(simulation(json!({ "millis": LONG }))).await;
    let worker = bench.worker("w", 2);
    bench.until_state(long, JobState::Running).await;
    let late = bench.submit(simulation(json!({}))).await;
    worker.stop(Duration::from_secs(10), FAREWELL).await;
    for (job, state) in
        [(short, JobState::Completed), (long, JobState::Queued), (late, JobState::Queued)]
    {
        assert_eq!(bench.queue.record(job).await.unwrap().unwrap().state, state);
    }
    assert_eq!(bench.queue.stats().await.unwrap().workers, 0);
    assert_eq!(bench.started_completed_failed(), [2, 1, 1]);
    assert_eq!(bench.active(), 0);
    assert_eq!(bench.captured.gauge("worker_slots", &[]), None);
}

#[tokio::test(start_paused = true)]
async fn a_stop_takes_no_longer_than_it_may_while_the_queue_is_silent() {
    for grace in [Duration::ZERO, Duration::from_secs(3)] {
        let mut bench = Bench::new();
        let job = bench.submit(simulation(json!({ "millis": LONG }))).await;
        let silent = FaultyQueue::new(bench.queue.clone());
        let worker = bench.worker_at(Arc::new(silent.clone()), "w", 2, true);
        bench.until_state(job, JobState::Running).await;
        silent.hangs.store(true, Ordering::SeqCst);
        let begin = Instant::now();
        worker.stop(grace, FAREWELL).await;
        // The clock is virtual.
        let took = begin.elapsed();
        assert!(took <= grace + FAREWELL + Duration::from_millis(10), "{took:?}");
        assert_eq!(bench.active(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_of_a_dead_worker_is_run_by_another() {
    let mut bench = Bench::new();
    let job = bench.submit(simulation(json!({ "millis": LONG }))).await;
    let first = bench.worker("first", 1);
    bench.until_state(job, JobState::Running).await;
    drop(first);
    let _second = bench.worker("second", 1);
    let expiry = QueueOptions::default().worker_expiry;
    tokio::time::sleep(expiry + Duration::from_secs(1)).await;
    assert_eq!(bench.queue.sweep().await.unwrap().recovered, 1);
    let record = bench.over(job).await;
    assert_eq!((record.state, record.worker.as_deref()), (JobState::Completed, Some("second")));
    assert_eq!(bench.captured.counter("job_billable_operations_total", &[]), 20);
}

#[tokio::test(start_paused = true)]
async fn no_more_jobs_run_at_once_than_there_are_slots() {
    let bench = Bench::new();
    for _ in 0..5 {
        bench.submit(simulation(json!({ "millis": LONG }))).await;
    }
    let _worker = bench.worker("w", 3);
    settle().await;
    let stats = bench.queue.stats().await.unwrap();
    assert_eq!((stats.running, stats.queued, stats.slots), (3, 2, 3));
    assert_eq!(bench.active(), 3);
}

#[tokio::test]
async fn jobs_run_without_being_recorded() {
    let mut bench = Bench::new();
    let _worker = bench.worker_at(Arc::new(bench.queue.clone()), "w", 1, false);
    for payload in [json!({}), json!({ "fail": "panic" })] {
        let job = bench.submit(simulation(payload)).await;
        bench.over(job).await;
    }
    assert_eq!(bench.started_completed_failed(), [0; 3]);
    assert_eq!(bench.captured.counter("errors_total", &[]), 0);
    assert_eq!(bench.captured.counter("job_billable_operations_total", &[]), 0);
    assert_eq!(bench.captured.gauge("worker_slots", &[]), None);
}

#[tokio::test]
async fn a_worker_ends_with_its_queue() {
    let bench = Bench::new();
    let worker = bench.worker("w", 2);
    bench.queue.close();
    timeout(LIMIT, worker.stop(LIMIT, FAREWELL)).await.expect("the slots have ended");
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_was_cut_off_bills_nothing() {
    let mut bench = Bench::new();
    let job = bench.submit(simulation(json!({ "millis": LONG }))).await;
    let cut = FaultyQueue::new(bench.queue.clone());
    let _first = bench.worker_at(Arc::new(cut.clone()), "first", 1, true);
    bench.until_state(job, JobState::Running).await;
    cut.silent.store(true, Ordering::SeqCst);
    let _second = bench.worker("second", 1);
    tokio::time::sleep(QueueOptions::default().worker_expiry + Duration::from_secs(1)).await;
    assert_eq!(bench.queue.sweep().await.unwrap().recovered, 1);
    let record = bench.over(job).await;
    assert_eq!(record.worker.as_deref(), Some("second"));
    settle().await;
    assert_eq!(bench.started_completed_failed(), [2, 2, 0]);
    assert_eq!(bench.captured.counter("job_billable_operations_total", &[]), 20);
    assert_eq!(bench.captured.counter("job_cost_usd_total", &[]), 10.0);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_is_heard_again_drops_what_it_has_lost() {
    let mut bench = Bench::new();
    let job = bench.submit(simulation(json!({ "millis": 600_000 }))).await;
    let cut = FaultyQueue::new(bench.queue.clone());
    let _worker = bench.worker_at(Arc::new(cut.clone()), "w", 2, true);
    bench.until_state(job, JobState::Running).await;
    cut.silent.store(true, Ordering::SeqCst);
    // Claims are heard, and keep the worker alive in the queue; the job has to be cancelled.
    bench.queue.cancel(job).await.unwrap();
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(bench.active(), 1);
    cut.silent.store(false, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(bench.active(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_end_is_stored_once_the_queue_is_back() {
    let mut bench = Bench::new();
    let cut = FaultyQueue::new(bench.queue.clone());
    cut.lost_ends.store(3, Ordering::SeqCst);
    let worker = bench.worker_at(Arc::new(cut.clone()), "w", 1, true);
    let job = bench.submit(simulation(json!({}))).await;
    assert_eq!(bench.over(job).await.state, JobState::Completed);
    worker.stop(LIMIT, FAREWELL).await;
    assert_eq!(bench.captured.counter("job_billable_operations_total", &[]), 1);

    // A worker that stops does not wait for the queue for longer than it may.
    cut.lost_ends.store(u32::MAX, Ordering::SeqCst);
    let worker = bench.worker_at(Arc::new(cut), "w", 1, true);
    let job = bench.submit(simulation(json!({}))).await;
    bench.until_state(job, JobState::Running).await;
    worker.stop(Duration::from_secs(5), FAREWELL).await;
    assert_eq!(bench.queue.record(job).await.unwrap().unwrap().state, JobState::Queued);
    assert_eq!(bench.captured.counter("job_billable_operations_total", &[]), 1);
}
