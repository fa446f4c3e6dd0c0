//! A history while it grows, and those who watch it.
//!
//! ```text
//! record ─► History ─┬─► answer
//!                    └─► Viewers: one text for all of them
//! ```

mod live_history;
mod viewers;

pub use live_history::{Live, TooManyViewers};
pub use viewers::Viewer;
