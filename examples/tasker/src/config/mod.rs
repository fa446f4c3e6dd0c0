//! The configuration in TOML. `tasker.example.toml` shows every key with its default.

mod error;
mod read;
mod table;
mod tasker;

pub use error::{ConfigErrors, ConfigMistake};
pub use tasker::{PoolOptions, TaskerConfig, WorkerConfig};
