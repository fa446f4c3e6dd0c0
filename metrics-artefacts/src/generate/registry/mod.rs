//! A registry of `OpenTelemetry`'s Weaver: `registry/manifest.yaml`, and a file for each package.
//!
//! ```text
//! declarations ──► attributes, metrics ──► model (serde) ──► YAML
//! ```

mod attributes;
mod manifest;
mod metrics;
mod model;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use self::{attributes::Attributes, model::Definitions};
use super::{
    artefact::{Artefact, Origin},
    declarations,
};
use crate::catalogue::Catalogues;

/// The form of the files.
const FILE_FORMAT: &str = "definition/2";

/// The files of the registry.
pub(super) fn artefacts(catalogues: &Catalogues, origin: &Origin) -> Vec<Artefact> {
    let sets = declarations::sets(catalogues);
    let jobs = declarations::jobs(catalogues);
    let metrics = || sets.iter().flat_map(|set| &set.metrics).map(|declared| declared.metric);
    let mut attributes = Attributes::of(metrics(), jobs.iter().map(|job| job.job));
    // A former name that is in use again is not deprecated.
    let mut names: BTreeSet<_> = metrics().map(|metric| metric.name.as_str()).collect();
    let mut defined = BTreeSet::new();

    let mut packages: BTreeMap<&str, Definitions<'_>> = BTreeMap::new();
    for declared in &sets {
        for metric in declared.metrics.iter().map(|declared| declared.metric) {
            if !defined.insert(metric.name.as_str()) {
                continue;
            }
            let package = packages.entry(&declared.set.package).or_insert_with(|| Definitions {
                file_format: FILE_FORMAT,
                attributes: Vec::new(),
                metrics: Vec::new(),
            });
            package.attributes.extend(attributes.define(metric));
            package.metrics.push(metrics::metric(declared.set, metric, &jobs));
            if let Some(former) = metric.renamed_from.as_deref().filter(|name| names.insert(name)) {
                package.metrics.push(metrics::former(former, metric));
            }
        }
    }
    let mut files = FileNames::default();
    let manifest = manifest::manifest(packages.keys().copied());
    let mut artefacts = vec![file("manifest", &manifest, origin)];
    for (package, definitions) in &packages {
        artefacts.push(file(&files.of(package), definitions, origin));
    }
    artefacts
}

/// A file of YAML with the marker in its first line.
fn file(name: &str, content: &impl Serialize, origin: &Origin) -> Artefact {
    let marker = origin.marker().replace(char::is_control, " ");
    // Maps with texts as keys, lists, texts and numbers: YAML has all of them.
    let yaml = yaml_serde::to_string(content).unwrap_or_default();
    Artefact::new(format!("registry/{name}.yaml"), format!("# {marker}\n{yaml}"))
}

/// Names of files for packages, each another one, and none that of the manifest.
struct FileNames {
    used: BTreeSet<String>,
}

impl Default for FileNames {
    fn default() -> Self {
        Self { used: BTreeSet::from(["manifest".to_owned()]) }
    }
}

impl FileNames {
    fn of(&mut self, package: &str) -> String {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let plain: String =
            package.chars().map(|c| if is_plain(c) { c } else { '_' }).take(64).collect();
        let plain = if plain.is_empty() { "package".to_owned() } else { plain };
        let mut name = plain.clone();
        let mut nth = 1;
        while !self.used.insert(name.to_lowercase()) {
            nth += 1;
            name = format!("{plain}_{nth}");
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_names_a_file_of_the_folder() {
        let mut files = FileNames::default();
        let names = ["shop", "Shop", "manifest", "../../etc/passwd", ""].map(|name| files.of(name));
        assert_eq!(names, ["shop", "Shop_2", "manifest_2", "______etc_passwd", "package"]);
    }
}
