//! Models: files that jobs need, such as the colours of an image. A worker downloads a model from
//! the API when a job asks for it, and keeps it in a cache on its disk.
//!
//! [`generate`] makes the bytes of a model; the API serves them at `/models/{name}`. A
//! [`ModelCache`] downloads, checks and keeps them.

mod cache;
mod error;
mod files;
mod format;
mod index;
#[cfg(test)]
mod tests;

pub use cache::{ModelCache, ModelCacheOptions};
pub use error::ModelError;
pub use format::{MODEL_NAMES, Model, ModelDefect, PublishedModel, generate, published};
