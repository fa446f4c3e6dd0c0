//! Numbers, times and their places: units of Grafana, ticks of axes.

mod clock;
mod number;
mod ticks;
mod unit;

pub(super) use clock::time_ticks;
pub(super) use ticks::{Tick, ticks};
pub(super) use unit::Unit;
