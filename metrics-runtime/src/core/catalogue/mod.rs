//! Every metric that is linked into the program, gathered at start-up.

mod conflict;
mod gather;
#[cfg(feature = "runtime")]
mod intervals;
mod jobs;
mod renames;
mod versions;

pub use conflict::{Conflict, Conflicts, Difference};
pub use gather::Catalogue;
pub use jobs::JobConflict;
pub use renames::RenameConflict;
pub use versions::SetConflict;
