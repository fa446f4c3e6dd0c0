//! The attempt number of a job, and whether the attempt is the last one.

use std::{
    io,
    num::{NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroUsize},
};

use osapi_metrics::{
    Counter, Histogram, JobStatus, LabelSet, MetricSet, instrumented_job, jobs::AttemptNumber,
};
use osapi_metrics_tests::reading::{Histogram as Samples, Reading};

use super::every_end::{ENDS, End, come_to, run};
use crate::read_lines_with;

#[instrumented_job(
    name = "attempts.delivery",
    attempt = number,
    final_attempt = number == 3,
)]
async fn deliver(number: u32, end: End) -> io::Result<()> {
    come_to(end).await
}

#[test]
fn attempts_are_counted_by_how_they_end() {
    let name = ("job_name", "attempts.delivery");
    let before = read_lines_with(name.1);
    assert_eq!(before.number("osapi_job_retries_total", &[name]), Some(0.0));
    assert_eq!(before.number("osapi_jobs_dead_lettered_total", &[name]), Some(0.0));
    for (end, status) in ENDS {
        assert_eq!(before.histogram("osapi_job_attempts", &[name, ("status", status)]), None);
        for number in [1, 2, 3, 3] {
            run(deliver(number, end));
        }
    }
    let reading = read_lines_with(name.1);
    for (_, status) in ENDS {
        let attempts = reading.histogram("osapi_job_attempts", &[name, ("status", status)]);
        let attempts = attempts.unwrap();
        assert_eq!((attempts.count, attempts.sum), (4, 9.0), "{status}");
        let bounds = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0];
        assert_eq!(attempts.bounds, bounds);
        assert_eq!(attempts.buckets[..4], [1, 1, 2, 0], "{status}");
    }
    // All attempts but the first, whatever their end.
    assert_eq!(reading.number("osapi_job_retries_total", &[name]), Some(3.0 * 5.0));
    // Last attempts that failed, timed out or panicked.
    assert_eq!(reading.number("osapi_jobs_dead_lettered_total", &[name]), Some(2.0 * 3.0));
}

#[test]
fn a_handler_that_does_not_tell_its_attempts_has_no_counter_of_them() {
    #[instrumented_job(name = "attempts.without")]
    fn without() {}
    #[instrumented_job(name = "attempts.number_only", attempt = number)]
    fn number_only(number: u8) -> Result<(), u8> {
        Err(number)
    }
    #[instrumented_job(name = "attempts.final_only", final_attempt = is_final)]
    fn final_only(is_final: bool) -> Result<(), bool> {
        Err(is_final)
    }
    let counters = |job_name: &str| {
        let reading = read_lines_with(job_name);
        let names = ["osapi_job_retries_total", "osapi_jobs_dead_lettered_total"];
        names.map(|name| reading.number(name, &[("job_name", job_name)]))
    };
    assert_eq!(counters("attempts.without"), [None, None]);
    assert_eq!(counters("attempts.number_only"), [Some(0.0), None]);
    assert_eq!(counters("attempts.final_only"), [None, Some(0.0)]);
    without();
    number_only(2).unwrap_err();
    final_only(false).unwrap_err();
    assert_eq!(counters("attempts.without"), [None, None]);
    assert_eq!(counters("attempts.number_only"), [Some(1.0), None]);
    assert_eq!(counters("attempts.final_only"), [None, Some(0.0)]);
    final_only(true).unwrap_err();
    assert_eq!(counters("attempts.final_only"), [None, Some(1.0)]);
    let labels = [("job_name", "attempts.final_only"), ("status", "failed")];
    assert_eq!(
        read_lines_with(labels[0].1).histogram("osapi_job_attempts", &labels),
        None,
        "nobody knows which"
    );
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Case {
    #[label(max = 60)]
    case: &'static str,
}

#[derive(Debug, LabelSet)]
struct CaseEnd {
    #[label(flatten)]
    case: Case,
    #[label(job = status)]
    status: JobStatus,
}

/// Attempts under names of a set of its own.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "attempts", job(labels = Case))]
struct AttemptMetrics {
    /// Attempts of any end.
    #[metric(unit = "{attempt}", buckets = [1, 3], on = attempts)]
    tries: Histogram<Case, u64>,
    /// Attempts by their end.
    #[metric(unit = "{attempt}", buckets = [2.5], on = attempts)]
    tries_by_end: Histogram<CaseEnd>,
    /// Tried again.
    #[metric(on = retried)]
    again_total: Counter<Case>,
    /// Given up.
    #[metric(on = dead_lettered)]
    lost_total: Counter<CaseEnd>,
}

fn tries(reading: &Reading, case: &str) -> Option<Samples> {
    reading.histogram("attempts_tries", &[("case", case)])
}

fn again(reading: &Reading, case: &str) -> Option<f64> {
    reading.number("attempts_again_total", &[("case", case)])
}

#[instrumented_job(
    metrics = AttemptMetrics,
    labels = Case { case: "own" },
    attempt = number,
    final_attempt = number == limit,
)]
async fn deliver_in_own_names(number: u64, limit: u64, end: End) -> io::Result<()> {
    come_to(end).await
}

