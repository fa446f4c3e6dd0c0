//! The rows of the report.

use std::time::Duration;

use super::{
    ALLOWANCE,
    delivery::{Delivery, percent_delivered},
    error::VerifyError,
    freshness::{Freshness, job_ends},
    memory::MemoryDifference,
    options::Limits,
    outages::Outages,
    overhead::Overhead,
    pace::Pace,
    pairs::Pairs,
    receiver::{Export, Fault},
    report::{Report, TargetRow},
};
use crate::config::Rhythms;

/// The interval of jobs, the queue and the workers.
const JOBS: Duration = Duration::from_secs(5);

const MIB: f64 = (1 << 20) as f64;

pub(super) fn report(
    pairs: &Pairs,
    outages: &Outages,
    limits: Limits,
    pace: Pace,
) -> Result<Report, VerifyError> {
    let targets = vec![
        overhead(pairs, limits)?,
        freshness_of_jobs(pairs, limits, pace)?,
        freshness_of_resources(pairs, limits, pace)?,
        delivery(outages, limits)?,
        memory(pairs, limits)?,
    ];
    let mut notes = vec![
        "not a target: the freshness of job_cost_usd_total, job_billable_operations_total and \
         active_users, which are due each 300 s by design: they are for bills, not for alerts"
            .to_owned(),
    ];
    if !pace.is_real() {
        let note = "not the pace of the program: --speed has shortened intervals and faults";
        notes.push(note.to_owned());
    }
    if cfg!(debug_assertions) {
        notes.push("measured with a program that is not optimized".to_owned());
    }
    Ok(Report { targets, notes })
}

fn overhead(pairs: &Pairs, limits: Limits) -> Result<TargetRow, VerifyError> {
    let found = Overhead::of(&pairs.rounds);
    let too_little = || VerifyError::TooLittle {
        what: "overhead",
        found: "no round has used measurable processor time".to_owned(),
    };
    let Overhead { rounds, total, per_job, count, jobs } = found.ok_or_else(too_little)?;
    let Pairs { scrapes, scrape_bytes, exports, .. } = pairs;
    Ok(TargetRow {
        target: "overhead of metrics, processor time",
        allowed: format!("< {:.1} %", limits.overhead),
        measured: format!("{:.1} %", rounds.median),
        value: rounds.median,
        met: rounds.median < limits.overhead,
        detail: format!(
            "median of {count} rounds with the same jobs in turns, quartiles {:.1} % and {:.1} %; \
             of the sums {total:.1} %; {jobs} jobs each, of {:.1} ms without metrics; with \
             {scrapes} scrapes (the last of {scrape_bytes} bytes) and {} exports",
            rounds.lower,
            rounds.upper,
            per_job.as_secs_f64() * 1e3,
            exports.len(),
        ),
    })
}

fn freshness_of_jobs(pairs: &Pairs, limits: Limits, pace: Pace) -> Result<TargetRow, VerifyError> {
    let Freshness { oldest, metric, metrics, arrivals, .. } = fresh(&pairs.exports, JOBS)?;
    let ends = job_ends(&pairs.exports, &pairs.seen).ok_or_else(|| VerifyError::TooLittle {
        what: "freshness",
        found: "no export counts a job".to_owned(),
    })?;
    let counted = pairs.exports.iter().rev().find_map(|export| export.completed).unwrap_or(0);
    let jobs = pairs.seen.len();
    Ok(TargetRow {
        target: "freshness of jobs, requests, queue, workers",
        allowed: format!("≤ {:.1} s", limits.freshness.as_secs_f64()),
        measured: format!("{:.1} s", oldest.as_secs_f64()),
        value: oldest.as_secs_f64(),
        met: oldest <= limits.freshness && counted == jobs as u64,
        detail: format!(
            "greatest age of a value of {metrics} metrics each {:?} in {arrivals} arrivals, of \
             {metric}; the end of a job arrived within {:.2} s, and the last export counts \
             {counted} of {jobs} jobs",
            pace.scaled(JOBS),
            ends.as_secs_f64(),
        ),
    })
}

