//! The faults of a collector, and when they come.

use std::time::Duration;

use serde::Serialize;

/// What a collector does that does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::verify) enum Fault {
    /// Nobody listens, as during a restart. Open connections end.
    Refused,
    /// It answers 503 with `Retry-After`, as with a full queue.
    Unavailable,
    /// It answers 429, as a limit of rates does.
    TooManyRequests,
    /// It takes the request and never answers.
    Silent,
    /// The connection ends in the middle of the answer.
    Cut,
}

/// A fault of the schedule, from its beginning on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verify) struct FaultWindow {
    pub(in crate::verify) begin: Duration,
    pub(in crate::verify) length: Duration,
    pub(in crate::verify) fault: Fault,
}

impl Fault {
    pub(in crate::verify) const ALL: [Self; 5] =
        [Self::Refused, Self::Unavailable, Self::TooManyRequests, Self::Silent, Self::Cut];

    /// What the collector does, for the report.
    pub(in crate::verify) const fn text(self) -> &'static str {
        match self {
            Self::Refused => "connections refused",
            Self::Unavailable => "503 with Retry-After",
            Self::TooManyRequests => "429",
            Self::Silent => "no answer",
            Self::Cut => "connection cut in the answer",
        }
    }
}

/// One pass of the schedule: a short and a long lack of room, a limit of rates, a broken
/// connection, a restart of four seconds and one of eight, and a hang.
///
/// Exports are due each five seconds after the start, and each window has such a moment in it. The
/// first restart meets an export of the resources, which are due each 30 s, and is over before the
/// last retry. The long lack of room and the second restart outlast all retries of an export, and
/// its values come with a later one.
pub(in crate::verify) fn schedule() -> [FaultWindow; 7] {
    [
        (9_500, 1_500, Fault::Unavailable),
        (14_500, 1_000, Fault::TooManyRequests),
        (19_500, 800, Fault::Cut),
        (28_500, 4_000, Fault::Refused),
        (34_500, 2_000, Fault::Silent),
        (49_500, 7_000, Fault::Unavailable),
        (69_500, 8_000, Fault::Refused),
    ]
    .map(|(begin, length, fault)| FaultWindow {
        begin: Duration::from_millis(begin),
        length: Duration::from_millis(length),
        fault,
    })
}

/// The time of one pass. It ends with some seconds without a fault.
pub(in crate::verify) const PASS: Duration = Duration::from_secs(90);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_comes_when_an_export_is_due() {
        let mut end = Duration::ZERO;
        for window in schedule() {
            assert!(window.begin >= end + Duration::from_secs(1), "{window:?}");
            end = window.begin + window.length;
            let due = window.begin.as_secs() / 5 * 5 + 5;
            assert!(end > Duration::from_secs(due), "{window:?}");
        }
        assert!(end + Duration::from_secs(10) < PASS);
        for fault in Fault::ALL {
            assert!(schedule().iter().any(|window| window.fault == fault), "{fault:?}");
        }
    }
}
