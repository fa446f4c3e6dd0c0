//! A thread that holds locks while the process is split, at each place where it allocates.

use std::time::{Duration, Instant};

use opentelemetry::{KeyValue, global};
use osapi_metrics::{FlushError, Metrics, config::Environment, exposition::Format};
use osapi_metrics_tests::logs::{lines_about, logs};

use crate::{
    ForkedMetrics, child::Child, forked_job, place, record, stopping_allocator::StoppedThread,
    take_turn,
};

/// What the other thread does.
#[derive(Clone, Copy, Debug)]
enum Work {
    BeginCounter,
    BeginHistogram,
    EndSeries,
    Job,
    OtherLibrary,
    Render,
}

const ALL: [Work; 6] = [
    Work::BeginCounter,
    Work::BeginHistogram,
    Work::EndSeries,
    Work::Job,
    Work::OtherLibrary,
    Work::Render,
];

/// The places that are tried for each kind of work, spread over all of them.
const PLACES: u32 = 12;

impl Work {
    fn run(self, metrics: &Metrics, nth: u32) {
        let set = ForkedMetrics::global();
        let name = format!("{self:?} {nth}");
        match self {
            Self::BeginCounter => set.placed_total.with(place(&name)).inc(),
            Self::BeginHistogram => set.time_seconds.with(place(&name)).record(1.5),
            Self::EndSeries => {
                set.level.with(place(&name)).set(1.0);
                set.level.remove(place(&name));
            }
            Self::Job => forked_job(),
            Self::OtherLibrary => {
                let counter = global::meter("other").u64_counter("forked.other").build();
                counter.add(1, &[KeyValue::new("place", name)]);
            }
            Self::Render => drop(metrics.render(Format::OpenMetrics)),
        }
    }

    /// The number of allocations of this work.
    fn allocations(self, metrics: &'static Metrics) -> u32 {
        let stops = |nth| {
            let stopped = StoppedThread::at(nth, move || self.run(metrics, 100_000 + nth));
            stopped.map(StoppedThread::go_on).is_some()
        };
        let mut upper = 1;
        while stops(upper) {
            upper *= 2;
        }
        upper
    }
}

/// What a new process reports: whether it can render, or is refused, and what is wrong.
fn use_metrics(metrics: &Metrics) -> String {
    let mut wrong = Vec::new();
    let begin = Instant::now();
    for nth in 0..3 {
        record(&format!("child {nth}"));
    }
    let recorded = begin.elapsed();
    if recorded > Duration::from_secs(8) {
        wrong.push(format!("recording took {recorded:?}"));
    }
    let begin = Instant::now();
    let rendered = [metrics.render(Format::OpenMetrics), metrics.render(Format::OpenMetrics)];
    if begin.elapsed() > Duration::from_secs(16) {
        wrong.push(format!("rendering took {:?}", begin.elapsed()));
    }
    let is_refused = rendered[1] == "# EOF\n";
    let refusals = lines_about("the metrics could not be collected").len();
    if is_refused && refusals == 0 {
        wrong.push("refused without a reason in the log".to_owned());
    }
    if !is_refused && !rendered[1].contains("forked_things_total") {
        wrong.push(format!("rendered {}", rendered[1]));
    }
    let begin = Instant::now();
    let flushed = metrics.flush();
    if !matches!(flushed, Err(FlushError::Split { .. })) || begin.elapsed().as_secs() > 0 {
        wrong.push(format!("flushed {flushed:?} in {:?}", begin.elapsed()));
    }
    let warnings = lines_about("the metrics runtime was installed before this process").len();
    if warnings != 1 {
        wrong.push(format!("{warnings} warnings"));
    }
    match (&wrong[..], is_refused) {
        ([], true) => "refused".to_owned(),
        ([], false) => "rendered".to_owned(),
        _ => wrong.join("; "),
    }
}

#[test]
fn a_process_records_and_renders_or_is_refused_whatever_another_thread_did() {
    let _turn = take_turn();
    drop(logs().lock());
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    let metrics: &'static Metrics = Box::leak(Box::new(builder.install().unwrap()));
    record("parent");
    drop(metrics.render(Format::OpenMetrics));

    let mut children = Vec::new();
    for work in ALL {
        let allocations = work.allocations(metrics);
        let step = usize::try_from(allocations / PLACES).unwrap().max(1);
        for nth in (0..allocations).step_by(step) {
            let Some(stopped) = StoppedThread::at(nth, move || work.run(metrics, nth)) else {
                break;
            };
            children.push((work, nth, Child::run(|| use_metrics(metrics))));
            stopped.go_on();
        }
    }
    let (mut refused, mut rendered) = (0, 0);
    for (work, nth, child) in children {
        match &*child.report() {
            "refused" => refused += 1,
            "rendered" => rendered += 1,
            wrong => panic!("{work:?} in allocation {nth}: {wrong}"),
        }
    }
    // Some of the places hold a lock, and some do not.
    assert!(refused > 3 && rendered > 3, "{refused} {rendered}");
}
