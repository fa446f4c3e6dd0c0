//! The live page for processes that are elsewhere: what several of them expose, on one page.
//!
//! ```text
//! targets: a thread each      page: a frame a second        server
//! GET URL ─► families ──────► recorder ─► Live ───────────► /metrics/explorer, history, live
//! GET URL/catalogue ─────────────────────────────► merged ► /metrics/catalogue
//! ```

mod declared;
mod error;
mod exploration;
mod families;
mod merged;
mod notice;
mod options;
mod recorder;
mod server;
mod target;

pub use error::ExploreError;
pub use exploration::Exploration;
pub use notice::Notice;
pub use options::{ExploreOptions, MAX_TARGETS};
