use std::{
    fmt, io,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender},
    thread,
    time::{Duration, Instant},
};

use super::{
    error::{TaskError, ThreadGone},
    schedule::{DueGroups, Schedule},
};
use crate::core::sync::catch_panic;

/// Why a task runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// The interval of a group is over.
    Interval,
    /// A flush waits for the result. The task runs for all groups.
    Flush,
    /// A shutdown waits for the result. The task runs for all groups, and not again.
    Shutdown,
}

type Task = Box<dyn FnMut(Occasion, DueGroups<'_>) -> Result<(), TaskError> + Send>;

/// A thread that waits for its task. It ends when the value is dropped.
pub(crate) struct PreparedThread {
    start: SyncSender<Start>,
    requests: Sender<Request>,
}

/// A thread that runs its task at the intervals of its groups. It ends with a shutdown, or when the
/// value is dropped.
pub(crate) struct PeriodicThread {
    requests: Sender<Request>,
}

struct Start {
    intervals: Vec<Duration>,
    task: Task,
}

struct Request {
    occasion: Occasion,
    done: SyncSender<Result<(), TaskError>>,
}

/// The result of a task that was asked for.
#[derive(Debug)]
pub(crate) struct Reply(Receiver<Result<(), TaskError>>);

impl PreparedThread {
    /// Starts the thread.
    pub(crate) fn spawn(name: &str) -> io::Result<Self> {
        let (start, started) = mpsc::sync_channel::<Start>(1);
        let (requests, requested) = mpsc::channel();
        let run = move || {
            // Fails if the runtime is not started.
            if let Ok(Start { intervals, task }) = started.recv() {
                run(&intervals, task, &requested);
            }
        };
        thread::Builder::new().name(name.to_owned()).spawn(run)?;
        Ok(Self { start, requests })
    }

    /// Runs the task on the thread: for each group when its interval is over, again and again.
    /// Groups that are due at the same time are one run.
    pub(crate) fn start(
        self,
        intervals: Vec<Duration>,
        task: impl FnMut(Occasion, DueGroups<'_>) -> Result<(), TaskError> + Send + 'static,
    ) -> PeriodicThread {
        // The thread receives this before anything else, so that the channel is not full. If the
        // thread has ended, replies say so.
        let _ = self.start.try_send(Start { intervals, task: Box::new(task) });
        PeriodicThread { requests: self.requests }
    }
}

impl PeriodicThread {
    /// Asks for the task, and does not wait for it.
    pub(crate) fn request(&self, occasion: Occasion) -> Reply {
        let (done, reply) = mpsc::sync_channel(1);
        // If the thread has ended, the sender is dropped, and the reply says so.
        let _ = self.requests.send(Request { occasion, done });
        Reply(reply)
    }
}

impl Reply {
    /// Waits until the task has run.
    pub(crate) fn wait(self) -> Result<(), TaskError> {
        self.0.recv().unwrap_or_else(|_| Err(ThreadGone::Ended.into()))
    }
}

fn run(intervals: &[Duration], mut task: Task, requested: &Receiver<Request>) {
    let mut run = |occasion, due: DueGroups<'_>| {
        let run = || task(occasion, due);
        catch_panic(run).unwrap_or_else(|| Err(ThreadGone::Panicked.into()))
    };
    let mut schedule = Schedule::new(Instant::now(), intervals);
    loop {
        let wait = schedule.next_run().saturating_duration_since(Instant::now());
        match requested.recv_timeout(wait) {
            Ok(Request { occasion, done }) => {
                let result = run(occasion, DueGroups::All);
                // Fails if nobody waits any more.
                let _ = done.send(result);
                if occasion == Occasion::Shutdown {
                    return;
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Some(due) = schedule.begin_run(Instant::now()) {
                    // The exporter reports its failures itself.
                    let _ = run(Occasion::Interval, due);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

impl fmt::Debug for PreparedThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedThread").finish_non_exhaustive()
    }
}

impl fmt::Debug for PeriodicThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeriodicThread").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn the_interval_runs_the_task_again_and_again() {
        let (ran, runs) = mpsc::channel();
        let thread = PreparedThread::spawn("test").unwrap();
        let _thread = thread.start(vec![Duration::from_millis(1)], move |occasion, _| {
            ran.send(occasion).map_err(Into::into)
        });
        for _ in 0..3 {
            assert_eq!(runs.recv().unwrap(), Occasion::Interval);
        }
    }

    #[test]
    fn groups_run_at_their_intervals_and_requests_are_for_all() {
        let (ran, runs) = mpsc::channel();
        let intervals = vec![Duration::from_millis(1), LONG];
        let thread = PreparedThread::spawn("test").unwrap();
        let thread = thread.start(intervals, move |occasion, due| {
            ran.send((occasion, due.has(0), due.has(1))).map_err(Into::into)
        });
        for _ in 0..2 {
            assert_eq!(runs.recv().unwrap(), (Occasion::Interval, true, false));
        }
        thread.request(Occasion::Shutdown).wait().unwrap();
        let last = runs.iter().last();
        assert_eq!(last, Some((Occasion::Shutdown, true, true)));
    }

    #[test]
    fn requests_are_answered_with_the_result() {
        let thread =
            PreparedThread::spawn("test").unwrap().start(
                vec![LONG],
                |occasion, _| match occasion {
                    Occasion::Flush => Err("refused".into()),
                    _ => Ok(()),
                },
            );
        let error = thread.request(Occasion::Flush).wait().unwrap_err();
        assert_eq!(error.to_string(), "refused");
        thread.request(Occasion::Shutdown).wait().unwrap();
        let error = thread.request(Occasion::Flush).wait().unwrap_err();
        assert!(error.is::<ThreadGone>(), "{error}");
    }

    #[test]
    fn a_panic_is_an_error_and_the_thread_goes_on() {
        let mut runs = 0;
        let thread = PreparedThread::spawn("test").unwrap().start(vec![LONG], move |_, _| {
            runs += 1;
            assert_ne!(runs, 1, "the first run panics");
            Ok(())
        });
        assert!(thread.request(Occasion::Flush).wait().unwrap_err().is::<ThreadGone>());
        thread.request(Occasion::Flush).wait().unwrap();
    }

    #[test]
    fn the_thread_ends_with_its_owner() {
        let (alive, ended) = mpsc::channel::<()>();
        let thread = PreparedThread::spawn("test").unwrap().start(vec![LONG], move |_, _| {
            let _ = &alive;
            Ok(())
        });
        drop(thread);
        assert!(ended.recv().is_err());
    }
}
