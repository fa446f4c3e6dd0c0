//! The parts of the report.

use crate::{compile_time::Step, recording::Case, scrape::FamilyKind};

/// A part of the report, which `--case` selects by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// The time of an operation.
    Recording(Case),
    /// Time and size of a scrape.
    Render(FamilyKind),
    /// Time of a scrape and resident memory, beside many threads that have recorded.
    RenderThreads,
    /// Resident memory for each series.
    Memory(FamilyKind),
    /// Resident memory of a service with 100 metrics.
    Service,
    /// The time from nothing to a library that is ready.
    Install,
    /// The time that a crate takes to compile.
    Compile(Step),
    /// The time that the dependencies of a crate take to compile.
    Dependencies,
    /// The instructions of an operation of osapi-metrics.
    Instructions,
    /// The size of a small worker's file.
    BinarySize,
}

/// The numbers of threads of [`Topic::RenderThreads`].
pub(crate) const RECORDERS: [usize; 2] = [8, 512];

impl Topic {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let others = [
            Self::Render(FamilyKind::Counters),
            Self::Render(FamilyKind::Histograms),
            Self::RenderThreads,
            Self::Memory(FamilyKind::Counters),
            Self::Memory(FamilyKind::Histograms),
            Self::Service,
            Self::Install,
            Self::Instructions,
        ];
        let compiled = Step::ALL.into_iter().map(Self::Compile);
        let compiled = compiled.chain([Self::Dependencies, Self::BinarySize]);
        Case::ALL.into_iter().map(Self::Recording).chain(others).chain(compiled)
    }

    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        Self::all().map(Self::name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Recording(case) => case.name(),
            Self::Render(FamilyKind::Counters) => "render",
            Self::Render(FamilyKind::Histograms) => "render_histograms",
            Self::RenderThreads => "render_threads",
            Self::Memory(FamilyKind::Counters) => "memory",
            Self::Memory(FamilyKind::Histograms) => "memory_histograms",
            Self::Service => "memory_service",
            Self::Install => "install",
            Self::Instructions => "instructions",
            Self::Compile(Step::Check) => "compile_check",
            Self::Compile(Step::Build) => "compile_build",
            Self::Compile(Step::Release) => "compile_release",
            Self::Dependencies => "compile_dependencies",
            Self::BinarySize => "binary_size",
        }
    }

    /// The heading of its table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Recording(case) => case.title(),
            Self::Render(FamilyKind::Counters) => "One warm scrape of counters with two labels",
            Self::Render(FamilyKind::Histograms) => {
                "One warm scrape of histograms with two labels and 12 boundaries"
            }
            Self::RenderThreads => {
                "One warm scrape of 5,000 counters and 5,000 histograms that many threads record"
            }
            Self::Memory(FamilyKind::Counters) => "Resident memory per 1,000 series of counters",
            Self::Memory(FamilyKind::Histograms) => {
                "Resident memory per 1,000 series of histograms with 12 boundaries"
            }
            Self::Service => "Resident memory of a service with 100 metrics of 10 series each",
            Self::Compile(Step::Check) => "`cargo check` of 100 metrics and 50 handlers",
            Self::Compile(Step::Build) => "`cargo build` of 100 metrics and 50 handlers",
            Self::Compile(Step::Release) => {
                "`cargo build --release` of 100 metrics and 50 handlers"
            }
            Self::Dependencies => "`cargo build` of the dependencies",
            Self::BinarySize => "Size of a small worker's file, release with thin LTO",
            Self::Install => "From nothing to 100 metrics that are ready",
            Self::Instructions => "Instructions of one operation, osapi-metrics with Prometheus",
        }
    }
}
