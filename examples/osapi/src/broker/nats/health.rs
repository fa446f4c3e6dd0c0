//! What is known of the server: whether osapi can use it, and why not. The log has one line for
//! each change.

use std::{collections::BTreeMap, time::Duration};

use osapi_metrics_rules::excerpt::Excerpt;
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::problem::Problem;

/// A right counts as refused for this long after the server has refused it: longer than the pause
/// between two tries, with the time-out of a request between them.
const REFUSED_FOR: Duration = Duration::from_secs(30);

/// The most lines about one outage, whose reason may change from try to try.
const MOST_LINES: usize = 4;

/// The health of the connection, of what osapi has on the server, and of its rights. Clones share
/// it.
#[derive(Clone, Debug)]
pub(super) struct ServerHealth {
    state: watch::Sender<State>,
    /// The servers, without the credentials in their URLs.
    servers: String,
    /// Cancelled when nothing more is to be logged.
    silenced: CancellationToken,
}

#[derive(Debug)]
struct State {
    connection: Option<Problem>,
    preparation: Option<Problem>,
    /// The refused rights, with the time of the latest refusal.
    refused: BTreeMap<String, Instant>,
    /// What the server has said since it was connected to.
    parting_words: Option<String>,
    /// Whether the server has said since then that it is about to stop.
    is_about_to_stop: bool,
    /// Whether the latest line says that all is well.
    is_logged_well: bool,
    /// The problems that the log has since then.
    logged: Vec<Problem>,
}

/// A line of the log.
#[derive(Debug)]
enum Line {
    Connected,
    Problem(Problem),
}

impl ServerHealth {
    /// The health before the first connection.
    pub(super) fn new(servers: String) -> Self {
        let state = State {
            connection: Some(Problem::beginning("not connected")),
            preparation: Some(preparing()),
            refused: BTreeMap::new(),
            parting_words: None,
            is_about_to_stop: false,
            is_logged_well: false,
            logged: Vec::new(),
        };
        Self { state: watch::Sender::new(state), servers, silenced: CancellationToken::new() }
    }

    pub(super) fn servers(&self) -> &str {
        &self.servers
    }

    /// Logs nothing from now on.
    pub(super) fn silence(&self) {
        self.silenced.cancel();
    }

    pub(super) fn is_silenced(&self) -> bool {
        self.silenced.is_cancelled()
    }

    /// Notes that a connection was made. What osapi has on the server is not known yet.
    pub(super) fn connected(&self) {
        self.change(|state| {
            state.connection = None;
            state.preparation = Some(preparing());
            state.parting_words = None;
            state.is_about_to_stop = false;
        });
    }

    /// Notes that the connection was lost.
    pub(super) fn lost(&self) {
        self.change(|state| {
            let lost = "the connection was lost".to_owned();
            let words = state.parting_words.take();
            let reason = words.map_or(lost.clone(), |words| format!("{lost}: {words}"));
            state.connection = Some(Problem::of_connection(reason));
        });
    }

    /// Notes that a try to connect has failed.
    pub(super) fn cannot_connect(&self, reason: &str) {
        let reason = Excerpt::of_message(reason).to_string();
        self.change(|state| state.connection = Some(Problem::of_connection(reason)));
    }

    /// Notes a message of the server: the refusal of a right, or the reason why it closes the
    /// connection next.
    pub(super) fn server_said(&self, message: &str, refused: Option<String>) {
        self.change(|state| match refused {
            Some(right) => {
                state.refused.insert(right, Instant::now());
            }
            None => state.parting_words = Some(Excerpt::of_message(message).to_string()),
        });
    }

    /// Notes that the server is about to stop, which it may say many times.
    pub(super) fn about_to_stop(&self) {
        let mut is_new = false;
        self.state.send_if_modified(|state| {
            is_new = !std::mem::replace(&mut state.is_about_to_stop, true);
            // The server can be used meanwhile.
            false
        });
        if is_new && !self.is_silenced() {
            warn!(servers = self.servers, "the NATS server is about to stop");
        }
    }

    /// Notes that what osapi has on the server was found or made.
    pub(super) fn prepared(&self) {
        self.change(|state| state.preparation = None);
    }

