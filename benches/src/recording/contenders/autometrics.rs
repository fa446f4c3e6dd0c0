use std::sync::LazyLock;

use autometrics::{autometrics, settings::AutometricsSettings};
use prometheus_client_of_autometrics::{encoding::text, registry::Registry};

use super::workload::{JOB_BOUNDARIES, poll_once, work};
use crate::{
    recording::{case::Case, contender::Contender},
    samples,
};

const LIBRARY: &str = "autometrics";

/// The attribute of autometrics with tracked concurrency: calls, their duration, and running calls.
pub(super) fn contenders(case: Case) -> Vec<Contender> {
    match case {
        Case::Job => vec![contender("job", |number| {
            job(number);
        })],
        Case::JobAsync => vec![contender("job_async", |number| {
            poll_once(job_async(number));
        })],
        _ => Vec::new(),
    }
}

static SETTINGS: LazyLock<&AutometricsSettings> = LazyLock::new(|| {
    AutometricsSettings::builder()
        .prometheus_client_registry(Registry::default())
        .histogram_buckets(JOB_BOUNDARIES)
        .init()
});

fn contender(
    function: &'static str,
    operation: impl Fn(usize) + Send + Sync + 'static,
) -> Contender {
    LazyLock::force(&SETTINGS);
    Contender::new(LIBRARY, operation, move || {
        let mut exposition = String::new();
        text::encode(&mut exposition, SETTINGS.prometheus_client_registry())
            .expect("a String accepts every text");
        let of_function = format!("function=\"{function}\"");
        let lines = exposition.lines().filter(|line| line.contains(&of_function));
        let exposition: String = lines.flat_map(|line| [line, "\n"]).collect();
        samples::sums(
            &exposition,
            &["function_calls_total", "function_calls_duration_seconds_count"],
        )
    })
}

#[inline(never)]
#[autometrics(track_concurrency)]
fn job(input: usize) -> usize {
    work(input)
}

#[autometrics(track_concurrency)]
async fn job_async(input: usize) -> usize {
    work(input)
}
