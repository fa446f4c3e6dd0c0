//! Two processes, one with metrics and one without, which run the same jobs in turns.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use osapi_common::program::complain;
use tokio::time::{Instant, interval_at};

use super::{
    child::Child,
    error::VerifyError,
    load::{JobClient, Load},
    options::Verification,
    overhead::Round,
    pace::Pace,
    process_files::{Memory, processor_time},
    receiver::{Export, Receiver},
};

/// What the two processes have done.
#[derive(Debug)]
pub(super) struct Pairs {
    pub(super) rounds: Vec<Round>,
    /// The memory after each round: with metrics, without.
    pub(super) memory: Vec<[Memory; 2]>,
    /// What the receiver has of the process with metrics, up to its stop.
    pub(super) exports: Vec<Export>,
    /// When the client saw the ends of the jobs with metrics.
    pub(super) seen: Vec<SystemTime>,
    /// The scrapes of the process with metrics.
    pub(super) scrapes: u64,
    /// The bytes of the last scrape.
    pub(super) scrape_bytes: usize,
}

/// The seed of the jobs.
const SEED: u64 = 20_240_229;

/// The window of a round: each has an export of the jobs in it.
const WINDOW: Duration = Duration::from_secs(5);

/// The variables of a process that records nothing, samples nothing and exports nothing.
const OFF: [(&str, &str); 6] = [
    ("OTEL_SDK_DISABLED", "true"),
    ("ENABLE_API_METRICS", "false"),
    ("ENABLE_DOCKER_METRICS", "false"),
    ("ENABLE_GPU_METRICS", "false"),
    ("ENABLE_HOST_METRICS", "false"),
    ("ENABLE_JOB_METRICS", "false"),
];

/// A process that pushes to the receiver.
pub(super) async fn with_metrics(
    name: &'static str,
    program: &Path,
    receiver: &Receiver,
    pace: Pace,
    folder: &Path,
) -> Result<Child, VerifyError> {
    let mut variables = pace.variables();
    variables.extend([
        ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json".to_owned()),
        ("OTEL_METRICS_EXPORTER", "prometheus,otlp".to_owned()),
    ]);
    Child::start(name, program, variables, folder).await
}

/// The two processes and what is known of them.
struct Run<'a> {
    children: &'a mut [Child; 2],
    clients: [JobClient; 2],
    load: Load,
    pairs: Pairs,
}

/// Runs the two processes for the duration of the verification.
pub(super) async fn run(
    verification: &Verification,
    program: &Path,
    pace: Pace,
    folder: &Path,
) -> Result<Pairs, VerifyError> {
    let receiver = Receiver::start().map_err(VerifyError::Prepare)?;
    let with = with_metrics("with metrics", program, &receiver, pace, folder).await?;
    let off = OFF.map(|(name, value)| (name, value.to_owned())).into();
    let without = Child::start("without metrics", program, off, folder).await?;
    let clients = [JobClient::new(&with.base)?, JobClient::new(&without.base)?];
    let mut children = [with, without];
    let pairs = Pairs {
        rounds: Vec::new(),
        memory: Vec::new(),
        exports: Vec::new(),
        seen: Vec::new(),
        scrapes: 0,
        scrape_bytes: 0,
    };
    let mut run = Run { children: &mut children, clients, load: Load::new(SEED), pairs };
    let measured = run.measure(verification, pace).await;
    let mut pairs = run.pairs;
    if let Err(error) = measured {
        let [with, without] = &mut children;
        let error = with.explain(error).await;
        return Err(without.explain(error).await);
    }
    let [with, without] = children;
    with.stop().await?;
    without.stop().await?;
    pairs.exports = receiver.received().exports;
    Ok(pairs)
}

impl Run<'_> {
    async fn measure(
        &mut self,
        verification: &Verification,
        pace: Pace,
    ) -> Result<(), VerifyError> {
        let client = self.clients[0].clone();
        let (mut count, mut bytes) = (0, 0);
        let first = Instant::now() + pace.scrape_interval();
        let mut ticks = interval_at(first, pace.scrape_interval());
        let scraping = async {
            loop {
                ticks.tick().await;
                bytes = client.scrape().await?.len();
                count += 1;
            }
        };
        let measured: Result<(), VerifyError> = tokio::select! {
            measured = self.rounds(verification, pace) => measured,
            failed = scraping => failed,
        };
        (self.pairs.scrapes, self.pairs.scrape_bytes) = (count, bytes);
        measured
    }

    async fn rounds(&mut self, verification: &Verification, pace: Pace) -> Result<(), VerifyError> {
        let end = Instant::now() + verification.duration;
        // The first round loads models and fills caches. It does not count.
        self.round(verification.jobs, pace).await?;
        loop {
            let round = self.round(verification.jobs, pace).await?;
            self.pairs.rounds.push(round);
            let [with, without] = self.ids();
            self.pairs.memory.push([Memory::of(with)?, Memory::of(without)?]);
            let (done, jobs) = (self.pairs.rounds.len(), round.jobs);
            complain(&format_args!(
                "verify: round {done}: {jobs} jobs with metrics, and the same without"
            ));
            if Instant::now() >= end {
                return Ok(());
            }
        }
    }

    /// Runs batches until the window is over. The process that comes first changes with each batch.
    async fn round(&mut self, jobs: usize, pace: Pace) -> Result<Round, VerifyError> {
        let end = Instant::now() + pace.scaled(WINDOW);
        let begin = self.times()?;
        let mut batches = 0_usize;
        while batches == 0 || Instant::now() < end {
            let batch = self.load.batch(jobs);
            for turn in [batches % 2, (batches + 1) % 2] {
                let seen = self.clients[turn].run(&batch).await?;
                if turn == 0 {
                    self.pairs.seen.extend(seen);
                }
            }
            batches += 1;
        }
        let [with, without] = self.times()?;
        Ok(Round {
            jobs: (batches * jobs) as u64,
            with: with.saturating_sub(begin[0]),
            without: without.saturating_sub(begin[1]),
        })
    }

    fn ids(&self) -> [u32; 2] {
        [self.children[0].id(), self.children[1].id()]
    }

    fn times(&self) -> Result<[Duration; 2], VerifyError> {
        let [with, without] = self.ids();
        Ok([processor_time(with)?, processor_time(without)?])
    }
}
