//! Files that are derived from catalogues.
//!
//! ```text
//! Catalogues ──► dashboards, …     ──► Artefact { path, content } ──► folder: write, or compare
//! ```
//!
//! A generator is a function from the catalogues to texts. The same catalogues give the same bytes.

mod artefact;
mod dashboards;
mod expression;
mod folder;
mod query;
mod samples;

pub use artefact::{Artefact, Origin};
pub use folder::{FolderError, Stale, Write};

use crate::catalogue::Catalogues;

/// Everything that is derived from the catalogues, sorted by path.
pub fn generate(catalogues: &Catalogues, origin: &Origin) -> Vec<Artefact> {
    let mut artefacts = dashboards::artefacts(catalogues, origin);
    artefacts.sort_by(|a, b| a.path.cmp(&b.path));
    artefacts
}
