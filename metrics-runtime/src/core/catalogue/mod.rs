//! Every metric that is linked into the program, gathered at start-up.

#[cfg(feature = "runtime")]
mod configured;
mod conflict;
mod gather;
mod jobs;
mod renames;
mod versions;

pub use conflict::{Conflict, Conflicts, Difference};
pub use gather::Catalogue;
pub use jobs::JobConflict;
pub use renames::RenameConflict;
pub use versions::SetConflict;
