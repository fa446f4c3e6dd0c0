//! The time and the size of a scrape: each library shows the same series.
//!
//! ```text
//! shape -> exporters/ -> exporter (one scrape) -> rounds (all scrapes) -> figures
//!                                              -> recorders (many threads) -> figures
//! ```

mod exporter;
mod exporters;
mod recorders;
mod rounds;
mod shape;

pub(crate) use exporters::{PEERS, TEXT, of as exporter};
pub(crate) use recorders::scrape_beside;
pub(crate) use rounds::compare;
pub(crate) use shape::{FamilyKind, Shape};
