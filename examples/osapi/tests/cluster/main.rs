//! osapi as a system of processes, with real servers and real faults.
//!
//! Each test starts its own NATS server, API and agents on free ports. Where `nats-server` or
//! `prometheus` is missing, a line says which test was skipped; `OSAPI_REQUIRE_SERVERS=1` makes
//! that a failure.

#![cfg(unix)]

mod agents;
mod broker;
mod clients;
mod collector;
mod connections;
mod deploy;
mod foreign;
mod full_store;
mod prometheus;
mod readme;
mod scrapes;
mod stops;
mod support;
mod unusable;
