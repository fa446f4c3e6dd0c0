//! The process that stands for a fleet, as its parent sees it.

use std::{
    fs,
    io::{BufRead, BufReader, Lines, Write},
    net::SocketAddr,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

/// The argument with which this program is such a process.
pub(crate) const ARGUMENT: &str = "--fleet";

/// What a fleet is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options<'a> {
    pub(crate) workers: usize,
    /// Whether series have the label `worker_id`.
    pub(crate) labelled: bool,
    /// `metrics.open_series_limit`.
    pub(crate) limit: usize,
    /// The URL of a collector, and the temporality.
    pub(crate) push: Option<(&'a str, &'a str)>,
}

impl Options<'_> {
    /// A fleet that is scraped, with a limit that it does not reach.
    pub(crate) fn scraped(workers: usize, labelled: bool) -> Self {
        Self { workers, labelled, limit: 1_000_000, push: None }
    }
}

/// A process of a fleet. It ends with this value.
#[derive(Debug)]
pub(crate) struct FleetProcess {
    child: Child,
    commands: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    address: SocketAddr,
}

impl FleetProcess {
    /// Starts it; each worker has run a job of each kind when this returns.
    pub(crate) fn start(options: Options<'_>) -> Self {
        let Options { workers, labelled, limit, push } = options;
        let (collector, temporality) = push.unwrap_or_default();
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args([ARGUMENT, &workers.to_string(), &labelled.to_string(), &limit.to_string()]);
        command.args([collector, temporality]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("this program can be started");
        let commands = child.stdin.take().expect("piped");
        let mut answers = BufReader::new(child.stdout.take().expect("piped")).lines();
        let address = answers.next().expect("an address").expect("a text");
        let address = address.parse().expect("an address");
        Self { child, commands, answers, address }
    }

    /// Where it answers scrapes.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first workers run a job of each kind.
    pub(crate) fn work(&mut self, workers: usize) {
        self.ask("work", workers);
    }

    /// As many new workers take the places of the oldest ones, whose series end.
    pub(crate) fn replace(&mut self, workers: usize) {
        self.ask("replace", workers);
    }

    /// New workers come, and no series ends.
    pub(crate) fn add(&mut self, workers: usize) {
        self.ask("add", workers);
    }

    /// Pushes everything.
    pub(crate) fn push(&mut self) {
        self.ask("push", 0);
    }

    fn ask(&mut self, command: &str, number: usize) {
        writeln!(self.commands, "{command} {number}").expect("the process reads");
        let answer = self.answers.next().expect("an answer").expect("a text");
        assert_eq!(answer, "done");
    }

    /// Its resident memory, in bytes.
    pub(crate) fn resident(&self) -> u64 {
        let file = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(file).expect("Linux");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = resident.and_then(|kib| kib.trim().strip_suffix(" kB")).expect("a size in kB");
        1024 * kib.parse::<u64>().expect("a number")
    }

    /// The processor time of the threads that run now.
    pub(crate) fn processor_time(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("Linux");
        let of_task = |task: fs::DirEntry| {
            let times = fs::read_to_string(task.path().join("schedstat")).ok()?;
            times.split(' ').next()?.parse::<u64>().ok()
        };
        Duration::from_nanos(tasks.flatten().filter_map(of_task).sum())
    }
}

impl Drop for FleetProcess {
    fn drop(&mut self) {
        // Fails for a process that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
