//! Many jobs, and workers that die over them: each job ends once, and none is lost.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use osapi_metrics_tests::servers::redis;
use tokio::{task::JoinSet, time::timeout};

use super::support::*;
use crate::{
    job::{FailureReason, JobEnd, JobId, JobRequest, JobState, Priority},
    queue::{EmbeddedQueue, Lease, Queue, QueueOptions, Settled},
};

const JOBS: u64 = 1_200;
const CLAIMERS: u64 = 3;

/// Repeatable numbers that look random.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// What the claimers saw.
#[derive(Debug, Default)]
struct Ends {
    /// The states in which a claimer ended a job, for each time that it did.
    over: Mutex<HashMap<JobId, Vec<JobState>>>,
    deaths: AtomicU64,
    stop: AtomicBool,
}

/// A worker that dies over some jobs, and comes back under another name.
async fn work(queue: Arc<dyn Queue>, number: u64, ends: Arc<Ends>) {
    let mut dice = Dice(number);
    let mut life = 0;
    'lives: while !ends.stop.load(Ordering::Relaxed) {
        life += 1;
        let me = worker(&format!("w{number}-{life}"));
        let mut held: Vec<Lease> = Vec::new();
        while !ends.stop.load(Ordering::Relaxed) {
            // Whoever listens to events gets a turn.
            tokio::task::yield_now().await;
            // A server that is away is a reason to try again.
            let _ = queue.heartbeat(&me, &held).await;
            let Ok(Some(claim)) = queue.claim(&me, Duration::from_millis(20)).await else {
                continue;
            };
            held.push(claim.lease.clone());
            if dice.roll(3) > 0 {
                let _ = queue.begin(&claim.lease).await;
            }
            match dice.roll(12) {
                0 => {
                    ends.deaths.fetch_add(1, Ordering::Relaxed);
                    continue 'lives;
                }
                1 => {
                    let _ = queue.release(&claim.lease).await;
                }
                side => {
                    let end = match side {
                        2 => failure(FailureReason::ConnectionReset),
                        3 => failure(FailureReason::InvalidInput),
                        _ => success(),
                    };
                    settle(&*queue, &claim.lease, end, &ends).await;
                }
            }
            held.clear();
        }
    }
}

/// Stores an end, however often it takes.
async fn settle(queue: &dyn Queue, lease: &Lease, end: JobEnd, ends: &Ends) {
    while !ends.stop.load(Ordering::Relaxed) {
        if let Ok(settled) = queue.finish(lease, end.clone()).await {
            if let Settled::Over(state) = settled {
                ends.over.lock().expect("no panic").entry(lease.job).or_default().push(state);
            }
            return;
        }
    }
}

fn options() -> QueueOptions {
    QueueOptions { worker_expiry: SOON * 3, retry_delay: SOON, ..patient() }
}

async fn submit_all(queue: &dyn Queue) -> Vec<JobId> {
    let mut ids = Vec::new();
    for number in 0..JOBS {
        tokio::task::yield_now().await;
        let priority = Priority::ALL[usize::try_from(number % 4).expect("small")];
        ids.push(
            queue.submit(JobRequest { retries: 2, priority, ..request() }).await.expect("there"),
        );
    }
    ids
}

/// Sweeps until every job is over, and returns how many a sweep has let fail.
async fn all_end(queue: &dyn Queue, ids: &[JobId]) -> u64 {
    let mut failed = 0;
    let ended = async {
        let mut left: Vec<JobId> = ids.to_vec();
        while let Some(&id) = left.last() {
            if let Ok(sweep) = queue.sweep().await {
                failed += sweep.failed;
            }
            match queue.record(id).await {
                Ok(Some(record)) if record.state.is_over() => drop(left.pop()),
                Ok(None) => panic!("job {id} is lost"),
                _ => tokio::task::yield_now().await,
            }
        }
    };
    timeout(PATIENCE * 3, ended).await.expect("every job ends within the time");
    failed
}

