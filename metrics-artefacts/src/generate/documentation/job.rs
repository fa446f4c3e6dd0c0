use super::{
    job_examples::job_examples,
    metric::place,
    page::{Heading, Page},
    text::{code, text},
    words,
};
use crate::generate::declarations::DeclaredJob;

/// The section of a handler. `set` is the heading of the section of its set.
pub(super) fn write(
    page: &mut Page,
    job: &DeclaredJob<'_>,
    heading: &Heading,
    set: Option<&Heading>,
) {
    page.heading(3, heading);
    if let Some(objective) = &job.job.objective {
        page.paragraph(&text(&words::objective(objective)));
    }
    page.table(["property", "value"], &properties(job, set));
    let keys: Vec<_> =
        job.job.keys.iter().map(|key| [code(key), measures(key).to_owned()]).collect();
    page.table(["key", "what it adds"], &keys);
    let examples = job_examples(job);
    if examples.is_empty() {
        page.paragraph("The catalogue does not say which metrics record the events of these jobs.");
    }
    page.examples(&examples);
}

fn properties(job: &DeclaredJob<'_>, set: Option<&Heading>) -> Vec<[String; 2]> {
    let of_set = || format!("{} of {}", code(&job.job.set), code(&job.job.set_package));
    let mut rows = vec![["recorded in".to_owned(), set.map_or_else(of_set, Heading::link)]];
    for (label, value) in &job.job.labels {
        rows.push([format!("label {}", code(label)), code(value)]);
    }
    if let Some(boundaries) = &job.job.boundaries {
        let numbers: Vec<_> = boundaries.iter().map(|boundary| words::number(*boundary)).collect();
        rows.push(["boundaries of the durations".to_owned(), numbers.join(", ")]);
    }
    rows.push(["declared".to_owned(), place(&job.job.source)]);
    rows
}

/// What a key of `#[instrumented_job]` adds to the metrics of a job.
fn measures(key: &str) -> &'static str {
    match key {
        "error_type" => "the class of an error, by a function of the handler",
        "error_name" => "the name of an error",
        "queued_at" => "the time that a job waits before it starts",
        "scheduled_at" => "a time before which a job is not due: it does not count as waiting",
        "attempt" => "the number of the attempt, and whether a job was tried again",
        "final_attempt" => "whether no attempt follows: a job that fails then is dead-lettered",
        "output_size" => "the size of the output",
        "slo" => "whether a job met the objective",
        "buckets" => "boundaries of its own for the durations",
        _ => "a measurement",
    }
}
