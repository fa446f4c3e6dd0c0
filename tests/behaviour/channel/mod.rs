//! Channels of tokio with real messages. The clock is paused where a test asks for a time.
//!
//! The metrics are global, so every test has a channel name of its own.

mod fill_level;
mod own_names;
mod verbs;
mod waits;

use std::time::Duration;

use crate::read;

/// What the series of one channel show; `None` for a series that is not shown.
#[derive(Debug, Default, PartialEq)]
struct Shown {
    capacity: Option<f64>,
    used: Option<f64>,
    usage: Option<f64>,
    full: Option<f64>,
    /// Number and sum of the waits.
    waits: Option<(u64, f64)>,
}

fn shown(channel: &str) -> Shown {
    let reading = read();
    let labels = [("channel", channel)];
    let number = |metric: &str| reading.number(&format!("osapi_channel_{metric}"), &labels);
    let waits = reading.histogram("osapi_channel_wait_seconds", &labels);
    Shown {
        capacity: number("capacity"),
        used: number("used"),
        usage: number("usage_ratio"),
        full: number("full_total"),
        waits: waits.map(|waits| (waits.count, waits.sum)),
    }
}

/// The full events of a channel, and number and sum of its waits.
fn full_and_waits(channel: &str) -> (f64, (u64, f64)) {
    let shown = shown(channel);
    (shown.full.unwrap(), shown.waits.unwrap_or_default())
}

async fn seconds(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}
