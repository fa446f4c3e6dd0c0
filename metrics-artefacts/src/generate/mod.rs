//! Files that are derived from catalogues.
//!
//! ```text
//! Catalogues ──► dashboards, documentation, … ──► Artefact { path, content }
//!            ──► folder: write, or compare
//! ```
//!
//! A generator is a function from the catalogues to texts. The same catalogues give the same bytes.

mod artefact;
mod dashboards;
mod declarations;
mod documentation;
mod expression;
mod folder;
mod names;
mod query;
mod registry;
mod rules;
mod samples;

pub use artefact::{Artefact, Origin};
pub use folder::{FolderError, Stale, Write};
pub use names::NameChanges;
pub use rules::RuleOptions;

use crate::catalogue::Catalogues;

/// Everything that is derived from the catalogues, sorted by path.
pub fn generate(
    catalogues: &Catalogues,
    origin: &Origin,
    rule_options: &RuleOptions,
) -> Vec<Artefact> {
    let mut artefacts = Vec::new();
    artefacts.extend(dashboards::artefacts(catalogues, origin));
    artefacts.extend(documentation::artefacts(catalogues, origin));
    artefacts.extend(registry::artefacts(catalogues, origin));
    artefacts.extend(rules::artefacts(catalogues, origin, rule_options));
    artefacts.sort_by(|a: &Artefact, b: &Artefact| a.path.cmp(&b.path));
    artefacts
}
