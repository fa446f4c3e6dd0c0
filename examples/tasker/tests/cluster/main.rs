//! tasker as processes of the built program, with real servers and real faults.
//!
//! Each test starts its own PostgreSQL in a temporary folder, and the processes on free ports.
//! Where PostgreSQL or `prometheus` is missing, a line says which test was skipped;
//! `OSAPI_REQUIRE_SERVERS=1` makes that a failure.

#![cfg(unix)]

mod correlation;
mod health;
mod input;
mod limits;
mod many;
mod outage;
mod prometheus;
mod restarts;
mod signals;
mod startup;
mod support;
mod window;
mod wires;
mod workers;
mod workflows;
