//! A process of the service: everything in one, an API server, or an agent.

mod error;
mod options;
mod parts;
mod presence;
mod process;

pub use error::StartError;
pub use options::{AppOptions, Role};
pub use process::App;
