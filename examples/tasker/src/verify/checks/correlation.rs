use super::counts::nothing;
use crate::{
    client::Receipt,
    metrics::descriptors,
    verify::{
        checklist::{Finding, Numbers},
        evidence::Evidence,
        source::sample_name,
    },
};

/// The metrics on the way of a task, with what each counts.
const FLOW: [(&str, &str); 7] = [
    ("requests", "tasker_tasks_requests_total"),
    ("enqueued", "tasker_steps_enqueued_total"),
    ("executed", "tasker_steps_executions_total"),
    ("succeeded", "tasker_steps_successes_total"),
    ("submitted", "tasker_steps_results_submitted_total"),
    ("processed", "tasker_step_results_processed_total"),
    ("completed", "tasker_tasks_completions_total"),
];

/// Every metric that has the label has a series of a sample task, and the id is the id of the trace
/// where the request belongs to one.
pub(super) fn filter(evidence: &Evidence<'_>) -> Finding {
    if !evidence.has_ids() {
        return without_ids();
    }
    let receipts: Vec<&Receipt> =
        evidence.tasks.iter().filter_map(|task| task.receipt.as_ref().ok()).collect();
    if receipts.is_empty() {
        return nothing();
    }
    let mut numbers = Numbers::default();
    let has_label = |key: &str| key == "correlation_id";
    let (mut found, mut all) = (0, 0);
    for metric in descriptors().filter(|m| m.labels.iter().any(|label| has_label(label.key))) {
        all += 1;
        let name = sample_name(metric);
        let of = |receipt: &&Receipt| {
            let labels = [("correlation_id", receipt.correlation_id.as_str())];
            evidence.after.of(&name, &labels).next().is_some()
        };
        if receipts.iter().any(of) {
            found += 1;
        } else {
            numbers.miss(format!("{name} has no series with an id"));
        }
    }
    numbers.see(format!("{found} of {all} metrics"));
    for task in evidence.tasks {
        let (Some(trace), Ok(receipt)) = (&task.trace, &task.receipt) else { continue };
        let id = &receipt.correlation_id;
        numbers.note(id == trace, format!("correlation_id={id} of the trace {trace}"));
    }
    numbers.finding()
}

/// One task is counted on its whole way: 1 → N → N → N → N → N → 1.
pub(super) fn flow(evidence: &Evidence<'_>) -> Finding {
    if !evidence.has_ids() {
        return without_ids();
    }
    let Some(task) = evidence.tasks.first() else { return nothing() };
    let Ok(receipt) = &task.receipt else { return nothing() };
    let steps = task.sample.results.len() as f64;
    let mut is_right = true;
    let mut shown = Vec::new();
    for (nth, (what, name)) in FLOW.iter().enumerate() {
        let seen = evidence.of_id(name, &receipt.correlation_id, &[]);
        let expected = if nth == 0 || nth == FLOW.len() - 1 { 1.0 } else { steps };
        is_right &= (seen - expected).abs() < 0.5;
        shown.push(format!("{what} {seen}"));
    }
    let mut numbers = Numbers::default();
    numbers.note(is_right, format!("{}: {}", task.sample.workflow, shown.join(" → ")));
    if !is_right {
        numbers.see(format!("expected 1 → {steps} → … → {steps} → 1"));
    }
    numbers.finding()
}

fn without_ids() -> Finding {
    let reason = "because correlation_window is 0, which leaves the label out";
    Finding::NotChecked(reason.to_owned())
}
