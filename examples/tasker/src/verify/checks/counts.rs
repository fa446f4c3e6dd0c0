use osapi_metrics::{LabelValue, descriptor::InstrumentKind};

use crate::{
    metrics::{ResultType, descriptors},
    verify::{
        checklist::{Finding, Numbers},
        evidence::Evidence,
        source::sample_name,
        tasks::{SampleTask, SubmittedTask},
    },
    workflow::TaskState,
};

/// How a number has to compare with an expected one.
#[derive(Clone, Copy)]
enum Expected {
    Exactly(u64),
    /// The metric counts other work, too.
    AtLeast(u64),
}

/// Every task is accepted and ends as its workflow says.
pub(super) fn tasks(evidence: &Evidence<'_>) -> Finding {
    let mut numbers = Numbers::default();
    let mut over = 0;
    for task in evidence.tasks {
        let expected = task.sample.state.as_str();
        match (&task.receipt, &task.ended) {
            (Err(_), _) => numbers.miss(task.to_string()),
            (Ok(_), Ok(state)) if state == expected => over += 1,
            (Ok(_), Ok(state)) => numbers.miss(format!("{task} is {state} instead of {expected}")),
            (Ok(_), Err(problem)) => numbers.miss(format!("{task}: {problem}")),
        }
    }
    if let Some(first) = evidence.tasks.first().filter(|task| task.receipt.is_ok()) {
        numbers.see(first.to_string());
    }
    numbers.see(format!("{over} of {} tasks have ended as they should", evidence.tasks.len()));
    numbers.finding()
}

/// What the API and the orchestration have counted.
pub(super) fn of_orchestration(evidence: &Evidence<'_>) -> Finding {
    let Some(samples) = accepted(evidence) else { return nothing() };
    let mut numbers = Numbers::default();
    let number = |is_counted: &dyn Fn(&SampleTask) -> bool| {
        samples.iter().filter(|sample| is_counted(sample)).count() as u64
    };
    let mut count = |what: &str, name: &str, labels: &[(&str, &str)], expected: u64| {
        compare(&mut numbers, evidence, what, evidence.counted(name, labels), expected);
    };
    count("requests", "tasker_tasks_requests_total", &[], number(&|_| true));
    count("enqueued", "tasker_steps_enqueued_total", &[], ends(&samples, &ResultType::ALL));
    let processed = "tasker_step_results_processed_total";
    count("processed", processed, &[], ends(&samples, &ResultType::ALL));
    for result in ResultType::ALL {
        let label = ResultType::VALUES[result.index()];
        count(label, processed, &[("result_type", label)], ends(&samples, &[result]));
    }
    let complete = number(&|sample| sample.state == TaskState::Complete);
    count("completions", "tasker_tasks_completions_total", &[], complete);
    let failed = number(&|sample| sample.state == TaskState::Error);
    count("failures", "tasker_tasks_failures_total", &[], failed);
    numbers.finding()
}

/// What the workers have counted.
pub(super) fn of_workers(evidence: &Evidence<'_>) -> Finding {
    use ResultType::{Error, Skipped, Success, Timeout};

    let Some(samples) = accepted(evidence) else { return nothing() };
    let mut numbers = Numbers::default();
    let all = ends(&samples, &ResultType::ALL);
    let succeeded = ends(&samples, &[Success, Skipped]);
    let failed = ends(&samples, &[Error, Timeout]);
    let executions = evidence.counted("tasker_steps_executions_total", &[]);
    compare(&mut numbers, evidence, "executions", executions, all);
    let successes = evidence.counted("tasker_steps_successes_total", &[]);
    compare(&mut numbers, evidence, "successes", successes, succeeded);
    let failures = evidence.counted("tasker_steps_failures_total", &[]);
    // A worker also counts what fails around a handler.
    judge(&mut numbers, "failures", failures, Expected::AtLeast(failed));
    let claimed = "tasker_steps_claimed_total";
    judge(&mut numbers, "claims", evidence.growth(claimed, &[]), Expected::AtLeast(all));
    for method in ["event", "poll"] {
        let claims = evidence.growth(claimed, &[("claim_method", method)]);
        numbers.see(format!("by {method} {claims}"));
    }
    let submitted = evidence.counted("tasker_steps_results_submitted_total", &[]);
    compare(&mut numbers, evidence, "submitted", submitted, all);
    numbers.finding()
}

/// Every histogram has a sample, in a bucket with an upper boundary.
pub(super) fn histograms(evidence: &Evidence<'_>) -> Finding {
    let mut numbers = Numbers::default();
    let (mut full, mut all) = (0, 0);
    for metric in descriptors().filter(|metric| metric.kind == InstrumentKind::Histogram) {
        all += 1;
        let name = sample_name(metric);
        let buckets = evidence.after.of(&name, &[]);
        let has_data = |le: Option<&str>| le.is_some_and(|le| le != "+Inf");
        if buckets.into_iter().any(|bucket| has_data(bucket.label("le")) && bucket.value > 0.0) {
            full += 1;
        } else {
            numbers.miss(format!("{name} has no data"));
        }
    }
    if full < all && evidence.scrapes {
        numbers.miss("give --metrics URL for each process of tasker");
    }
    numbers.see(format!("{full} of {all} histograms"));
    numbers.finding()
}

/// The tasks that were accepted, if there is one.
fn accepted(evidence: &Evidence<'_>) -> Option<Vec<&'static SampleTask>> {
    let accepted = evidence.tasks.iter().filter(|task| task.receipt.is_ok());
    let samples: Vec<_> = accepted.map(|SubmittedTask { sample, .. }| *sample).collect();
    (!samples.is_empty()).then_some(samples)
}

pub(super) fn nothing() -> Finding {
    Finding::NotChecked("because no task was accepted".to_owned())
}

/// The number of executions that end so.
fn ends(samples: &[&SampleTask], of: &[ResultType]) -> u64 {
    samples.iter().map(|sample| sample.ends(of)).sum()
}

/// Compares a number of the sample tasks with the expected one.
fn compare(numbers: &mut Numbers, evidence: &Evidence<'_>, what: &str, seen: f64, expected: u64) {
    let of = if evidence.has_ids() { Expected::Exactly } else { Expected::AtLeast };
    judge(numbers, what, seen, of(expected));
}

fn judge(numbers: &mut Numbers, what: &str, seen: f64, expected: Expected) {
    let (is_right, text) = match expected {
        Expected::Exactly(expected) => {
            ((seen - expected as f64).abs() < 0.5, format!("{what} {seen} instead of {expected}"))
        }
        Expected::AtLeast(least) => {
            (seen >= least as f64, format!("{what} {seen} instead of at least {least}"))
        }
    };
    let text = if is_right { format!("{what} {seen}") } else { text };
    numbers.note(is_right, text);
}
