//! The configuration of a process: its metrics from a file and the environment, and the switches of
//! the environment.

mod settings;
mod switches;

pub use settings::{Rhythms, Settings, SettingsError};
pub use switches::{SwitchError, Switches};
