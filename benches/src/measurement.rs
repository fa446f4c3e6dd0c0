//! Measures a topic of the report, in this process or in child processes.

use std::{error::Error, time::Duration};

use crate::{
    cargo::can_count,
    child::Task,
    compile_time,
    figure::Measurement,
    instructions, memory,
    recording::{self, Plan},
    release,
    runtime::collector,
    scrape::{self, Shape},
    start,
    topic::{RECORDERS, Topic},
};

/// Where the program finds what it measures.
#[derive(Clone, Copy, Debug)]
pub struct Paths<'a> {
    /// The program whose memory is measured.
    pub service: &'a str,
    /// A folder for packages to compile, which later runs use again.
    pub folder: &'a str,
}

/// How much is measured.
pub(crate) struct Effort {
    recording: Plan,
    scrapes: usize,
    starts: usize,
    compilations: usize,
    samples: &'static [usize],
}

impl Effort {
    pub(crate) fn new(quick: bool) -> Self {
        if quick {
            let recording = Plan { rounds: 2, run: Duration::from_micros(200) };
            Self { recording, scrapes: 2, starts: 1, compilations: 1, samples: &[10_000] }
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

/// Measures all libraries of a topic.
pub(crate) fn measure(
    topic: Topic,
    effort: &Effort,
    paths: Paths<'_>,
) -> Result<Vec<Measurement>, Box<dyn Error>> {
    let name = topic.name();
    let folder = paths.folder.as_ref();
    if !matches!(topic, Topic::Render(_) | Topic::RenderThreads) {
        eprintln!("{name}");
    }
    Ok(match topic {
        Topic::Recording(case) => recording::compare(case, effort.recording)?,
        Topic::Render(kind) => {
            let mut measurements = Vec::new();
            for &samples in effort.samples {
                eprintln!("{name}, {samples} samples");
                let (case, shape) =
                    (format!("{name}_{samples}"), Shape::with_samples(kind, samples));
                let task = Task::Scrape { case, shape, rounds: effort.scrapes };
                measurements.extend(task.delegate()?);
            }
            measurements
        }
        Topic::RenderThreads => {
            let mut measurements = Vec::new();
            for threads in RECORDERS {
                eprintln!("{name}, {threads} threads");
                let case = name.to_owned();
                let task = Task::ScrapeBeside { case, threads, rounds: effort.scrapes };
                measurements.extend(task.delegate()?);
            }
            measurements
        }
        Topic::Memory(kind) => memory::per_series(name, kind)?,
        Topic::Service => memory::service(name, paths.service, &collector::url())?,
        Topic::Install => start::compare(name, &collector::url(), effort.starts)?,
        Topic::Instructions if can_count() => instructions::count(name, folder)?,
        Topic::Instructions => {
            eprintln!("note: instructions are not counted, because valgrind is not installed");
            Vec::new()
        }
        Topic::Compile(step) => compile_time::compare(name, step, folder, effort.compilations)?,
        Topic::Dependencies => compile_time::dependencies(name, folder)?,
        Topic::BinarySize => release::sizes(name, folder)?,
    })
}

/// Performs the task of a child process.
pub(crate) fn perform(task: &Task) -> Result<Vec<Measurement>, Box<dyn Error>> {
    Ok(match task {
        Task::Scrape { case, shape, rounds } => scrape::compare(case, *shape, *rounds)?,
        Task::ScrapeBeside { case, threads, rounds } => {
            vec![scrape::scrape_beside(case, *threads, *rounds)?]
        }
        Task::Hold { library, shape } => vec![memory::hold(library, *shape)?],
        Task::Start { library, collector } => vec![start::start(library, collector)?],
    })
}
