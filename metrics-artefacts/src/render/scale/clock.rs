use std::time::{Duration, UNIX_EPOCH};

use super::ticks::Tick;

/// The steps of an axis of time, in seconds.
const STEPS: [u32; 20] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    172_800, 604_800,
];

/// The end of the year 9999.
const END: u64 = 253_402_300_800;

/// At most this many ticks between two times, in seconds since 1970, at round times in UTC.
pub(in crate::render) fn time_ticks(start: f64, end: f64, most: u32) -> Vec<Tick> {
    let least = (end - start) / f64::from(most.max(1));
    let step = STEPS.into_iter().map(f64::from).find(|step| *step >= least).unwrap_or(least);
    let first = (start / step).ceil() * step;
    let times = (0..=most).map(|nth| first + f64::from(nth) * step);
    times
        .take_while(|time| *time <= end)
        .map(|time| Tick { value: time, label: label(time, step) })
        .collect()
}

/// `08:15`, `08:15:30` between minutes, `12-24` between days.
fn label(time: f64, step: f64) -> String {
    // The calendar of four digits ends there.
    let since = Duration::try_from_secs_f64(time).ok().filter(|since| since.as_secs() < END);
    let Some(since) = since else { return String::new() };
    let Some(time) = UNIX_EPOCH.checked_add(since) else { return String::new() };
    // `2026-12-24T08:15:30Z`.
    let text = humantime::format_rfc3339_seconds(time).to_string();
    let part = if step >= 86_400.0 {
        5..10
    } else if step >= 60.0 {
        11..16
    } else {
        11..19
    };
    text.get(part).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_round() {
        let labels = |start: u32, range: u32| {
            let (start, end) = (f64::from(start), f64::from(start) + f64::from(range));
            time_ticks(start, end, 4).into_iter().map(|tick| tick.label).collect::<Vec<_>>()
        };
        assert_eq!(labels(1_000_000_007, 900), ["01:50", "01:55", "02:00"]);
        assert_eq!(labels(1_000_000_000, 60), ["01:46:45", "01:47:00", "01:47:15", "01:47:30"]);
        assert_eq!(labels(1_000_000_000, 3 * 86_400), ["09-10", "09-11", "09-12"]);
        // A time that the calendar does not have.
        assert_eq!(time_ticks(f64::NAN, 1.0, 4), []);
    }
}
