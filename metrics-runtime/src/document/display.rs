use std::{fmt, time::Duration};

use super::model::{ObjectiveDocument, ThresholdDocument};

/// As in `warning above 0.8 for 15m`.
impl fmt::Display for ThresholdDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { severity, comparison, value, quantile, lasting_seconds } = self;
        write!(f, "{severity} {} {value}", comparison.replace('_', " "))?;
        if let Some(quantile) = quantile {
            write!(f, " at the quantile {quantile}")?;
        }
        if *lasting_seconds > 0.0 {
            write!(f, " for {}", duration(*lasting_seconds))?;
        }
        Ok(())
    }
}

/// As in `0.99 of jobs within 5s`.
impl fmt::Display for ObjectiveDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { latency_seconds, target, min_events } = self;
        write!(f, "{target} of jobs within {}", duration(*latency_seconds))?;
        if let Some(events) = min_events {
            write!(f, ", from {events} jobs on")?;
        }
        Ok(())
    }
}

/// A duration as it is written in attributes, or the seconds of one that cannot be written so.
fn duration(seconds: f64) -> String {
    Duration::try_from_secs_f64(seconds).map_or_else(
        |_| format!("{seconds} s"),
        |duration| humantime::format_duration(duration).to_string(),
    )
}
