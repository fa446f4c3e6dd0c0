use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::Path,
};

use serde::Deserialize;

use super::artefact::Artefact;

/// How the metrics that generated files are about differ from those of the catalogues: why files
/// are stale.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameChanges {
    /// Metrics that only the files have.
    pub gone: BTreeSet<String>,
    /// Metrics that only the catalogues have.
    pub new: BTreeSet<String>,
    /// Metrics of the files that have another name in the catalogues, which say so, by the former
    /// name.
    pub renamed: BTreeMap<String, String>,
}

/// A file of the registry, as far as names need it.
#[derive(Debug, Default, Deserialize)]
struct Definitions {
    #[serde(default)]
    metrics: Vec<Definition>,
}

#[derive(Debug, Deserialize)]
struct Definition {
    name: String,
    #[serde(default)]
    deprecated: Option<Deprecated>,
}

#[derive(Debug, Deserialize)]
struct Deprecated {
    #[serde(default)]
    renamed_to: String,
}

/// The metrics of a registry.
#[derive(Default)]
struct Names {
    current: BTreeSet<String>,
    /// Those of now, by the former ones.
    former: BTreeMap<String, String>,
}

impl NameChanges {
    /// Compares the registry below a folder with the one that would be generated. A file that
    /// cannot be read has no metrics.
    pub fn find(folder: &Path, artefacts: &[Artefact]) -> Self {
        let is_registry = |artefact: &&Artefact| artefact.path.starts_with("registry/");
        let mut catalogues = Names::default();
        artefacts.iter().filter(is_registry).for_each(|artefact| catalogues.add(&artefact.content));
        let mut files = Names::default();
        let entries = fs::read_dir(folder.join("registry"));
        for entry in entries.into_iter().flatten().flatten() {
            files.add(&fs::read_to_string(entry.path()).unwrap_or_default());
        }
        let mut changes = Self::default();
        for name in files.current.difference(&catalogues.current) {
            match catalogues.former.get(name) {
                Some(now) => drop(changes.renamed.insert(name.clone(), now.clone())),
                None => drop(changes.gone.insert(name.clone())),
            }
        }
        let is_renamed = |name: &&String| changes.renamed.values().any(|now| now == *name);
        let new = catalogues.current.difference(&files.current);
        changes.new = new.filter(|name| !is_renamed(name)).cloned().collect();
        changes
    }
}

/// A line for each metric.
impl fmt::Display for NameChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (former, now) in &self.renamed {
            writeln!(f, "the metric `{former}` is named `{now}` now")?;
        }
        for name in &self.gone {
            writeln!(f, "the files have the metric `{name}`, and the catalogues do not")?;
        }
        for name in &self.new {
            writeln!(f, "the catalogues have the metric `{name}`, and the files do not")?;
        }
        Ok(())
    }
}

impl Names {
    fn add(&mut self, text: &str) {
        let definitions: Definitions = yaml_serde::from_str(text).unwrap_or_default();
        for Definition { name, deprecated } in definitions.metrics {
            match deprecated {
                Some(Deprecated { renamed_to }) => drop(self.former.insert(name, renamed_to)),
                None => drop(self.current.insert(name)),
            }
        }
    }
}
