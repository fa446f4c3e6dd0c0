//! The explorer's data: a snapshot a second while somebody looks, kept as a history, and passed on
//! to those who watch.
//!
//! ```text
//! Collector ─► Snapshot ─► Recorder ─► Live ─┬─► answers of /history
//!   thread, once a second                    └─► viewers of /live
//! ```

mod explorer_state;
mod recorder;

pub(crate) use explorer_state::{Explorer, ExplorerSetup, NothingToSee};
