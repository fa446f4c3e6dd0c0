use std::time::Duration;

use crate::config::Rhythms;

/// How fast the rhythms of a measurement are: 1 for those of the program, more for a short try.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pace {
    speed: f64,
}

/// How long an export may take by default, retries included.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);

/// The shortest of these times at any pace: retries alone take a second.
const SHORTEST_TIMEOUT: Duration = Duration::from_secs(1);

/// The time between two scrapes, as in `deploy/prometheus.yml`.
const SCRAPE_INTERVAL: Duration = Duration::from_secs(15);

impl Pace {
    pub(super) fn new(speed: f64) -> Self {
        Self { speed }
    }

    /// Whether this is the pace of the program.
    pub(super) fn is_real(self) -> bool {
        (self.speed - 1.0).abs() < f64::EPSILON
    }

    /// A time of the program at this pace.
    pub(super) fn scaled(self, time: Duration) -> Duration {
        time.div_f64(self.speed)
    }

    /// The time between two scrapes.
    pub(super) fn scrape_interval(self) -> Duration {
        self.scaled(SCRAPE_INTERVAL)
    }

    /// How long an export may take.
    pub(super) fn export_timeout(self) -> Duration {
        self.scaled(EXPORT_TIMEOUT).max(SHORTEST_TIMEOUT)
    }

    /// The variables of a process with this pace. At the pace of the program there is none: its
    /// own intervals count.
    pub(super) fn variables(self) -> Vec<(&'static str, String)> {
        if self.is_real() {
            return Vec::new();
        }
        let millis = |time: Duration| format!("{}ms", time.as_millis().max(1));
        let intervals = Rhythms::patterns()
            .map(|(pattern, interval)| format!("{pattern}={}", millis(self.scaled(interval))));
        let intervals = intervals.collect::<Vec<_>>().join(",");
        vec![
            ("METRICS_COLLECTION_INTERVAL", millis(self.scaled(Rhythms::RESOURCES))),
            ("METRICS_COLLECTION_INTERVALS", intervals),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", self.export_timeout().as_millis().to_string()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use osapi_metrics::config::Environment;

    use super::*;
    use crate::config::Settings;

    #[test]
    fn a_pace_scales_every_interval() {
        assert_eq!(Pace::new(1.0).variables(), []);
        let pace = Pace::new(10.0);
        let variables = pace.variables();
        let environment: Environment = variables.iter().cloned().collect();
        let otlp = Settings::read(None, &environment).unwrap().metrics.otlp;
        assert_eq!(otlp.interval, Duration::from_secs(3));
        assert_eq!(otlp.timeout, Duration::from_secs(1));
        // Those of the environment come first, and each has the pattern of the program.
        let (fast, own) = otlp.intervals.split_at(otlp.intervals.len() / 2);
        for (fast, own) in fast.iter().zip(own) {
            assert_eq!(fast.metrics, own.metrics);
            assert_eq!(fast.interval * 10, own.interval);
        }
        assert_eq!(pace.scrape_interval(), Duration::from_millis(1_500));
    }
}
