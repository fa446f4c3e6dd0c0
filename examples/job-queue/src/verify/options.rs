use std::{fmt::Display, ops::RangeInclusive, path::PathBuf, time::Duration};

use super::{error::VerifyError, outages::passes, pace::Pace, receiver::PASS};

/// What is verified, and how.
#[derive(Clone, Debug)]
pub struct Verification {
    /// The program; without it, the one that runs.
    pub program: Option<PathBuf>,
    /// How long the processes run: at least one pass of the schedule of faults.
    pub duration: Duration,
    /// The jobs of a batch.
    pub jobs: usize,
    /// How many times as fast the intervals and the faults are.
    pub speed: f64,
    /// The targets.
    pub limits: Limits,
}

/// The targets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The overhead in percent of the processor time of jobs is below it.
    pub overhead: f64,
    /// No value is older at the receiver.
    pub freshness: Duration,
    /// The least share of exports that are delivered, in percent.
    pub delivered: f64,
    /// The most memory, in MiB.
    pub memory: f64,
}

impl Limits {
    /// The limits of the overhead, in percent.
    pub const OVERHEAD: RangeInclusive<f64> = 0.0..=1_000_000.0;

    /// The limits of the share that is delivered, in percent.
    pub const DELIVERED: RangeInclusive<f64> = 0.0..=100.0;

    /// The limits of the memory, in MiB.
    pub const MEMORY: RangeInclusive<f64> = 0.0..=1_000_000.0;
}

impl Default for Limits {
    fn default() -> Self {
        let freshness = Duration::from_secs(30);
        Self { overhead: 5.0, freshness, delivered: 99.9, memory: 25.0 }
    }
}

/// The longest duration: counters of a run are kept in memory.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

impl Verification {
    /// The jobs of a batch. The queue takes more.
    pub const JOBS: RangeInclusive<usize> = 1..=1_000;

    /// The speeds: intervals of 50 ms with the greatest.
    pub const SPEED: RangeInclusive<f64> = 1.0..=100.0;

    pub(super) fn check(&self) -> Result<(), VerifyError> {
        let error = |option, given: String, allowed| VerifyError::Option { option, given, allowed };
        let between =
            |least: &dyn Display, most: &dyn Display| format!("a number from {least} to {most}");
        if !Self::JOBS.contains(&self.jobs) {
            let allowed = between(Self::JOBS.start(), Self::JOBS.end());
            return Err(error("--jobs", self.jobs.to_string(), allowed));
        }
        for (option, given, range) in [
            ("--speed", self.speed, Self::SPEED),
            ("--max-overhead", self.limits.overhead, Limits::OVERHEAD),
            ("--min-delivered", self.limits.delivered, Limits::DELIVERED),
            ("--max-memory", self.limits.memory, Limits::MEMORY),
        ] {
            if !range.contains(&given) {
                let allowed = between(range.start(), range.end());
                return Err(error(option, given.to_string(), allowed));
            }
        }
        let pace = Pace::new(self.speed);
        if self.duration > LONGEST {
            let given = humantime::format_duration(self.duration).to_string();
            return Err(error("--duration", given, "at most 24h".to_owned()));
        }
        if passes(self.duration, pace) == 0 {
            let least = pace.scaled(PASS);
            return Err(VerifyError::TooShort { given: self.duration, least, speed: self.speed });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(change: impl FnOnce(&mut Verification)) -> String {
        let mut verification = Verification {
            program: None,
            duration: PASS,
            jobs: 1,
            speed: 1.0,
            limits: Limits::default(),
        };
        verification.check().unwrap();
        change(&mut verification);
        verification.check().unwrap_err().to_string()
    }

    #[test]
    fn options_that_cannot_be_measured_are_refused() {
        let short = error(|of| of.duration = Duration::from_secs(20));
        assert_eq!(
            short,
            "--duration 20s is shorter than one pass of the schedule of faults, which takes \
             1m 30s at --speed 1; give a longer duration, or a greater speed"
        );
        assert_eq!(error(|of| of.jobs = 0), "--jobs is 0; expected a number from 1 to 1000");
        assert_eq!(error(|of| of.speed = 0.5), "--speed is 0.5; expected a number from 1 to 100");
        assert!(error(|of| of.speed = f64::NAN).starts_with("--speed is NaN"));
        assert!(error(|of| of.limits.memory = f64::NAN).starts_with("--max-memory is NaN"));
        assert_eq!(
            error(|of| of.limits.delivered = -1.0),
            "--min-delivered is -1; expected a number from 0 to 100"
        );
        assert!(error(|of| of.limits.overhead = 1e308).ends_with("from 0 to 1000000"));
        assert!(error(|of| of.duration = Duration::MAX).ends_with("expected at most 24h"));
    }
}
