use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet, VecDeque},
    mem,
    sync::Arc,
    time::SystemTime,
};

use tokio::{sync::broadcast, time::Instant};

use super::{
    super::{
        EVENT_CAPACITY,
        class::JobClass,
        error::QueueError,
        event::JobEvent,
        interface::{Cancelled, Claim, Heartbeat, Lease, QueueStats, Settled, Sweep},
        options::QueueOptions,
        worker::WorkerInfo,
    },
    waiting::{Place, Rank, WaitingJobs},
};
use crate::job::{Failure, FailureReason, JobEnd, JobId, JobRecord, JobRequest, JobState};

/// Every job, in the states that the [interface](super::super::Queue) describes. Each method is one
/// step, with its events in order.
#[derive(Debug)]
pub(super) struct Store {
    options: QueueOptions,
    closed: bool,
    /// Whether there are jobs that were not there for the claims that wait.
    news: bool,
    submitted: u64,
    jobs: HashMap<JobId, Job>,
    waiting: WaitingJobs,
    workers: HashMap<String, Worker>,
    /// The jobs that are over, oldest first.
    finished: VecDeque<JobId>,
    /// What the jobs take that are not over, and those that are.
    bytes: Bytes,
    events: broadcast::Sender<JobEvent>,
}

#[derive(Debug, Default)]
struct Bytes {
    live: u64,
    finished: u64,
}

#[derive(Debug)]
struct Job {
    record: JobRecord,
    /// What is counted for it.
    bytes: u64,
    class: Arc<JobClass>,
    rank: Rank,
    submitted: Instant,
    /// Where it waits, while it is queued.
    place: Place,
    /// The number of claims.
    claim: u64,
    claimed: Instant,
    /// The number of retries that are used up.
    retried: u32,
    /// The number of workers that died while they had the job.
    lost_workers: u32,
    /// The last claim that was finished, with the answer.
    settled: Option<(u64, Settled)>,
}

#[derive(Debug)]
struct Worker {
    info: WorkerInfo,
    seen: Instant,
    /// The jobs that it has.
    jobs: HashSet<JobId>,
}

impl Store {
    pub(super) fn new(options: QueueOptions) -> Self {
        Self {
            options,
            closed: false,
            news: false,
            submitted: 0,
            jobs: HashMap::new(),
            waiting: WaitingJobs::default(),
            workers: HashMap::new(),
            finished: VecDeque::new(),
            bytes: Bytes::default(),
            events: broadcast::Sender::new(EVENT_CAPACITY),
        }
    }

    pub(super) fn events(&self) -> broadcast::Receiver<JobEvent> {
        self.events.subscribe()
    }

    /// Whether there are more jobs to claim since the last call.
    pub(super) fn has_news(&mut self) -> bool {
        mem::take(&mut self.news)
    }

    /// Whether there is room for a job, the smallest one at least.
    pub(super) fn check_room(&self) -> Result<(), QueueError> {
        self.check_room_for(JobRecord::MIN_BYTES)
    }

    fn check_room_for(&self, bytes: u64) -> Result<(), QueueError> {
        if self.closed {
            return Err(QueueError::Closed);
        }
        let limit = self.options.max_queued;
        if self.waiting.len() >= limit {
            return Err(QueueError::Full { limit });
        }
        let limit = self.options.max_bytes;
        if self.bytes.live + bytes > limit { Err(QueueError::NoRoom { limit }) } else { Ok(()) }
    }