/// Checks that each job ended once, by one claimer or because its workers were lost.
async fn check(queue: &dyn Queue, ids: &[JobId], ends: &Ends) {
    let over = ends.over.lock().expect("no panic").clone();
    let mut lost_workers = 0;
    for id in ids {
        let record = queue.record(*id).await.expect("the queue is there").expect("known");
        let reported = over.get(id).map_or(&[][..], |states| states);
        let is_lost = record.failure.is_some_and(|end| end.reason == FailureReason::WorkerLost)
            && record.state == JobState::Failed;
        lost_workers += u64::from(is_lost);
        let expected: &[JobState] = if is_lost { &[] } else { &[record.state] };
        assert_eq!(reported, expected, "job {id}");
    }
    assert_eq!(over.len() as u64 + lost_workers, JOBS);
    assert!(ends.deaths.load(Ordering::Relaxed) > 20);
    let stats = queue.stats().await.expect("the queue is there");
    assert_eq!((stats.queued, stats.running), (0, 0));
}

async fn each_ends_once(api: Arc<dyn Queue>, claimers: Vec<Arc<dyn Queue>>) {
    let ends = Arc::new(Ends::default());
    let mut events = api.events();
    let mut tasks = JoinSet::new();
    for (number, queue) in (0..).zip(claimers) {
        tasks.spawn(work(queue, number, Arc::clone(&ends)));
    }
    // The events agree with the records: one end for each job.
    let listener = tokio::spawn(async move {
        let mut over: HashMap<JobId, Vec<JobState>> = HashMap::new();
        while (over.len() as u64) < JOBS {
            let event = events.recv().await.expect("no event is missed");
            if event.state.is_over() {
                over.entry(event.id).or_default().push(event.state);
            }
        }
        over
    });
    let ids = submit_all(&*api).await;
    let failed = all_end(&*api, &ids).await;
    ends.stop.store(true, Ordering::Relaxed);
    while let Some(ended) = tasks.join_next().await {
        ended.expect("no panic");
    }
    check(&*api, &ids, &ends).await;
    let heard = timeout(PATIENCE, listener).await.expect("all events in time").expect("no panic");
    for id in &ids {
        let state = api.record(*id).await.expect("the queue is there").expect("known").state;
        assert_eq!(heard[id], [state]);
    }
    assert!(failed < JOBS / 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_job_of_the_embedded_queue_ends_once_while_workers_die() {
    let queue: Arc<dyn Queue> = Arc::new(EmbeddedQueue::new(options()));
    let claimers = (0..CLAIMERS).map(|_| Arc::clone(&queue)).collect();
    each_ends_once(queue, claimers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_job_on_redis_ends_once_while_workers_die() {
    let Some(server) = redis() else { return };
    let mut claimers: Vec<Arc<dyn Queue>> = Vec::new();
    for _ in 0..CLAIMERS {
        claimers.push(Arc::new(connect(&server.url(), options()).await));
    }
    let api = connect(&server.url(), options()).await;
    each_ends_once(Arc::new(api), claimers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_job_ends_once_while_redis_is_killed_and_started_again() {
    let Some(mut server) = redis() else { return };
    let ends = Arc::new(Ends::default());
    let api = connect(&server.url(), options()).await;
    let ids = submit_all(&api).await;
    let mut tasks = JoinSet::new();
    for number in 0..CLAIMERS {
        let queue = Arc::new(connect(&server.url(), options()).await);
        tasks.spawn(work(queue, number, Arc::clone(&ends)));
    }
    for kill in 1..=3 {
        // In the middle of the work.
        let busy = async {
            while (ends.over.lock().expect("no panic").len() as u64) < kill * JOBS / 5 {
                let _ = api.sweep().await;
            }
        };
        timeout(PATIENCE * 3, busy).await.expect("jobs end within the time");
        server = tokio::task::spawn_blocking(move || {
            server.kill();
            server.start_again().expect("the server starts again");
            server
        })
        .await
        .expect("no panic");
    }
    all_end(&api, &ids).await;
    ends.stop.store(true, Ordering::Relaxed);
    while let Some(ended) = tasks.join_next().await {
        ended.expect("no panic");
    }
    check(&api, &ids, &ends).await;
}

/// What claims and ends cost, against the cheapest command. Run it with `--ignored --nocapture`.
#[tokio::test]
#[ignore = "a measurement"]
async fn cost_on_redis() {
    let Some(server) = redis() else { return };
    let options = QueueOptions { max_finished: 1_000, ..patient() };
    let queue = connect(&server.url(), options).await;
    let client = redis::Client::open(server.url()).expect("a URL");
    let connection = client.get_multiplexed_async_connection().await.expect("connected");
    for (classes, label) in [(1, "one class"), (100, "100 classes"), (1_000, "1,000 classes")] {
        for in_flight in [1_u64, 32] {
            let rounds = 4_000 / in_flight;
            let begin = Instant::now();
            join_all((0..in_flight).map(|_| async {
                let mut connection = connection.clone();
                for _ in 0..rounds {
                    redis::cmd("PING").exec_async(&mut connection).await.expect("an answer");
                }
            }))
            .await;
            let pings = (rounds * in_flight) as f64 / begin.elapsed().as_secs_f64();

            for number in 0..rounds * in_flight + classes {
                let requirements = format!(r#"{{"n":{},"zone":"eu"}}"#, number % classes + 1);
                queue.submit(requiring(&requirements)).await.expect("the queue is there");
            }
            let reset = redis::cmd("CONFIG").arg("RESETSTAT").to_owned();
            reset.exec_async(&mut connection.clone()).await.expect("an answer");
            let able = able_worker("w1", r#"{"n":100000,"zone":"eu"}"#);
            let begin = Instant::now();
            join_all((0..in_flight).map(|_| async {
                for _ in 0..rounds {
                    let claim = queue.claim(&able, Duration::ZERO).await.expect("there");
                    let lease = claim.expect("a job").lease;
                    queue.finish(&lease, success()).await.expect("the queue is there");
                }
            }))
            .await;
            let jobs = (rounds * in_flight) as f64 / begin.elapsed().as_secs_f64();
            let stats: String = redis::cmd("INFO")
                .arg("commandstats")
                .query_async(&mut connection.clone())
                .await
                .expect("an answer");
            let evalsha = stats.lines().find(|line| line.starts_with("cmdstat_evalsha"));
            println!(
                "{label}, {in_flight} in flight: {jobs:.0} jobs/s, {pings:.0} PING/s, ratio {:.2}; \
                 {}",
                pings / jobs,
                evalsha.unwrap_or_default()
            );
            let idle = queue.claim(&worker("w2"), Duration::ZERO).await.expect("there");
            assert!(idle.is_none());
            while let Some(claim) = queue.claim(&able, Duration::ZERO).await.expect("there") {
                queue.finish(&claim.lease, success()).await.expect("the queue is there");
            }
        }
    }
}

/// What a claim and an end cost in the embedded queue while 100,000 jobs wait.
#[tokio::test]
#[ignore = "a measurement"]
async fn cost_of_the_embedded_queue() {
    for classes in [1, 1_000] {
        let queue = EmbeddedQueue::new(patient());
        for number in 0..100_000 {
            let requirements = format!(r#"{{"n":{}}}"#, number % classes + 1);
            queue.submit(requiring(&requirements)).await.expect("the queue is there");
        }
        let able = able_worker("w1", r#"{"n":100000}"#);
        let begin = Instant::now();
        for _ in 0..1_000 {
            let claim = queue.claim(&able, Duration::ZERO).await.expect("there").expect("a job");
            queue.finish(&claim.lease, success()).await.expect("the queue is there");
        }
        println!("{classes} classes, 100,000 jobs: {:?} for each job", begin.elapsed() / 1_000);
        let begin = Instant::now();
        queue.sweep().await.expect("the queue is there");
        println!("{classes} classes, 100,000 jobs: a sweep takes {:?}", begin.elapsed());
    }
}