fn freshness_of_resources(
    pairs: &Pairs,
    limits: Limits,
    pace: Pace,
) -> Result<TargetRow, VerifyError> {
    let found = fresh(&pairs.exports, Rhythms::RESOURCES)?;
    let Freshness { oldest, metric, metrics, arrivals, gap } = found;
    let limit = limits.freshness + ALLOWANCE;
    Ok(TargetRow {
        target: "freshness of resources",
        allowed: format!("≤ {:.1} s", limit.as_secs_f64()),
        measured: format!("{:.1} s", oldest.as_secs_f64()),
        value: oldest.as_secs_f64(),
        met: oldest <= limit,
        detail: format!(
            "greatest age of a value of {metrics} metrics each {:?} in {arrivals} arrivals, of \
             {metric}; at most {:.3} s between two arrivals; allowed are {:?} and {ALLOWANCE:?} \
             for the schedule and the way",
            pace.scaled(Rhythms::RESOURCES),
            gap.as_secs_f64(),
            limits.freshness,
        ),
    })
}

fn fresh(exports: &[Export], interval: Duration) -> Result<Freshness, VerifyError> {
    let found = Freshness::of(exports, |name| Rhythms::of(name) == interval);
    found.ok_or_else(|| VerifyError::TooLittle {
        what: "freshness",
        found: format!("of the metrics each {interval:?}, none arrived twice"),
    })
}

fn delivery(outages: &Outages, limits: Limits) -> Result<TargetRow, VerifyError> {
    let Outages { deliveries, passes, failed, jobs, counted, accepted, reported } = outages;
    let percent = percent_delivered(deliveries).ok_or_else(|| VerifyError::TooLittle {
        what: "delivery",
        found: "no export was due".to_owned(),
    })?;
    let lost = jobs.abs_diff(*counted);
    let sum = |of: fn(&Delivery) -> usize| deliveries.iter().map(of).sum::<usize>();
    let groups = deliveries.iter().map(of_interval).collect::<Vec<_>>().join(", ");
    let faults = Fault::ALL.into_iter().map(|fault| {
        let count = failed.get(&fault).copied().unwrap_or(0);
        let what = if fault == Fault::Refused { "exports due meanwhile" } else { "requests" };
        format!("{}: {count} {what}", fault.text())
    });
    let faults = faults.collect::<Vec<_>>().join(", ");
    let [succeeded, failed] = reported;
    Ok(TargetRow {
        target: "due exports delivered, with faults",
        allowed: format!("≥ {:.1} %, 0 lost", limits.delivered),
        measured: format!("{percent:.1} %, {lost} lost"),
        value: percent,
        met: percent >= limits.delivered && lost == 0,
        detail: format!(
            "values of {} of {} due exports in time, {} themselves ({groups}); the last export \
             counts {counted} of {jobs} jobs; {passes} x the faults, {faults}; the process counts \
             {succeeded} exports that succeeded and {failed} that failed, the receiver accepted \
             {accepted}",
            sum(|of| of.delivered),
            sum(|of| of.due),
            sum(|of| of.themselves),
        ),
    })
}

/// What has come of the exports of an interval.
fn of_interval(delivery: &Delivery) -> String {
    let Delivery { interval, due, themselves, delivered: _, longest } = delivery;
    let longest = match longest {
        Some(longest) => format!("at the latest after {:.1} s", longest.as_secs_f64()),
        None => "some never".to_owned(),
    };
    format!("each {interval:?}: {themselves} of {due} themselves, {longest}")
}

fn memory(pairs: &Pairs, limits: Limits) -> Result<TargetRow, VerifyError> {
    let too_little = || VerifyError::TooLittle { what: "memory", found: "no reading".to_owned() };
    let found = MemoryDifference::of(&pairs.memory).ok_or_else(too_little)?;
    let mib = found.difference.median / MIB;
    let [with, without] = found.resident.map(|bytes| bytes / MIB);
    let proportional = match found.proportional {
        Some(bytes) => format!("{:.1} MiB by proportional shares", bytes / MIB),
        None => "the kernel has no proportional shares".to_owned(),
    };
    Ok(TargetRow {
        target: "memory of metrics",
        allowed: format!("≤ {:.1} MiB", limits.memory),
        measured: format!("{mib:.1} MiB"),
        value: mib,
        met: mib <= limits.memory,
        detail: format!(
            "difference of resident memory after the same jobs, {with:.1} MiB and {without:.1} MiB, \
             median of {} readings, quartiles {:.1} and {:.1} MiB; {proportional}",
            found.readings,
            found.difference.lower / MIB,
            found.difference.upper / MIB,
        ),
    })
}
