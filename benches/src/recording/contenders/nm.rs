use std::time::Instant;

use nm::{Event, EventMetrics, Report};

use super::workload::{JOB_MILLISECONDS, MILLISECONDS, milliseconds, poll_once, work};
use crate::recording::{case::Case, contender::Contender};

pub(crate) const LIBRARY: &str = "nm";

/// With the events of the recording thread, as its documentation shows. Its events have no labels,
/// so an event stands for one series, and varying labels have no contender. The number of active
/// jobs is the sum of an event's magnitudes.
pub(super) fn contenders(case: Case) -> Vec<Contender> {
    let contender = match case {
        Case::Counter => contender(|_| MESSAGES.with(Event::observe_once), &["messages_mail"]),
        Case::Histogram => contender(
            |number| WAIT.with(|wait| wait.observe(milliseconds(number))),
            &["wait_mail_ms"],
        ),
        Case::Job => contender(
            |number| {
                job(number);
            },
            &JOB_EVENTS,
        ),
        Case::JobAsync => contender(
            |number| {
                poll_once(async { job(number) });
            },
            &JOB_EVENTS,
        ),
        Case::ClockPair | Case::JobBare | Case::CounterVarying | Case::CounterVaryingOpen => {
            return Vec::new();
        }
    };
    vec![contender]
}

/// A report counts the observations of all threads, ended threads among them.
fn contender(
    operation: impl Fn(usize) + Send + Sync + 'static,
    events: &'static [&'static str],
) -> Contender {
    Contender::new(LIBRARY, operation, move || {
        let report = Report::collect();
        let count = |name: &&str| {
            let of_name = report.events().find(|event| event.name() == *name);
            of_name.map_or(0, EventMetrics::count)
        };
        events.iter().map(count).collect()
    })
}

const JOB_EVENTS: [&str; 3] =
    ["job_started", "job_completed_completed", "job_duration_completed_ms"];

thread_local! {
    static MESSAGES: Event = Event::builder().name("messages_mail").build();
    static WAIT: Event = Event::builder().name("wait_mail_ms").histogram(&MILLISECONDS).build();
    static JOBS_ACTIVE: Event = Event::builder().name("job_active").build();
    static JOBS_STARTED: Event = Event::builder().name(JOB_EVENTS[0]).build();
    static JOBS_COMPLETED: Event = Event::builder().name(JOB_EVENTS[1]).build();
    static JOB_DURATION: Event =
        Event::builder().name(JOB_EVENTS[2]).histogram(&JOB_MILLISECONDS).build();
}

#[inline(never)]
fn job(input: usize) -> usize {
    JOBS_ACTIVE.with(|active| active.observe(1));
    JOBS_STARTED.with(Event::observe_once);
    let started = Instant::now();
    let output = work(input);
    JOB_DURATION.with(|duration| duration.observe_millis(started.elapsed()));
    JOBS_COMPLETED.with(Event::observe_once);
    JOBS_ACTIVE.with(|active| active.observe(-1));
    output
}
