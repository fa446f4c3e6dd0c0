//! Starts the parts of a process, and stops them in the right order.

mod databases;
mod error;
mod password_file;
mod private;
mod process;

pub use error::StartError;
pub use private::PrivateServer;
pub use process::{App, Role};
