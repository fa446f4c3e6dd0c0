//! The parts of a process: started in order, and stopped in the right one.

mod error;
mod model_store;
mod options;
mod process;
mod resources;
mod upkeep;

pub use error::StartError;
pub use options::{AppOptions, ResourceOptions, Role, WorkerSpec};
pub use process::App;