    pub(super) fn submit(
        &mut self,
        request: JobRequest,
        now: Instant,
    ) -> Result<JobId, QueueError> {
        self.check_room()?;
        let class = Arc::new(JobClass::of(&request));
        let limit = QueueOptions::MAX_CLASSES;
        if self.waiting.classes() >= limit && !self.waiting.has_class(&class) {
            return Err(QueueError::TooVaried { limit });
        }
        let id = JobId::generate();
        let rank = Rank { priority: Reverse(request.priority), sequence: self.submitted };
        self.submitted += 1;
        let record = JobRecord {
            id,
            request,
            state: JobState::Queued,
            created_at: SystemTime::now(),
            attempts: 0,
            worker: None,
            progress: 0,
            output: None,
            failure: None,
        };
        let bytes = record.bytes();
        self.check_room_for(bytes)?;
        let job = Job {
            record,
            bytes,
            class,
            rank,
            submitted: now,
            place: Place::Class,
            claim: 0,
            claimed: now,
            retried: 0,
            lost_workers: 0,
            settled: None,
        };
        self.jobs.insert(id, job);
        self.bytes.live += bytes;
        self.drop_finished(0);
        self.offer(id, now);
        self.announce(id);
        Ok(id)
    }

    pub(super) fn heartbeat(
        &mut self,
        info: &WorkerInfo,
        leases: &[Lease],
        now: Instant,
    ) -> Heartbeat {
        self.see(info, now);
        let lost = leases.iter().filter(|lease| !self.is_valid(lease)).map(|lease| lease.job);
        let lost = lost.collect();
        let named: HashSet<JobId> = leases.iter().map(|lease| lease.job).collect();
        let grace = self.options.worker_expiry / 3;
        let is_unknown = |id: &JobId| {
            let job = self.jobs.get(id);
            !named.contains(id) && job.is_some_and(|job| now - job.claimed > grace)
        };
        let unknown: Vec<JobId> =
            self.workers[&info.id].jobs.iter().copied().filter(is_unknown).collect();
        for id in unknown {
            if self.jobs[&id].record.state == JobState::Running {
                self.recover(id, now);
            } else {
                self.put_back(id, now);
            }
        }
        Heartbeat { lost }
    }

    pub(super) fn claim(
        &mut self,
        info: &WorkerInfo,
        now: Instant,
    ) -> Result<Option<Claim>, QueueError> {
        if self.closed {
            return Err(QueueError::Closed);
        }
        self.see(info, now);
        let Some(id) = self.waiting.first_for(info) else { return Ok(None) };
        self.stop_waiting(id);
        if let Some(worker) = self.workers.get_mut(&info.id) {
            worker.jobs.insert(id);
        }
        let Some(job) = self.jobs.get_mut(&id) else { return Ok(None) };
        job.claim += 1;
        job.claimed = now;
        job.record.state = JobState::Assigned;
        job.record.attempts += 1;
        job.record.progress = 0;
        job.record.worker = Some(info.id.clone());
        let lease = Lease { job: id, worker: info.id.clone(), claim: job.claim };
        let claim = Claim { lease, record: job.record.clone() };
        self.announce(id);
        Ok(Some(claim))
    }

    pub(super) fn begin(&mut self, lease: &Lease) -> bool {
        let Some(job) = self.leased(lease) else { return false };
        if mem::replace(&mut job.record.state, JobState::Running) != JobState::Running {
            self.announce(lease.job);
        }
        true
    }

    pub(super) fn progress(&mut self, lease: &Lease, percent: u8) {
        let Some(job) = self.leased(lease) else { return };
        let percent = percent.min(100);
        if mem::replace(&mut job.record.progress, percent) != percent {
            self.announce(lease.job);
        }
    }

    pub(super) fn finish(&mut self, lease: &Lease, end: JobEnd, now: Instant) -> Settled {
        let (closed, delay) = (self.closed, self.options.retry_delay);
        let Some(job) = self.leased(lease) else {
            let settled = self.jobs.get(&lease.job).and_then(|job| job.settled);
            let known = settled.filter(|(claim, _)| *claim == lease.claim);
            return known.map_or(Settled::Lost, |(_, answer)| answer);
        };
        let settled = match end {
            JobEnd::Completed(output) => {
                job.record.output = Some(output);
                job.record.progress = 100;
                job.record.failure = None;
                Settled::Over(JobState::Completed)
            }
            JobEnd::Failed(failure) => {
                let reason = failure.reason;
                job.record.failure = Some(failure);
                let may_retry = job.retried < job.record.request.retries && !closed;
                if may_retry && reason.is_retryable() {
                    job.retried += 1;
                    Settled::Retried
                } else if reason == FailureReason::DeadlineExceeded {
                    Settled::Over(JobState::TimedOut)
                } else {
                    Settled::Over(JobState::Failed)
                }
            }
        };
        job.settled = Some((lease.claim, settled));
        if let Settled::Over(state) = settled {
            self.end(lease.job, state);
        } else {
            job.record.state = JobState::Queued;
            job.record.progress = 0;
            let until = now + delay;
            job.place = Place::Delayed(until);
            let rank = job.rank;
            self.waiting.delay(until, rank, lease.job);
            self.take_from_worker(lease.job);
            self.announce(lease.job);
        }
        settled
    }

