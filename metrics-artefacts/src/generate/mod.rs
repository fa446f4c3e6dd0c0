//! Files that are derived from catalogues.
//!
//! ```text
//! Catalogues ──► documentation, …  ──► Artefact { path, content } ──► folder: write, or compare
//! ```
//!
//! A generator is a function from the catalogues to texts. The same catalogues give the same bytes.

mod artefact;
#[cfg_attr(not(test), expect(dead_code, reason = "the generators of dashboards and rules use it"))]
mod expression;
mod folder;
mod query;

pub use artefact::{Artefact, Origin};
pub use folder::{FolderError, Stale, Write};

use crate::catalogue::Catalogues;

/// Everything that is derived from the catalogues, sorted by path.
pub fn generate(catalogues: &Catalogues, origin: &Origin) -> Vec<Artefact> {
    let _ = (catalogues, origin);
    let mut artefacts = Vec::new();
    artefacts.sort_by(|a: &Artefact, b: &Artefact| a.path.cmp(&b.path));
    artefacts
}