    pub(super) fn unprepared(&self, problem: Problem) {
        self.change(|state| state.preparation = Some(problem));
    }

    /// Notes that the server has not refused a right.
    pub(super) fn granted(&self, right: &str) {
        self.change(|state| {
            state.refused.remove(right);
        });
    }

    /// Drops the refusals that are not repeated. Returns their rights.
    pub(super) fn expire(&self) -> Vec<String> {
        let mut expired = Vec::new();
        self.change(|state| {
            state.refused.retain(|right, at| {
                let stays = at.elapsed() < REFUSED_FOR;
                if !stays {
                    expired.push(right.clone());
                }
                stays
            });
        });
        expired
    }

    /// The reason why osapi cannot do all that it needs to do.
    pub(super) fn problem(&self) -> Option<Problem> {
        self.state.borrow().problem()
    }

    /// Whether there is a connection, and what osapi has on the server is there. A right may be
    /// refused nevertheless.
    pub(super) fn is_prepared(&self) -> bool {
        let state = self.state.borrow();
        state.connection.is_none() && state.preparation.is_none()
    }

    /// Whether any right but this one is refused.
    pub(super) fn refuses_other_than(&self, right: &str) -> bool {
        self.state.borrow().refused.keys().any(|refused| refused != right)
    }

    pub(super) fn is_refused(&self, right: &str) -> bool {
        self.state.borrow().refused.contains_key(right)
    }

    /// Waits until the server has refused a right, or refuses it now.
    pub(super) async fn refused(&self, right: &str) {
        let refused = |state: &State| state.refused.contains_key(right);
        // Fails only without a sender, and this value has one.
        let _ = self.state.subscribe().wait_for(refused).await;
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let (mut change, mut line) = (Some(change), None);
        self.state.send_modify(|state| {
            if let Some(change) = change.take() {
                change(state);
            }
            line = state.line();
        });
        if self.is_silenced() {
            return;
        }
        let servers = &self.servers;
        match line {
            Some(Line::Problem(problem)) => {
                warn!(servers, reason = problem.reason(), "{}", problem.summary());
            }
            Some(Line::Connected) => info!(servers, "connected to NATS"),
            None => {}
        }
    }
}

impl State {
    /// A refused right is the reason why the preparation does not get on, so it comes first.
    fn problem(&self) -> Option<Problem> {
        let (connection, preparation) = (&self.connection, &self.preparation);
        connection.clone().or_else(|| self.refusal()).or_else(|| preparation.clone())
    }

    fn refusal(&self) -> Option<Problem> {
        if self.refused.is_empty() {
            return None;
        }
        let rights = self.refused.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        Some(Problem::refuses(format!("no permission to {rights}")))
    }

    /// The line to log, if there is something new.
    fn line(&mut self) -> Option<Line> {
        match self.problem() {
            None if self.is_logged_well => None,
            None => {
                self.is_logged_well = true;
                self.logged.clear();
                Some(Line::Connected)
            }
            Some(problem) if problem.is_beginning() => None,
            Some(problem) => {
                self.is_logged_well = false;
                if self.logged.len() >= MOST_LINES || self.logged.contains(&problem) {
                    return None;
                }
                self.logged.push(problem.clone());
                Some(Line::Problem(problem))
            }
        }
    }
}

/// The client puts its word for the answer of a server in front of it, which may be the same.
pub(super) fn said_once(reason: &str) -> &str {
    match reason.split_once(": nats: ") {
        Some((word, said)) if word.eq_ignore_ascii_case(said) => said,
        _ => reason,
    }
}

fn preparing() -> Problem {
    Problem::beginning("the queue is being prepared")
}

#[cfg(test)]
mod tests {
    use super::said_once;

    #[test]
    fn what_a_server_says_is_said_once() {
        for (reason, said) in [
            ("authorization violation: nats: Authorization Violation", "Authorization Violation"),
            (
                "authorization violation: nats: user expired",
                "authorization violation: nats: user expired",
            ),
            (
                "IO error: Connection refused (os error 111)",
                "IO error: Connection refused (os error 111)",
            ),
        ] {
            assert_eq!(said_once(reason), said);
        }
    }
}