    pub(super) fn release(&mut self, lease: &Lease, now: Instant) {
        if self.is_valid(lease) {
            self.put_back(lease.job, now);
        }
    }

    pub(super) fn leave(&mut self, worker_id: &str, now: Instant) {
        let Some(worker) = self.workers.remove(worker_id) else { return };
        self.waiting.note_served(&[(&worker.info, now)]);
        for id in worker.jobs {
            self.put_back(id, now);
        }
    }

    pub(super) fn cancel(&mut self, id: JobId) -> Cancelled {
        match self.jobs.get(&id).map(|job| job.record.state) {
            None => Cancelled::Unknown,
            Some(state) if state.is_over() => Cancelled::Over(state),
            Some(state) => {
                if state == JobState::Queued {
                    self.stop_waiting(id);
                }
                self.end(id, JobState::Cancelled);
                Cancelled::Now
            }
        }
    }

    pub(super) fn record(&self, id: JobId) -> Option<JobRecord> {
        self.jobs.get(&id).map(|job| job.record.clone())
    }

    pub(super) fn sweep(&mut self, now: Instant) -> Sweep {
        let mut sweep = Sweep::default();
        let is_dead = |worker: &Worker| now - worker.seen > self.options.worker_expiry;
        let seen_at = |worker: &Worker| if is_dead(worker) { worker.seen } else { now };
        let seen = self.workers.values().map(|worker| (&worker.info, seen_at(worker)));
        self.waiting.note_served(&seen.collect::<Vec<_>>());
        let dead = self.workers.iter().filter(|(_, worker)| is_dead(worker));
        let dead: Vec<String> = dead.map(|(id, _)| id.clone()).collect();
        for worker in dead.iter().filter_map(|id| self.workers.remove(id)).collect::<Vec<_>>() {
            for id in worker.jobs {
                if self.recover(id, now) {
                    sweep.recovered += 1;
                } else {
                    sweep.failed += 1;
                }
            }
        }
        for id in self.waiting.due(now) {
            self.stop_waiting(id);
            self.offer(id, now);
            sweep.retried += 1;
        }
        for id in self.waiting.unworkable(self.options.unworkable_after, now) {
            self.stop_waiting(id);
            self.end(id, JobState::Unworkable);
            sweep.unworkable += 1;
        }
        sweep
    }

    pub(super) fn stats(&self, now: Instant) -> QueueStats {
        let mut stats = QueueStats { queued: self.waiting.len() as u64, ..QueueStats::default() };
        for worker in self.workers.values() {
            stats.running += worker.jobs.len() as u64;
            if now - worker.seen > self.options.worker_expiry {
                continue;
            }
            stats.workers += 1;
            stats.slots += u64::from(worker.info.slots);
            let is_available = worker.jobs.len() < worker.info.slots as usize;
            stats.available_workers += u64::from(is_available);
        }
        stats
    }

    pub(super) fn close(&mut self) -> usize {
        self.closed = true;
        let waiting = self.waiting.all();
        for &id in &waiting {
            self.stop_waiting(id);
            self.end(id, JobState::Cancelled);
        }
        waiting.len()
    }

    /// Takes note of a worker.
    fn see(&mut self, info: &WorkerInfo, now: Instant) {
        match self.workers.get_mut(&info.id) {
            Some(worker) => {
                worker.seen = now;
                if worker.info != *info {
                    worker.info = info.clone();
                }
            }
            None => {
                let worker = Worker { info: info.clone(), seen: now, jobs: HashSet::new() };
                self.workers.insert(info.id.clone(), worker);
            }
        }
    }

