use crate::verify::{
    checklist::{Finding, Numbers},
    evidence::Evidence,
};

/// The components with a breaker, beside the API.
const COMPONENTS: [&str; 3] = ["task_readiness", "pgmq", "ffi_completion"];

/// The share of a channel's capacity, in per cent, from which it counts as too full.
const FULL: f64 = 80.0;

/// The number of slow sends that still is near zero.
const FEW: f64 = 1.0;

/// Every breaker is closed, in the metrics and in the health.
pub(super) fn breakers(evidence: &Evidence<'_>) -> Finding {
    let mut numbers = Numbers::default();
    let mut check = |what: &str, name: &str, labels: &[(&str, &str)]| {
        let states = evidence.after.of(name, labels).map(|sample| sample.value);
        match states.reduce(f64::max) {
            None => numbers.miss(format!("{name} has no series of {what}")),
            Some(0.0) => numbers.see(format!("{what} 0")),
            Some(1.0) => numbers.miss(format!("{what} 1, which is half-open")),
            Some(state) => numbers.miss(format!("{what} {state}, which is open")),
        }
    };
    check("web", "api_circuit_breaker_state", &[]);
    for component in COMPONENTS {
        check(component, "tasker_circuit_breaker_state", &[("component", component)]);
    }
    match evidence.health.checks.get("circuit_breakers") {
        None => numbers.miss("/health/detailed has no check circuit_breakers"),
        Some(check) => numbers.note(
            check.status == "healthy" && COMPONENTS.iter().all(|name| check.message.contains(name)),
            format!("/health/detailed is {} ({})", check.status, check.message),
        ),
    }
    numbers.finding()
}

/// No channel is nearly full, and none was full while the tasks ran.
pub(super) fn channels(evidence: &Evidence<'_>) -> Finding {
    let mut numbers = Numbers::default();
    let mut channels = 0;
    let mut fullest: f64 = 0.0;
    for sample in evidence.after.of("mpsc_channel_usage_percent", &[]) {
        channels += 1;
        fullest = fullest.max(sample.value);
        if sample.value >= FULL {
            let label = |key| sample.label(key).unwrap_or("?");
            let (channel, component) = (label("channel"), label("component"));
            numbers.miss(format!("{channel} of {component} at {:.1} %", sample.value));
        }
    }
    let text = format!("{channels} channels, the fullest at {fullest:.1} %");
    numbers.note(channels > 0, text);
    let with_capacity = evidence.after.of("mpsc_channel_capacity", &[]).count();
    numbers.note(with_capacity == channels, format!("{with_capacity} with a capacity"));
    let full = evidence.growth("mpsc_channel_full_events_total", &[]);
    numbers.note(full < 0.5, format!("full events {full}"));
    numbers.finding()
}

/// Completions of the handler thread do not wait for room.
pub(super) fn slow_sends(evidence: &Evidence<'_>) -> Finding {
    const NAME: &str = "ffi_completion_slow_sends_total";
    if evidence.after.of(NAME, &[]).next().is_none() {
        return Finding::Miss(format!("there is no {NAME}"));
    }
    let mut numbers = Numbers::default();
    let slow = evidence.growth(NAME, &[]);
    numbers.note(slow <= FEW, format!("{slow} while the tasks ran"));
    numbers.see(format!("{} since the start", evidence.after.sum(NAME, &[])));
    numbers.finding()
}
