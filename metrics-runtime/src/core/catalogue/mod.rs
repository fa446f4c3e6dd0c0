//! Every metric that is linked into the program, gathered at start-up.

mod conflict;
mod gather;
#[cfg(feature = "runtime")]
mod intervals;
mod jobs;
mod versions;

pub use conflict::{Conflict, Conflicts, Difference};
pub use gather::Catalogue;
pub use jobs::JobConflict;
pub use versions::SetConflict;
