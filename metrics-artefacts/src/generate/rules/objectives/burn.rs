use super::super::alert::Severity;

/// An alert of two windows: the budget is used up faster than this factor over the long window,
/// and still over the short one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Burn {
    pub(super) alert: &'static str,
    pub(super) severity: Severity,
    pub(super) factor: f64,
    pub(super) long: &'static str,
    pub(super) short: &'static str,
    /// The minutes of the windows.
    pub(super) minutes: (u64, u64),
    /// How long it lasts before the alert fires, in seconds.
    pub(super) lasting: f64,
}

pub(super) const FAST: &str = "JobObjectiveBurnsFast";
pub(super) const SLOWLY: &str = "JobObjectiveBurnsSlowly";

/// The factors and windows of Google's "Site Reliability Workbook", chapter 5, and one more.
pub(super) const BURNS: [Burn; 4] = [
    Burn {
        alert: FAST,
        severity: Severity::Critical,
        factor: 14.4,
        long: "1h",
        short: "5m",
        minutes: (60, 5),
        lasting: 120.0,
    },
    Burn {
        alert: FAST,
        severity: Severity::Critical,
        factor: 6.0,
        long: "6h",
        short: "30m",
        minutes: (360, 30),
        lasting: 120.0,
    },
    Burn {
        alert: SLOWLY,
        severity: Severity::Warning,
        factor: 3.0,
        long: "1d",
        short: "2h",
        minutes: (1440, 120),
        lasting: 900.0,
    },
    Burn {
        alert: SLOWLY,
        severity: Severity::Warning,
        factor: 1.0,
        long: "3d",
        short: "6h",
        minutes: (4320, 360),
        lasting: 900.0,
    },
];

impl Burn {
    /// Whether so many jobs can be bad. With a target of 0.9 a budget burns at most 10 times too
    /// fast.
    pub(super) fn is_reachable(&self, target: f64) -> bool {
        self.factor < highest(target)
    }
}

/// The burn rate if all jobs are bad.
pub(super) fn highest(target: f64) -> f64 {
    1.0 / (1.0 - target)
}
