//! The time to compile a crate, with and without metrics.
//!
//! Three versions of a service are written below the target folder and compiled by `cargo`, after
//! their dependencies. The sources are in `benches/compile_time/`; `AREA` is the placeholder
//! for the name of a module.

mod crates;

use std::{fs, io, path::Path};

use crate::{
    cargo::{Cargo, CargoError, can_count},
    figure::{Figure, Measurement, Spread},
};
use crates::Crate;

pub(crate) use crates::{Dependencies, Variant};

/// The command that compiles a crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Check,
    Build,
    Release,
}

/// The part of a crate that is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// The whole crate.
    Whole,
    /// The part that depends on one changed line, with incremental compilation.
    Line,
}

impl Step {
    pub(crate) const ALL: [Self; 3] = [Self::Check, Self::Build, Self::Release];

    /// The arguments of `cargo`.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check"],
            Self::Build => &["build"],
            Self::Release => &["build", "--release"],
        }
    }

    /// Whether the compiler's instructions are counted. The optimiser would take minutes under
    /// valgrind.
    fn is_counted(self) -> bool {
        self != Self::Release
    }

    /// The extents to compile. Releases are not compiled incrementally.
    fn extents(self) -> &'static [Extent] {
        match self {
            Self::Check | Self::Build => &[Extent::Whole, Extent::Line],
            Self::Release => &[Extent::Whole],
        }
    }
}

impl Extent {
    /// The suffix of the name of the case.
    fn suffix(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Line => "line",
        }
    }
}

/// Compiles each crate once in each round.
pub(crate) fn compare(
    case: &str,
    step: Step,
    folder: &Path,
    rounds: usize,
) -> Result<Vec<Measurement>, CargoError> {
    let folder = folder.join("compile_time");
    let crates = Variant::ALL.map(|variant| Crate::write(variant, &folder));
    let crates = crates.into_iter().collect::<io::Result<Vec<_>>>()?;
    let mut measurements = Vec::new();
    for &extent in step.extents() {
        let cargo = Cargo::new(step.arguments(), &folder, extent == Extent::Line);
        for written in &crates {
            cargo.run(&written.folder)?;
        }
        let mut times = vec![Vec::new(); crates.len()];
        for round in 0..rounds {
            for turn in 0..crates.len() {
                let which = (round + turn) % crates.len();
                match extent {
                    Extent::Whole => crates[which].touch()?,
                    Extent::Line => crates[which].change(round)?,
                }
                times[which].push(cargo.run(&crates[which].folder)?.as_secs_f64());
            }
        }
        for (written, times) in crates.iter().zip(times) {
            let Spread { min, median } = Spread::of(times);
            let bytes = cargo.produced(written.variant.package())?;
            let instructions = if step.is_counted() && can_count() {
                Some(count(&cargo, written, extent, rounds)?)
            } else {
                None
            };
            let figure = Figure::Compile { s_min: min, s_median: median, bytes, instructions };
            let case = format!("{case}_{}", extent.suffix());
            measurements.push(Measurement::new(&case, written.variant.library(), 1, figure));
        }
    }
    Ok(measurements)
}

/// The instructions of the compiler for one extent of a crate.
fn count(cargo: &Cargo, written: &Crate, extent: Extent, rounds: usize) -> Result<f64, CargoError> {
    match extent {
        Extent::Whole => written.touch()?,
        Extent::Line => {
            // Under valgrind, `cargo` begins anew. What is counted is the compilation after.
            cargo.count(&written.folder)?;
            written.change(rounds)?;
        }
    }
    cargo.count(&written.folder)
}

/// Compiles the dependencies alone, from nothing, once.
pub(crate) fn dependencies(case: &str, folder: &Path) -> Result<Vec<Measurement>, CargoError> {
    let mut measurements = Vec::new();
    for of in Dependencies::ALL {
        let folder = folder.join("compile_time_first");
        remove(&folder)?;
        let written = of.write(&folder)?;
        let cargo = Cargo::new(Step::Build.arguments(), &folder, true);
        let seconds = cargo.run(&written)?.as_secs_f64();
        let bytes = cargo.produced(Dependencies::PACKAGE)?;
        remove(&folder)?;
        let figure =
            Figure::Compile { s_min: seconds, s_median: seconds, bytes, instructions: None };
        measurements.push(Measurement::new(case, of.library(), 1, figure));
    }
    Ok(measurements)
}

fn remove(folder: &Path) -> io::Result<()> {
    if folder.exists() { fs::remove_dir_all(folder) } else { Ok(()) }
}
