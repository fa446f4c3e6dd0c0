//! A process whose collector fails by a schedule.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, SystemTime},
};

use osapi_common::program::complain;
use tokio::time::{Instant, interval, sleep_until};

use super::{
    delivery::{Delivery, Span, intervals_in},
    error::VerifyError,
    load::JobClient,
    options::Verification,
    pace::Pace,
    pairs::with_metrics,
    receiver::{Export, Fault, FaultWindow, PASS, Received, Receiver, schedule},
};
use crate::config::Rhythms;

/// What has come of the exports of a process whose collector failed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outages {
    /// By interval, the shortest first.
    pub(super) deliveries: Vec<Delivery>,
    /// The passes of the schedule of faults.
    pub(super) passes: u32,
    /// The requests that failed, by fault. Of refused connections, exports that were due meanwhile.
    pub(super) failed: BTreeMap<Fault, u64>,
    /// The jobs that have completed.
    pub(super) jobs: u64,
    /// Those that the last export counts.
    pub(super) counted: u64,
    /// The requests that the receiver accepted, without the last export.
    pub(super) accepted: u64,
    /// The exports that succeeded and failed, as the process counts them.
    pub(super) reported: [u64; 2],
}

/// The time between two jobs.
const JOB_INTERVAL: Duration = Duration::from_millis(200);

/// How long the counters of process and receiver may differ: an export can be under way.
const AGREEMENT_LIMIT: Duration = Duration::from_secs(5);

/// Runs the process for the duration of the verification.
pub(super) async fn run(
    verification: &Verification,
    program: &Path,
    pace: Pace,
    folder: &Path,
) -> Result<Outages, VerifyError> {
    let receiver = Receiver::start().map_err(VerifyError::Prepare)?;
    let mut child = with_metrics("with faults", program, &receiver, pace, folder).await?;
    let began = Instant::now();
    let passes = passes(verification.duration, pace);
    let client = JobClient::new(&child.base)?;
    let end = began + verification.duration;
    let faults = fail(&receiver, began, passes, pace);
    let measured = async {
        let faults = async {
            faults.await;
            Ok(())
        };
        let (jobs, ()) = tokio::try_join!(work(&client, end), faults)?;
        Ok((jobs, agreed(&client, &receiver).await?))
    };
    let (jobs, (reported, accepted)) = match measured.await {
        Ok(measured) => measured,
        Err(error) => return Err(child.explain(error).await),
    };
    let span = Span { begin: child.ready, end: SystemTime::now() };
    child.stop().await?;
    let Received { exports, mut failed, mistake } = receiver.received();
    if let Some(reason) = mistake {
        return Err(VerifyError::Request { url: receiver.url(), reason });
    }
    failed.insert(Fault::Refused, due_meanwhile(passes));
    let limit = verification.limits.freshness;
    let deliveries = deliveries(&exports, span, limit, pace);
    let counted = exports.iter().rev().find_map(|export| export.completed).unwrap_or(0);
    Ok(Outages { deliveries, passes, failed, jobs, counted, accepted, reported })
}

/// The number of times that the schedule fits into the duration.
pub(super) fn passes(duration: Duration, pace: Pace) -> u32 {
    u32::try_from(intervals_in(duration, pace.scaled(PASS))).unwrap_or(u32::MAX)
}

/// Lets the receiver fail by the schedule.
async fn fail(receiver: &Receiver, start: Instant, times: u32, pace: Pace) {
    for nth in 0..times {
        for FaultWindow { begin, length, fault } in schedule() {
            let moment = start + pace.scaled(PASS * nth + begin);
            sleep_until(moment).await;
            complain(&format_args!(
                "verify: the collector fails for {length:.1?}: {}",
                fault.text()
            ));
            receiver.set(Some(fault));
            sleep_until(moment + pace.scaled(length)).await;
            receiver.set(None);
        }
    }
}

