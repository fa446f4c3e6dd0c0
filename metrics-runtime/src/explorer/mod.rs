//! The explorer's data: a snapshot a second while somebody looks, kept as a history, and passed on
//! to those who watch.
//!
//! ```text
//! Collector ─► Snapshot ─► Recorder ─► History ─┬─► answers of /history
//!   thread, once a second                       └─► Viewers: one text for all of them
//! ```

mod explorer_state;
mod recorder;
mod viewers;

pub(crate) use explorer_state::{Explorer, ExplorerSetup, NothingToSee};
pub(crate) use viewers::Viewer;