    /// The job of a lease that is valid.
    fn leased(&mut self, lease: &Lease) -> Option<&mut Job> {
        self.is_valid(lease).then(|| self.jobs.get_mut(&lease.job)).flatten()
    }

    fn is_valid(&self, lease: &Lease) -> bool {
        self.jobs.get(&lease.job).is_some_and(|job| {
            matches!(job.record.state, JobState::Assigned | JobState::Running)
                && job.claim == lease.claim
                && job.record.worker.as_deref() == Some(&*lease.worker)
        })
    }

    /// Offers a job to workers.
    fn offer(&mut self, id: JobId, now: Instant) {
        let Some(job) = self.jobs.get_mut(&id) else { return };
        job.place = Place::Class;
        self.waiting.add(&job.class, job.rank, id, job.submitted, now);
        self.news = true;
    }

    fn stop_waiting(&mut self, id: JobId) {
        if let Some(job) = self.jobs.get(&id) {
            self.waiting.remove(&job.class, job.rank, job.place);
        }
    }

    fn take_from_worker(&mut self, id: JobId) {
        let name = self.jobs.get(&id).and_then(|job| job.record.worker.as_deref());
        if let Some(worker) = name.and_then(|name| self.workers.get_mut(name)) {
            worker.jobs.remove(&id);
        }
    }

    /// Queues a job again that a worker had.
    fn put_back(&mut self, id: JobId, now: Instant) {
        if self.closed {
            self.end(id, JobState::Cancelled);
            return;
        }
        self.take_from_worker(id);
        if let Some(job) = self.jobs.get_mut(&id) {
            job.record.state = JobState::Queued;
            job.record.progress = 0;
        }
        self.offer(id, now);
        self.announce(id);
    }

    /// Queues the job of a dead worker again, and returns true; or lets it fail.
    fn recover(&mut self, id: JobId, now: Instant) -> bool {
        let limit = QueueOptions::MAX_LOST_WORKERS;
        let Some(job) = self.jobs.get_mut(&id) else { return false };
        job.lost_workers += 1;
        if job.lost_workers < limit {
            self.put_back(id, now);
            return true;
        }
        let message = format!("{limit} workers were lost while they had the job");
        job.record.failure = Some(Failure { reason: FailureReason::WorkerLost, message });
        self.end(id, JobState::Failed);
        false
    }

    /// Ends a job that does not wait any more.
    fn end(&mut self, id: JobId, state: JobState) {
        self.take_from_worker(id);
        if let Some(job) = self.jobs.get_mut(&id) {
            job.record.state = state;
            if let Some(kept) = job.record.request.kept() {
                job.record.request = kept;
            }
            self.bytes.live -= job.bytes;
            job.bytes = job.record.bytes();
            self.bytes.finished += job.bytes;
        }
        self.announce(id);
        self.finished.push_back(id);
        // Whoever waits for the end of the job reads its record.
        self.drop_finished(1);
    }

    /// Drops the oldest records of jobs that are over, while there are too many or they take too
    /// much; at least so many stay.
    fn drop_finished(&mut self, stay: usize) {
        let QueueOptions { max_finished, max_bytes, .. } = self.options;
        while self.finished.len() > max_finished
            || self.finished.len() > stay && self.bytes.live + self.bytes.finished > max_bytes
        {
            let Some(oldest) = self.finished.pop_front() else { return };
            let dropped = self.jobs.remove(&oldest).map_or(0, |job| job.bytes);
            self.bytes.finished -= dropped;
        }
    }

    fn announce(&self, id: JobId) {
        let Some(Job { record, .. }) = self.jobs.get(&id) else { return };
        // An error says that nobody listens.
        let _ = self.events.send(JobEvent {
            id,
            service: record.request.service(),
            priority: record.request.priority,
            state: record.state,
            attempts: record.attempts,
            worker: record.worker.clone(),
            progress: record.progress,
        });
    }
}
