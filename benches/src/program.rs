//! Compares osapi-metrics with other metrics libraries: what it costs to record, to show what was
//! recorded, to hold it, and to start.
//!
//! ```console
//! cargo bench -p osapi-metrics-bench
//! ```
//!
//! Recording and scraping are measured in interleaved rounds: each round runs every contender once.

mod arguments;
mod case;
mod child;
mod collector;
mod compile_time;
mod contenders;
mod figure;
mod goals;
mod machine;
mod measure;
mod memory;
mod report;
mod runtime;
mod samples;
mod scrape;
mod start;
mod table;
mod topic;

use std::{error::Error, fmt::Write as _, process::ExitCode, time::Duration};

use clap::Parser as _;

use arguments::Arguments;
use case::Case;
use child::Task;
use figure::Measurement;
use measure::Plan;
use scrape::Shape;
use table::Style;
use topic::Topic;

/// Where the program finds what it measures.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// The program whose memory is measured.
    pub service: &'a str,
    /// A folder for crates to compile, kept until the next time.
    pub folder: &'a str,
}

/// Does what the arguments of the process ask for.
#[must_use]
pub fn run(places: Places<'_>) -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.child {
        Some(task) => task.perform().and_then(|measurements| {
            println!("{}", serde_json::to_string(&measurements)?);
            Ok(())
        }),
        None => report(&arguments, places),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How much is measured.
struct Extent {
    recording: Plan,
    scrapes: usize,
    starts: usize,
    compilations: usize,
    samples: &'static [usize],
}

const THREADS: [usize; 3] = [1, 2, 4];

impl Extent {
    fn new(quick: bool) -> Self {
        if quick {
            let recording = Plan { rounds: 2, run: Duration::from_micros(200) };
            Self { recording, scrapes: 2, starts: 1, compilations: 1, samples: &[1_000] }
        } else {
            let recording = Plan { rounds: 41, run: Duration::from_millis(4) };
            Self {
                recording,
                scrapes: 15,
                starts: 15,
                compilations: 9,
                samples: &[1_000, 10_000, 100_000],
            }
        }
    }
}

fn report(arguments: &Arguments, places: Places<'_>) -> Result<(), Box<dyn Error>> {
    let machine = machine::description();
    if machine::load().is_some_and(|load| load > 0.5) {
        eprintln!("note: other programs are running; what they take is in the figures");
    }
    let extent = Extent::new(arguments.quick);
    let style = if arguments.markdown { Style::Markdown } else { Style::Plain };
    let mut measurements = Vec::new();
    let mut tables = Vec::new();
    for topic in arguments.topics() {
        let measured = measure(topic, &extent, places)?;
        tables.push(report::table(topic, &measured));
        measurements.extend(measured);
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&measurements)?);
        return Ok(());
    }
    tables.push(goals::table(&measurements));
    // Of a goal without figures there is nothing to say.
    tables.retain(|table| !table.rows.is_empty());
    let mut text = String::new();
    for (what, which) in machine {
        match style {
            Style::Plain => writeln!(text, "{what}: {which}")?,
            Style::Markdown => writeln!(text, "* {what}: {which}")?,
        }
    }
    writeln!(text)?;
    for table in &tables {
        table.write(style, &mut text)?;
    }
    print!("{text}");
    Ok(())
}

fn measure(
    topic: Topic,
    extent: &Extent,
    Places { service, folder }: Places<'_>,
) -> Result<Vec<Measurement>, Box<dyn Error>> {
    let name = topic.name();
    Ok(match topic {
        Topic::Recording(case) => record(case, extent.recording)?,
        Topic::Render(kind) => {
            let mut measurements = Vec::new();
            for &samples in extent.samples {
                eprintln!("{name}, {samples} samples");
                let (case, shape) =
                    (format!("{name}_{samples}"), Shape::with_samples(kind, samples));
                let task = Task::Scrape { case, shape, rounds: extent.scrapes };
                measurements.extend(task.delegate()?);
            }
            measurements
        }
        Topic::Memory(kind) => {
            eprintln!("{name}");
            memory::per_series(name, kind)?
        }
        Topic::Service => {
            eprintln!("{name}");
            memory::service(name, service, &collector::url())?
        }
        Topic::Install => {
            eprintln!("{name}");
            start::compare(name, &collector::url(), extent.starts)?
        }
        Topic::Compile(step) => {
            eprintln!("{name}");
            compile_time::compare(name, step, folder.as_ref(), extent.compilations)?
        }
        Topic::Dependencies => {
            eprintln!("{name}");
            compile_time::dependencies(name, folder.as_ref())?
        }
    })
}

fn record(case: Case, plan: Plan) -> Result<Vec<Measurement>, Box<dyn Error>> {
    let contenders = contenders::of(case);
    eprintln!("{}", case.name());
    let measurements = measure::compare(case.name(), &contenders, &THREADS, plan)?;
    let exported = contenders.iter().any(|contender| contender.library == runtime::BOTH);
    if exported && !collector::reached() {
        return Err("no export has reached the collector".into());
    }
    Ok(measurements)
}