/// Runs small jobs until the end, and returns their number.
async fn work(client: &JobClient, end: Instant) -> Result<u64, VerifyError> {
    let mut ticks = interval(JOB_INTERVAL);
    let job = serde_json::json!({"service": "simulation", "payload": {"millis": 1}});
    let mut jobs = 0;
    while Instant::now() < end {
        ticks.tick().await;
        jobs += client.run(std::slice::from_ref(&job)).await?.len() as u64;
    }
    Ok(jobs)
}

/// The exports that succeeded and failed by the counters of the process, and the requests that the
/// receiver accepted, at a moment at which no export is under way.
async fn agreed(client: &JobClient, receiver: &Receiver) -> Result<([u64; 2], u64), VerifyError> {
    let end = Instant::now() + AGREEMENT_LIMIT;
    let mut looks = interval(Duration::from_millis(20));
    loop {
        looks.tick().await;
        let accepted = receiver.received().exports.len() as u64;
        let scrape = client.scrape().await?;
        let reported = ["succeeded", "failed"].map(|outcome| exports_total(&scrape, outcome));
        if reported[0] == accepted || Instant::now() > end {
            return Ok((reported, accepted));
        }
    }
}

fn exports_total(scrape: &str, outcome: &str) -> u64 {
    let begin = format!("osapi_metrics_exports_total{{outcome=\"{outcome}\"}} ");
    let value = scrape.lines().find_map(|line| line.strip_prefix(begin.as_str()));
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}

fn deliveries(exports: &[Export], span: Span, limit: Duration, pace: Pace) -> Vec<Delivery> {
    let mut intervals: Vec<_> = Rhythms::patterns().map(|(_, interval)| interval).collect();
    intervals.push(Rhythms::RESOURCES);
    intervals.sort_unstable();
    intervals.dedup();
    let of_interval = |interval| {
        let scaled = pace.scaled(interval);
        let limit = limit_of(scaled, limit);
        Delivery::of(exports, span, scaled, limit, |name| Rhythms::of(name) == interval)
    };
    intervals.into_iter().map(of_interval).filter(|delivery| delivery.due > 0).collect()
}

/// How long the values of an export may take: as fresh as values have to be, or as the next export
/// of an interval that is as long.
fn limit_of(interval: Duration, freshness: Duration) -> Duration {
    freshness.max(interval + super::ALLOWANCE)
}

/// The exports of the shortest interval that are due while connections are refused.
fn due_meanwhile(passes: u32) -> u64 {
    let shortest = Rhythms::patterns().map(|(_, interval)| interval).min();
    let shortest = shortest.unwrap_or(Rhythms::RESOURCES);
    let due = |time: Duration| intervals_in(time, shortest) as u64;
    let refused = schedule().into_iter().filter(|window| window.fault == Fault::Refused);
    let each = refused.map(|window| due(window.begin + window.length) - due(window.begin));
    each.sum::<u64>() * u64::from(passes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_fit_into_the_duration() {
        let real = Pace::new(1.0);
        assert_eq!(passes(Duration::from_secs(89), real), 0);
        assert_eq!(passes(Duration::from_secs(90), real), 1);
        assert_eq!(passes(Duration::from_secs(200), real), 2);
        assert_eq!(passes(Duration::from_millis(4_500), Pace::new(20.0)), 1);
    }

    #[test]
    fn the_refused_exports_of_a_pass() {
        // At 30 s, 70 s and 75 s.
        assert_eq!(due_meanwhile(1), 3);
        assert_eq!(due_meanwhile(2), 6);
    }

    #[test]
    fn the_counters_of_a_scrape_are_found() {
        let scrape = "# TYPE osapi_metrics_exports counter\n\
                      osapi_metrics_exports_total{outcome=\"failed\"} 3\n\
                      osapi_metrics_exports_total{outcome=\"succeeded\"} 17\n";
        let found = ["succeeded", "failed", "other"].map(|outcome| exports_total(scrape, outcome));
        assert_eq!(found, [17, 3, 0]);
    }

    #[test]
    fn the_next_export_of_a_long_interval_is_in_time() {
        let second = Duration::from_secs;
        assert_eq!(limit_of(second(5), second(30)), second(30));
        assert_eq!(limit_of(second(30), second(30)), second(31));
        assert_eq!(limit_of(second(300), second(30)), second(301));
    }
}
