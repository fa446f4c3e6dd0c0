//! What is known of the database: whether the process can do with it what it has to do, and why
//! not. The log has one line for each change.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use osapi_metrics_rules::excerpt::Excerpt;
use sqlx::{
    Error,
    postgres::{PgDatabaseError, PgSeverity},
};
use tokio::sync::Notify;
use tracing::{info, warn};

use super::Use;

/// A use counts as failing for this long after its latest failure, or after a breaker has rejected
/// it.
const FAILING_FOR: Duration = Duration::from_secs(30);

/// All is well again when nothing has failed for this long. Where some uses get a connection and
/// others do not, they change from moment to moment.
const QUIET: Duration = Duration::from_secs(5);

/// The most lines about one outage, whose reason may change from try to try.
const MOST_LINES: usize = 4;

/// The health of the database, for one process. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct DatabaseHealth(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Wakes the probe.
    suspicion: Notify,
}

#[derive(Debug, Default)]
struct State {
    uses: BTreeMap<Use, Failures>,
    /// What the probe has found, which is the reason of everything else.
    found: Option<Problem>,
    /// The problem that was seen last, and when. `None` while all is well.
    seen: Option<(Problem, Instant)>,
    /// The reasons that the log has since all was well.
    logged: Vec<String>,
}

/// Why the process cannot do what it has to do.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// What it cannot do, such as `cannot accept tasks`; empty where it can do nothing.
    pub(super) what: String,
    /// Why, in the words of the server where it has said something.
    pub(super) reason: String,
    /// Whether it keeps the process from its work.
    pub(super) is_needed: bool,
}

#[derive(Debug)]
struct Failures {
    in_a_row: u32,
    threshold: u32,
    latest: Instant,
    reason: String,
    /// Whether there was no connection, or it broke.
    is_of_connection: bool,
}

impl DatabaseHealth {
    /// The reason why the process cannot do all that it has to do.
    pub fn problem(&self) -> Option<String> {
        let mut state = self.lock();
        state.look();
        let seen = state.seen.as_ref().map(|(problem, _)| problem);
        seen.filter(|problem| problem.is_needed).map(Problem::to_string)
    }

    /// Notes that the database has failed in a use of it, which is a problem of its own when it has
    /// happened as often in a row as `threshold`.
    pub fn failed(&self, to: Use, error: &Error, threshold: u32) {
        let mut state = self.lock();
        let failures = state.uses.entry(to).or_insert_with(|| Failures {
            in_a_row: 0,
            threshold,
            latest: Instant::now(),
            reason: String::new(),
            is_of_connection: false,
        });
        failures.in_a_row = failures.in_a_row.saturating_add(1);
        failures.threshold = threshold;
        failures.latest = Instant::now();
        failures.reason = reason(error);
        failures.is_of_connection = is_of_connection(error);
        if failures.in_a_row >= threshold {
            self.0.suspicion.notify_one();
        }
    }

    /// Notes that a use was not tried, so that it fails still if it has failed before.
    pub fn still(&self, to: Use) {
        if let Some(failures) = self.lock().uses.get_mut(&to) {
            failures.latest = Instant::now();
        }
    }

    /// Notes that a use of the database has succeeded.
    pub fn succeeded(&self, to: Use) {
        self.lock().uses.remove(&to);
    }

    /// Whether a use fails now.
    pub(super) fn is_failing(&self, to: Use) -> bool {
        self.lock().failing().any(|(failing, _)| *failing == to)
    }

    /// Notes what the probe has found, and logs the change.
    pub(super) fn probed(&self, found: Option<Problem>) {
        let mut state = self.lock();
        if found.is_none() {
            // Nobody may try these again while the process is not ready.
            state.uses.retain(|_, failures| !failures.is_of_connection);
        }
        state.found = found;
        state.look();
        let Some((problem, at)) = state.seen.clone() else { return };
        if at.elapsed() >= QUIET {
            state.seen = None;
            state.logged.clear();
            info!("the database can be used again");
        } else if state.is_new(&problem) {
            warn!(reason = %problem, "the database cannot be used as it has to be");
            state.logged.push(problem.reason);
        }
    }

    /// Whether all is well, as far as it is known.
    pub(super) fn is_well(&self) -> bool {
        self.lock().seen.is_none()
    }

    /// Waits until a use of the database begins to fail.
    pub(super) async fn suspicion(&self) {
        self.0.suspicion.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether the log lacks a problem. Uses may fail for a while after what the probe had found.
    fn is_new(&self, problem: &Problem) -> bool {
        let is_over = self.found.is_none() && !self.logged.is_empty();
        !is_over && self.logged.len() < MOST_LINES && !self.logged.contains(&problem.reason)
    }

    fn failing(&self) -> impl Iterator<Item = (&Use, &Failures)> {
        self.uses.iter().filter(|(_, failures)| failures.in_a_row >= failures.threshold)
    }

    /// Looks what the problem is now.
    fn look(&mut self) {
        self.uses.retain(|_, failures| failures.latest.elapsed() < FAILING_FOR);
        let problem = self.found.clone().or_else(|| self.failing_uses());
        if let Some(problem) = problem {
            self.seen = Some((problem, Instant::now()));
        }
    }

    /// The uses that fail for the same reason as the first of them.
    fn failing_uses(&self) -> Option<Problem> {
        let (_, first) = self.failing().next()?;
        let same = self.failing().filter(|(_, failures)| failures.reason == first.reason);
        let uses: Vec<_> = same.map(|(to, _)| to.words()).collect();
        Some(Problem {
            what: format!("cannot {}", uses.join(", ")),
            reason: first.reason.clone(),
            is_needed: self.failing().any(|(to, _)| to.is_needed()),
        })
    }
}

impl Problem {
    /// The problem of a process that can do nothing.
    pub(super) fn of_everything(reason: String) -> Self {
        Self { what: String::new(), reason, is_needed: true }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.what {
            "" => f.write_str(&self.reason),
            what => write!(f, "{what}: {}", self.reason),
        }
    }
}

/// Whether there was no connection, or it broke: the server also refuses and ends connections with
/// an error of its own, which is fatal.
fn is_of_connection(error: &Error) -> bool {
    let Error::Database(error) = error else { return true };
    let severity = error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::severity);
    matches!(severity, Some(PgSeverity::Fatal | PgSeverity::Panic))
}

/// The reason of a failure, in the words of the server where it has said something.
pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::Database(error) => Excerpt::of_message(error.message()).to_string(),
        Error::Io(error) => Excerpt::of_message(&error.to_string()).to_string(),
        error => Excerpt::of_message(&error.to_string()).to_string(),
    }
}
