//! The catalogues of a system: read from files or from running programs, and searched by the names
//! that a Prometheus has.

mod index;
mod load;
mod source;

pub use index::{Catalogues, Sample, SampleKind};
pub use load::LoadError;
pub use source::CatalogueSource;
