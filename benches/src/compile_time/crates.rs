use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use crate::cargo;

/// One service of 50 job handlers, as three crates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// The handlers alone.
    Bare,
    /// With 100 metrics in 10 sets on the API of OpenTelemetry, and a guard for each job.
    Handwritten,
    /// With 100 metrics in 10 declared sets.
    Osapi,
}

/// The modules of the service, each with a set of metrics.
const AREAS: [&str; 10] = [
    "orders", "invoices", "payments", "parcels", "returns", "exports", "mails", "images",
    "reports", "backups",
];

/// The number of modules whose set records the events of their jobs.
const JOB_SETS: usize = 3;

const ITEM: &str = include_str!("../../compile_time/item.rs");
const BARE: &str = include_str!("../../compile_time/bare.rs");
const JOBS: &str = include_str!("../../compile_time/jobs.rs");

/// A crate in the target folder.
#[derive(Debug)]
pub(crate) struct Crate {
    pub(crate) variant: Variant,
    pub(crate) folder: PathBuf,
}

/// The dependencies of a service.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dependencies {
    /// The API and the SDK, which a service with metrics by hand needs.
    Sdk,
    Osapi,
}

impl Variant {
    pub(crate) const ALL: [Self; 3] = [Self::Bare, Self::Handwritten, Self::Osapi];

    /// The name in tables.
    pub(crate) fn library(self) -> &'static str {
        match self {
            Self::Bare => "no metrics",
            Self::Handwritten => "opentelemetry (by hand)",
            Self::Osapi => "osapi-metrics",
        }
    }

    /// The name of its package.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Handwritten => "handwritten",
            Self::Osapi => "osapi",
        }
    }

    fn handlers(self, records_jobs: bool) -> &'static str {
        match (self, records_jobs) {
            (Self::Bare, _) => BARE,
            (Self::Handwritten, false) => include_str!("../../compile_time/plain/handwritten.rs"),
            (Self::Handwritten, true) => include_str!("../../compile_time/job_set/handwritten.rs"),
            (Self::Osapi, false) => include_str!("../../compile_time/plain/osapi.rs"),
            (Self::Osapi, true) => include_str!("../../compile_time/job_set/osapi.rs"),
        }
    }

    /// Each file of its `src` folder with its text.
    fn files(self) -> Vec<(PathBuf, String)> {
        let mut root = String::from("//! A service.\n\n");
        let mut files = Vec::new();
        for (number, area) in AREAS.into_iter().enumerate() {
            let _ = writeln!(root, "pub mod {area};");
            let folder = Path::new(area);
            files.push((folder.join("item.rs"), of_area(ITEM, area)));
            files.push((folder.join("mod.rs"), of_area(self.handlers(number < JOB_SETS), area)));
        }
        if self == Self::Handwritten {
            root.push_str("mod jobs;\n");
            files.push((PathBuf::from("jobs.rs"), JOBS.to_owned()));
        }
        files.push((PathBuf::from("lib.rs"), root));
        files
    }

    fn dependency(self) -> String {
        match self {
            Self::Bare => String::new(),
            Self::Handwritten => cargo::otel("opentelemetry"),
            Self::Osapi => cargo::osapi(&[]),
        }
    }
}

impl Dependencies {
    pub(crate) const ALL: [Self; 2] = [Self::Sdk, Self::Osapi];

    /// The name of the package that depends on them.
    pub(super) const PACKAGE: &'static str = "dependent";

    pub(crate) fn library(self) -> &'static str {
        match self {
            Self::Sdk => "opentelemetry_sdk",
            Self::Osapi => Variant::Osapi.library(),
        }
    }

    /// Writes an empty crate that depends on them.
    pub(super) fn write(self, folder: &Path) -> io::Result<PathBuf> {
        let dependency = match self {
            Self::Sdk => ["opentelemetry", "opentelemetry_sdk"].map(cargo::otel).concat(),
            Self::Osapi => cargo::osapi(&[]),
        };
        let folder = folder.join(Self::PACKAGE);
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("src/lib.rs"), "")?;
        cargo::prepare(&folder, Self::PACKAGE, &dependency, PROFILE)?;
        Ok(folder)
    }
}

/// The profile of all crates: their dependencies have no debug information.
const PROFILE: &str = "[profile.dev.package.\"*\"]\ndebug = false\n";

impl Crate {
    /// Writes a crate below `folder`.
    pub(crate) fn write(variant: Variant, folder: &Path) -> io::Result<Self> {
        let folder = folder.join(variant.package());
        for (path, text) in variant.files() {
            let path = folder.join("src").join(path);
            fs::create_dir_all(path.parent().unwrap_or(&folder))?;
            fs::write(path, text)?;
        }
        cargo::prepare(&folder, variant.package(), &variant.dependency(), PROFILE)?;
        Ok(Self { variant, folder })
    }

    /// Touches the root of the crate, so that `cargo` compiles the whole crate.
    pub(crate) fn touch(&self) -> io::Result<()> {
        let root = self.folder.join("src/lib.rs");
        let text = fs::read(&root)?;
        fs::write(root, text)
    }

    /// Changes one line in the body of one function.
    pub(crate) fn change(&self, round: usize) -> io::Result<()> {
        let area = AREAS[AREAS.len() / 2];
        let changed = of_area(self.variant.handlers(false), area)
            .replace("\"accepted\"", &format!("\"accepted {round}\""));
        fs::write(self.folder.join("src").join(area).join("mod.rs"), changed)
    }
}

/// The text of a template for one area, which replaces `AREA` in names of values and `Area` in
/// names of types.
fn of_area(template: &str, area: &str) -> String {
    let (first, rest) = area.split_at(1);
    template.replace("AREA", area).replace("Area", &(first.to_uppercase() + rest))
}

#[cfg(test)]
mod tests {
    use super::Variant;

    fn text(variant: Variant) -> String {
        variant.files().into_iter().map(|(_, text)| text).collect()
    }

    fn lines(variant: Variant) -> usize {
        text(variant).lines().filter(|line| !line.trim().is_empty()).count()
    }

    #[test]
    fn the_services_have_as_many_metrics_and_handlers_as_the_page_says() {
        let (ours, by_hand) = (text(Variant::Osapi), text(Variant::Handwritten));
        assert_eq!(ours.matches("#[metric(").count(), 100);
        // The library has the nine metrics of all jobs.
        assert_eq!(by_hand.matches(".build()").count(), 100 + 9);
        assert_eq!(ours.matches("#[instrumented_job").count(), 50);
        assert_eq!(by_hand.matches("::start(").count(), 50);
        let page = include_str!("../../../docs/benchmarks.md");
        let lengths = Variant::ALL.map(lines);
        let said = format!(
            "{} lines without metrics, {} by hand, {} with osapi-metrics",
            lengths[0], lengths[1], lengths[2]
        );
        assert!(page.contains(&said), "{said}");
    }

    #[test]
    fn a_changed_line_is_there() {
        for variant in Variant::ALL {
            assert!(variant.handlers(false).contains("\"accepted\""), "{variant:?}");
        }
    }
}
