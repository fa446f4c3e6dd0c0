//! Both wires: a scrape beside an OTLP export with every temporality, series that begin and end,
//! push over every protocol, a collector that misbehaves, proxies, TLS, a Pushgateway.
//!
//! All tests run in one process and read only series of their own, except the test that compares
//! everything that the two wires show: while that test runs, no other test records.

mod both;
mod boundaries;
mod browser;
mod constants;
mod declarative;
mod ended;
mod exemplar_labels;
mod exemplars;
mod explorer;
mod faults;
mod names;
mod protobuf;
mod proxies;
mod push;
mod pushgateway;
mod starts;
mod textfile;
mod tls;

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

static RECORDING: RwLock<()> = RwLock::new(());

/// Lets a test run at the same time as other tests that read only series of their own.
fn beside_others() -> RwLockReadGuard<'static, ()> {
    RECORDING.read().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until no other test runs.
fn alone() -> RwLockWriteGuard<'static, ()> {
    RECORDING.write().unwrap_or_else(PoisonError::into_inner)
}
