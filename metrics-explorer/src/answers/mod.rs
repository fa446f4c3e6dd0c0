//! The answers that a browser reads, as JSON. `docs/design/explorer.md` describes them.

mod describe;
mod events;
mod process;
mod values;

pub use process::ProcessInfo;
