use crate::{case::Case, compile_time::Step, scrape::Kind};

/// A part of the report, as `--case` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// The time of an operation.
    Recording(Case),
    /// Time and size of a scrape.
    Render(Kind),
    /// Resident memory for each series.
    Memory(Kind),
    /// Resident memory of a service with 100 metrics.
    Service,
    /// The time from nothing to a library that is ready.
    Install,
    /// The time that a crate takes to compile.
    Compile(Step),
    /// The time that its dependencies take, once.
    Dependencies,
}

impl Topic {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let others = [
            Self::Render(Kind::Counters),
            Self::Render(Kind::Histograms),
            Self::Memory(Kind::Counters),
            Self::Memory(Kind::Histograms),
            Self::Service,
            Self::Install,
        ];
        let compiled = Step::ALL.into_iter().map(Self::Compile).chain([Self::Dependencies]);
        Case::ALL.into_iter().map(Self::Recording).chain(others).chain(compiled)
    }

    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        Self::all().map(Self::name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Recording(case) => case.name(),
            Self::Render(Kind::Counters) => "render",
            Self::Render(Kind::Histograms) => "render_histograms",
            Self::Memory(Kind::Counters) => "memory",
            Self::Memory(Kind::Histograms) => "memory_histograms",
            Self::Service => "memory_service",
            Self::Install => "install",
            Self::Compile(Step::Check) => "compile_check",
            Self::Compile(Step::Build) => "compile_build",
            Self::Compile(Step::Release) => "compile_release",
            Self::Dependencies => "compile_dependencies",
        }
    }

    /// What it shows, as a heading.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Recording(case) => case.title(),
            Self::Render(Kind::Counters) => "One warm scrape of counters with two labels",
            Self::Render(Kind::Histograms) => {
                "One warm scrape of histograms with two labels and 12 boundaries"
            }
            Self::Memory(Kind::Counters) => "Resident memory per 1,000 series of counters",
            Self::Memory(Kind::Histograms) => {
                "Resident memory per 1,000 series of histograms with 12 boundaries"
            }
            Self::Service => "Resident memory of a service with 100 metrics of 10 series each",
            Self::Compile(Step::Check) => "`cargo check` of 100 metrics and 50 handlers",
            Self::Compile(Step::Build) => "`cargo build` of the same",
            Self::Compile(Step::Release) => "`cargo build --release` of the same",
            Self::Dependencies => "`cargo build` of the dependencies, once",
            Self::Install => "From nothing to 100 metrics that are ready",
        }
    }
}
