use std::sync::{Mutex, PoisonError};

use osapi_metrics::{Metrics, exposition::Format};

use crate::runtime::{State, collector, install};

static INSTALLED: Mutex<Option<(State, Metrics)>> = Mutex::new(None);

/// Ends the installed runtime, with its last export, and installs a runtime in `state`.
pub(super) fn enter(state: State) {
    in_state(state, |_| ());
}

/// The text of a scrape. A disabled runtime shows nothing, so a new runtime then shows whether
/// operations were recorded while metrics were disabled.
pub(super) fn exposition(state: State) -> String {
    if state == State::Disabled {
        enter(State::Disabled);
        in_state(State::Prometheus, |metrics| metrics.render(Format::Text))
    } else {
        in_state(state, |metrics| metrics.render(Format::Text))
    }
}

fn in_state<T>(state: State, then: impl FnOnce(&Metrics) -> T) -> T {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if installed.as_ref().is_none_or(|(current, _)| *current != state) {
        if let Some((_, metrics)) = installed.take() {
            metrics.shutdown().expect("the collector answers");
        }
        *installed = Some((state, install(state, &collector::url())));
    }
    let (_, metrics) = installed.as_ref().expect("a runtime is installed");
    then(metrics)
}
