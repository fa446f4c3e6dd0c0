//! The tables, in Markdown.

use std::time::Duration;

use crate::{
    State,
    prometheus::{Change, FleetCost, Plan},
    push::PushCost,
    scrape::ScrapeCost,
    worker_process::WorkerSeries,
};

const MIB: f64 = 1024.0 * 1024.0;

pub(crate) fn worker(series: &WorkerSeries) {
    println!("\n### Samples of one worker\n\n| metrics | samples |\n|---|---:|");
    for (metric, samples) in &series.labelled {
        println!("| `{metric}` | {samples} |");
    }
    println!("| with `worker_id`, together | {} |", series.labelled.values().sum::<usize>());
    for (word, samples) in &series.others {
        println!("| `{word}…` | {samples} |");
    }
    println!("| without `worker_id`, together | {} |", series.others.values().sum::<usize>());
    let (plain, gzip) = series.bytes;
    println!("\nA scrape has {plain} bytes, {gzip} with gzip.");
}

pub(crate) fn begin_scrapes() {
    println!(
        "\n### One scrape of the process\n\n\
         | workers | `worker_id` | series | MiB | MiB, gzip | processor, ms | processor, gzip, ms \
         | time, gzip, ms | resident MiB before | after | bytes of memory a series |\n\
         |---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    );
}

pub(crate) fn scrape(workers: usize, labelled: bool, cost: &ScrapeCost) {
    let (before, after) = cost.resident;
    println!(
        "| {workers} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.0} |",
        yes(labelled),
        cost.series,
        mib(cost.plain_bytes as f64),
        mib(cost.gzip_bytes as f64),
        millis(cost.plain_processor),
        millis(cost.gzip_processor),
        millis(cost.gzip_time),
        mib(before as f64),
        mib(after as f64),
        after as f64 / cost.series as f64,
    );
}

pub(crate) fn begin_servers() {
    println!(
        "\n### A Prometheus that scrapes the process\n\n\
         | workers | `worker_id` | change | interval, scrapes | series of a scrape | head series \
         | resident MiB, beside an idle one | KiB of it a series | heap MiB, beside an idle one \
         | WAL MiB | bytes of it a sample | head chunks | seconds of a scrape \
         | samples a second of processor |\n\
         |---:|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    );
}

pub(crate) fn server(workers: usize, labelled: bool, plan: Plan, cost: &FleetCost) {
    let FleetCost { idle, busy, .. } = cost;
    let resident = busy.resident_bytes - idle.resident_bytes;
    let change = match plan.change {
        Change::Work => "none",
        Change::Churn => "10 % new",
    };
    println!(
        "| {workers} | {} | {change} | {:?}, {} | {} | {} | {} | {:.1} | {} | {} | {:.1} | {} | {:.2} \
         | {:.0} |",
        yes(labelled),
        plan.interval,
        plan.scrapes,
        cost.samples_of_a_scrape,
        busy.head_series,
        mib(resident),
        resident / busy.head_series / 1024.0,
        mib(busy.heap_bytes - idle.heap_bytes),
        mib(busy.wal_bytes as f64),
        busy.wal_bytes as f64 / busy.samples,
        busy.chunks,
        cost.seconds_of_a_scrape,
        busy.samples / (busy.processor_seconds - idle.processor_seconds),
    );
}

pub(crate) fn begin_pushes() {
    println!(
        "\n### Exports over OTLP, `http/protobuf`\n\n\
         | workers | temporality | export | points | requests | MiB | MiB, gzip | bytes a point \
         | processor, ms | resident MiB before the first | after the last |\n\
         |---:|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    );
}

pub(crate) fn push(workers: usize, temporality: &str, cost: &PushCost) {
    let (before, after) = cost.resident;
    for export in &cost.exports {
        println!(
            "| {workers} | {temporality} | {} | {} | {} | {} | {} | {:.0} | {} | {} | {} |",
            export.what,
            export.points,
            export.requests,
            mib(export.plain_bytes as f64),
            mib(export.gzip_bytes as f64),
            export.plain_bytes as f64 / export.points as f64,
            millis(export.processor),
            mib(before as f64),
            mib(after as f64),
        );
    }
}

pub(crate) fn begin_limits() {
    println!(
        "\n### Limits and workers that go\n\n\
         | workers | state | series | overflow series | values recorded in them | resident MiB |\n\
         |---:|---|---:|---:|---:|---:|"
    );
}

pub(crate) fn limit(workers: usize, what: &str, state: &State) {
    println!(
        "| {workers} | {what} | {} | {} | {} | {} |",
        state.series,
        state.overflow_series,
        state.overflowed,
        mib(state.resident as f64),
    );
}

fn yes(labelled: bool) -> &'static str {
    if labelled { "yes" } else { "no" }
}

fn mib(bytes: f64) -> String {
    format!("{:.2}", bytes / MIB)
}

fn millis(time: Duration) -> String {
    format!("{:.1}", 1e3 * time.as_secs_f64())
}
