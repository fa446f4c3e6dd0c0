//! What instrumentations read metrics from: sources that fail, readings that the observations of a
//! collection share, and samples that a thread of its own takes.
//!
//! ```text
//! a file, a call ──► Source ──► SharedReading ──► observations of roles, at a collection
//!                        │
//!                        └────► Sampler ──► Samples ──► observations of roles, at a collection
//!                               thread, at an interval
//! ```

mod demand;
mod sampler;
mod samples;
mod shared_reading;
mod source;

pub use sampler::Sampler;
pub use samples::{Sample, Samples};
pub use shared_reading::SharedReading;
pub use source::Source;
