//! Programs that are compiled as a service is released: with thin LTO and one codegen unit. Their
//! sources are in `benches/programs/`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    cargo::{self, Cargo, CargoError},
    figure::{Figure, Measurement},
};

/// A program with a package of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// Repeats one operation of osapi-metrics.
    Instructions,
    /// Repeats one operation of an instrumentation.
    Instrumentations,
    /// A small worker without metrics.
    Bare,
    /// The same worker with osapi-metrics and its default features.
    Worker,
}

/// The profile of all programs.
const PROFILE: &str = "[profile.release]\nlto = \"thin\"\ncodegen-units = 1\n";

const TOKIO: &str =
    "tokio = { version = \"1\", default-features = false, features = [\"macros\", \"rt\"] }\n";

const OF_INSTRUMENTATIONS: &str = "\
http = \"1\"
redis = { version = \"1\", default-features = false }
tokio = { version = \"1\", features = [\"rt-multi-thread\", \"sync\"] }
tower-layer = \"0.3\"
tower-service = \"0.3\"
";

/// The features of the instrumentations that need no server.
const INSTRUMENTATIONS: &[&str] = &[
    "channel",
    "circuit-breaker",
    "docker",
    "gpu",
    "host",
    "http-server",
    "process",
    "redis",
    "tokio-runtime",
];

impl Program {
    /// The name of its package.
    fn package(self) -> &'static str {
        match self {
            Self::Instructions => "osapi-metrics-bench-instructions",
            Self::Instrumentations => "osapi-metrics-bench-instrumentations",
            Self::Bare => "osapi-metrics-bench-bare-worker",
            Self::Worker => "osapi-metrics-bench-worker",
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::Instructions => include_str!("../programs/instructions.rs"),
            Self::Instrumentations => include_str!("../programs/instrumentations.rs"),
            Self::Bare => include_str!("../programs/bare_worker.rs"),
            Self::Worker => include_str!("../programs/worker.rs"),
        }
    }

    fn dependencies(self) -> String {
        match self {
            Self::Instructions => cargo::osapi(&[]),
            Self::Instrumentations => {
                cargo::osapi(INSTRUMENTATIONS) + cargo::fake_nvml().as_str() + OF_INSTRUMENTATIONS
            }
            Self::Bare => TOKIO.to_owned(),
            Self::Worker => cargo::osapi(&[]) + TOKIO,
        }
    }

    /// Compiles the program and returns the path of its file.
    pub(crate) fn build(self, folder: &Path) -> Result<PathBuf, CargoError> {
        let folder = folder.join("release");
        let written = folder.join(self.package());
        fs::create_dir_all(written.join("src"))?;
        fs::write(written.join("src/main.rs"), self.source())?;
        cargo::prepare(&written, self.package(), &self.dependencies(), PROFILE)?;
        let cargo = Cargo::new(&["build", "--release"], &folder, false);
        cargo.run(&written)?;
        Ok(cargo.executable(self.package()))
    }
}

/// The size of the worker's file, without metrics and with metrics.
pub(crate) fn sizes(case: &str, folder: &Path) -> Result<Vec<Measurement>, CargoError> {
    let of = |(library, program): (&str, Program)| {
        let bytes = fs::metadata(program.build(folder)?)?.len();
        Ok(Measurement::new(case, library, 1, Figure::Size { bytes }))
    };
    [("no metrics", Program::Bare), (WORKER, Program::Worker)].into_iter().map(of).collect()
}

/// The name of the worker with metrics in figures.
pub(crate) const WORKER: &str = "osapi-metrics";