#[test]
fn a_set_of_its_own_records_attempts() {
    for (end, _) in ENDS {
        for number in 1..=4 {
            run(deliver_in_own_names(number, 4, end));
        }
    }
    let reading = read_lines_with("attempts_");
    let all = tries(&reading, "own").unwrap();
    assert_eq!((all.count, all.sum, all.buckets), (20, 50.0, vec![5, 10, 5]));
    assert_eq!(again(&reading, "own"), Some(15.0));
    for (end, status) in ENDS {
        let labels = [("case", "own"), ("status", status)];
        let ended = reading.histogram("attempts_tries_by_end", &labels).unwrap();
        assert_eq!((ended.count, ended.sum, ended.buckets), (4, 10.0, vec![2, 2]), "{status}");
        let is_lost = matches!(end, End::Fail | End::TimeOut | End::Panic);
        let lost = reading.number("attempts_lost_total", &labels);
        assert_eq!(lost, is_lost.then_some(1.0), "{status}");
    }
}

#[instrumented_job(metrics = AttemptMetrics, labels = Case { case }, attempt = number)]
fn attempt(case: &'static str, number: impl AttemptNumber + Copy) {}

/// The third attempt, in every type of attempt number.
macro_rules! third_in {
    ($($number:ty)*) => {[$({
        let cases = [
            stringify!($number),
            concat!("Option<", stringify!($number), ">"),
            concat!("&", stringify!($number)),
        ];
        let three: $number = "3".parse().unwrap();
        attempt(cases[0], three);
        attempt(cases[1], Some(three));
        attempt(cases[2], &three);
        cases
    }),*]};
}

#[test]
fn an_attempt_is_any_integer() {
    let cases = third_in! {
        i8 i16 i32 i64 isize u8 u16 u32 u64 usize
        NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroUsize
    };
    let reading = read_lines_with("attempts_");
    for case in cases.as_flattened() {
        let third = tries(&reading, case).unwrap();
        assert_eq!((third.count, third.sum, third.buckets), (1, 3.0, vec![0, 1, 0]), "{case}");
        assert_eq!(again(&reading, case), Some(1.0), "{case}");
    }
}

#[test]
fn numbers_that_are_not_attempts_are_not_recorded() {
    attempt("none", 0_u8);
    attempt("none", 0_i64);
    attempt("none", -1_i8);
    attempt("none", i64::MIN);
    attempt("none", isize::MIN);
    attempt("none", None::<u32>);
    attempt("none", Some(0_usize));
    let reading = read_lines_with("attempts_");
    assert_eq!((tries(&reading, "none"), again(&reading, "none")), (None, None));

    attempt("first", 1_u8);
    let reading = read_lines_with("attempts_");
    assert_eq!(tries(&reading, "first").unwrap().count, 1);
    assert_eq!(again(&reading, "first"), None, "the first attempt repeats nothing");

    attempt("most", u64::MAX);
    attempt("most", i64::MAX);
    let most = tries(&read_lines_with("attempts_"), "most").unwrap();
    assert_eq!((most.count, most.sum), (2, 2.0 * f64::from(u32::MAX)));
}
