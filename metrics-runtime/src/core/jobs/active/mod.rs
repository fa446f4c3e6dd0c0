//! The active jobs: an entry for each job that runs, and the age of the oldest job.
//!
//! ```text
//! ActiveJobEntry::new ──► slot in the page of the thread ──► report_oldest reads the slots
//! dropped ──────────────► slot vacated, by any thread        when metrics are collected
//! ```

mod entry;
mod oldest;
mod pages;
mod sync;

pub use oldest::report_oldest;

pub(super) use entry::ActiveJobEntry;
