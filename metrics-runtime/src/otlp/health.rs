//! One log line for each change in the state of a push.

use std::sync::Mutex;

use crate::core::sync::lock;

/// The outcome of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DeliveryOutcome {
    /// The endpoint has accepted everything.
    Accepted,
    /// The endpoint has accepted the requests, and rejected some of their points.
    Rejected {
        /// The number of rejected points.
        points: u64,
        /// The reason that the endpoint gives.
        reason: String,
    },
    /// The endpoint has not accepted a request.
    Failed {
        /// The reason.
        cause: String,
        /// The number of points that it has rejected of other requests.
        rejected_points: u64,
    },
}

/// The state of one push.
#[derive(Debug)]
pub(super) struct Health {
    /// The endpoint without credentials and query.
    endpoint: String,
    state: Mutex<State>,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    /// The last export arrived, or no export was tried yet.
    Healthy,
    /// The last export arrived in part.
    Rejecting,
    /// The last `missed` exports did not arrive.
    Failing { missed: u64 },
}

impl Health {
    pub(super) fn new(endpoint: String) -> Self {
        Self { endpoint, state: Mutex::new(State::Healthy) }
    }

    pub(super) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Updates the state with the result of an export, and logs a change of the state.
    pub(super) fn record(&self, outcome: &DeliveryOutcome) {
        let endpoint = self.endpoint.as_str();
        let mut state = lock(&self.state);
        match outcome {
            DeliveryOutcome::Failed { cause, .. } => {
                if let State::Failing { missed } = &mut *state {
                    *missed += 1;
                    return;
                }
                *state = State::Failing { missed: 1 };
                tracing::warn!(
                    endpoint,
                    %cause,
                    "metrics cannot be pushed over OTLP; jobs are not affected, further failures are only counted"
                );
            }
            DeliveryOutcome::Rejected { points, reason } => {
                let before = std::mem::replace(&mut *state, State::Rejecting);
                if before != State::Rejecting {
                    tracing::warn!(
                        endpoint,
                        points,
                        %reason,
                        missed_exports = before.missed(),
                        "the OTLP endpoint takes the push but rejects some of its points; further ones are only counted"
                    );
                }
            }
            DeliveryOutcome::Accepted => {
                let before = std::mem::replace(&mut *state, State::Healthy);
                if before != State::Healthy {
                    tracing::info!(
                        endpoint,
                        missed_exports = before.missed(),
                        "metrics are pushed over OTLP again"
                    );
                }
            }
        }
    }
}

impl State {
    fn missed(&self) -> u64 {
        match self {
            Self::Failing { missed } => *missed,
            Self::Healthy | Self::Rejecting => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fmt::{self, Write as _},
        sync::Arc,
    };

    use tracing::{
        Event, Metadata, Subscriber,
        field::{Field, Visit},
        span,
    };

    use super::*;

    /// Records the level and the fields of each event.
    #[derive(Clone, Default)]
    struct EventLog(Arc<Mutex<Vec<String>>>);

    impl EventLog {
        fn of(run: impl FnOnce()) -> Vec<String> {
            let lines = Self::default();
            tracing::subscriber::with_default(lines.clone(), run);
            lines.0.lock().unwrap().clone()
        }
    }

    impl Subscriber for EventLog {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }
        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
        fn event(&self, event: &Event<'_>) {
            struct Fields(String);
            impl Visit for Fields {
                fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                    let _ = write!(self.0, " {field}={value:?}");
                }
            }
            let mut fields = Fields(event.metadata().level().to_string());
            event.record(&mut fields);
            self.0.lock().unwrap().push(fields.0);
        }
        fn enter(&self, _: &span::Id) {}
        fn exit(&self, _: &span::Id) {}
    }

    fn failed() -> DeliveryOutcome {
        DeliveryOutcome::Failed { cause: "connection refused".to_owned(), rejected_points: 0 }
    }

    fn rejected() -> DeliveryOutcome {
        DeliveryOutcome::Rejected { points: 3, reason: "too old".to_owned() }
    }

    #[test]
    fn success_is_not_logged() {
        let lines = EventLog::of(|| {
            let health = Health::new("http://collector".to_owned());
            health.record(&DeliveryOutcome::Accepted);
            health.record(&DeliveryOutcome::Accepted);
        });
        assert_eq!(lines, [] as [&str; 0]);
    }

    #[test]
    fn an_outage_is_two_lines_however_long_it_lasts() {
        let lines = EventLog::of(|| {
            let health = Health::new("http://collector".to_owned());
            health.record(&DeliveryOutcome::Accepted);
            for _ in 0..100 {
                health.record(&failed());
            }
            health.record(&DeliveryOutcome::Accepted);
        });
        assert_eq!(lines.len(), 2, "{lines:#?}");
        assert!(lines[0].starts_with("WARN"), "{}", lines[0]);
        assert!(lines[0].contains("http://collector"), "{}", lines[0]);
        assert!(lines[0].contains("connection refused"), "{}", lines[0]);
        assert!(lines[1].starts_with("INFO"), "{}", lines[1]);
        assert!(lines[1].contains("missed_exports=100"), "{}", lines[1]);
    }

    #[test]
    fn every_change_of_state_is_one_line() {
        let lines = EventLog::of(|| {
            let health = Health::new("http://collector".to_owned());
            for answer in [
                rejected(),
                rejected(),
                failed(),
                failed(),
                rejected(),
                DeliveryOutcome::Accepted,
                failed(),
            ] {
                health.record(&answer);
            }
        });
        let levels: Vec<_> = lines.iter().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(levels, ["WARN", "WARN", "WARN", "INFO", "WARN"], "{lines:#?}");
        assert!(lines[0].contains("too old"), "{}", lines[0]);
        assert!(lines[2].contains("missed_exports=2"), "{}", lines[2]);
    }
}
