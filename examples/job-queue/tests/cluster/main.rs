//! job-queue as a system of processes, with a real Redis server and real faults.
//!
//! Each test starts its own server, API and workers on free ports. Where `redis-server` or
//! `prometheus` is missing, a line says which test was skipped; `OSAPI_REQUIRE_SERVERS=1` makes
//! that a failure. So does `OSAPI_REQUIRE_TOOLS=1` for the collector `rotel`, which
//! `OSAPI_PYTHON` has.

#![cfg(unix)]

mod deploy;
mod events;
mod input;
mod many;
mod outage;
mod prometheus;
#[cfg(target_os = "linux")]
mod rotel;
mod startup;
mod support;
#[cfg(target_os = "linux")]
mod wires;
mod workers;
