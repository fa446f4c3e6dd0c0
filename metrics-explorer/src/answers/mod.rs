//! The answers that a browser reads, as JSON. `docs/design/explorer.md` describes them.

mod describe;
mod events;
mod pieces;
mod process;
mod values;

pub use pieces::{Interrupted, Pieces};
pub use process::ProcessInfo;
pub use values::HistoryAnswer;
