//! Files that are derived from catalogues.
//!
//! ```text
//! Catalogues ──► rules, …  ──► Artefact { path, content } ──► folder: write, or compare
//! ```
//!
//! A generator is a function from the catalogues to texts. The same catalogues give the same bytes.

mod artefact;
mod folder;
mod query;
mod rules;

pub use artefact::{Artefact, Origin};
pub use folder::{FolderError, Stale, Write};
pub use rules::RuleOptions;

use crate::catalogue::Catalogues;

/// Everything that is derived from the catalogues, sorted by path.
pub fn generate(
    catalogues: &Catalogues,
    origin: &Origin,
    rule_options: &RuleOptions,
) -> Vec<Artefact> {
    let mut artefacts = Vec::new();
    artefacts.extend(rules::artefacts(catalogues, origin, rule_options));
    artefacts.sort_by(|a: &Artefact, b: &Artefact| a.path.cmp(&b.path));
    artefacts
}
