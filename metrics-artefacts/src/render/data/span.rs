use std::time::{Duration, UNIX_EPOCH};

use crate::render::options::RenderOptions;

/// The interval of scrapes that Grafana takes where nobody says another one.
pub(in crate::render) const DEFAULT_SCRAPE_INTERVAL: Duration = Duration::from_secs(15);

/// The steps that a range is divided in, in seconds.
const STEPS: [u32; 22] = [
    1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600,
    43_200, 86_400, 172_800, 604_800,
];

/// The time that a panel shows, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::render) struct Span {
    pub(in crate::render) start: f64,
    pub(in crate::render) end: f64,
    pub(in crate::render) step: f64,
    pub(in crate::render) scrape_interval: f64,
}

impl Span {
    /// The time shown, divided in at most this many steps unless the options say it. It begins and
    /// ends at a multiple of the step, as in Grafana.
    pub(in crate::render) fn of(options: &RenderOptions, points: u32) -> Self {
        let scrape_interval = options.scrape_interval.unwrap_or(DEFAULT_SCRAPE_INTERVAL);
        let scrape_interval = scrape_interval.as_secs_f64();
        let end = options.end.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let range = options.range.as_secs_f64();
        let step = options.step.map_or_else(
            || {
                let least = (range / f64::from(points.max(1))).max(scrape_interval);
                let steps = STEPS.iter().map(|step| f64::from(*step));
                steps.into_iter().find(|step| *step >= least).unwrap_or(least)
            },
            |step| step.as_secs_f64(),
        );
        let end = (end / step).floor() * step;
        Self { start: end - (range / step).floor().max(1.0) * step, end, step, scrape_interval }
    }

    /// What a variable of Grafana's own means.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        let range = self.end - self.start;
        // As Grafana computes it, so that a rate has four scrapes.
        let rate_interval = (self.scrape_interval * 4.0).max(self.step + self.scrape_interval);
        Some(match name {
            "__interval" => duration(self.step),
            "__interval_ms" => milliseconds(self.step),
            "__rate_interval" => duration(rate_interval),
            "__rate_interval_ms" => milliseconds(rate_interval),
            "__range" => duration(range),
            "__range_s" => format!("{range:.0}"),
            "__range_ms" => milliseconds(range),
            "__from" => milliseconds(self.start),
            "__to" => milliseconds(self.end),
            _ => return None,
        })
    }
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.0}", seconds * 1e3)
}

/// A duration of PromQL.
fn duration(seconds: f64) -> String {
    if seconds.fract() == 0.0 { format!("{seconds:.0}s") } else { milliseconds(seconds) + "ms" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_few_steps_that_are_not_shorter_than_scrapes() {
        let options = |range, scrape_interval| RenderOptions {
            end: UNIX_EPOCH + Duration::from_secs(1_000_003),
            range: Duration::from_secs(range),
            scrape_interval: Some(Duration::from_millis(scrape_interval)),
            ..RenderOptions::default()
        };
        let span = Span::of(&options(900, 2000), 100);
        assert_eq!((span.start, span.end, span.step), (999_100.0, 1_000_000.0, 10.0));
        let variable = |span: Span, name: &str| span.variable(name).unwrap();
        assert_eq!(variable(span, "__rate_interval"), "12s");
        assert_eq!(variable(span, "__range"), "900s");
        assert_eq!(variable(Span::of(&options(60, 2000), 100), "__interval"), "2s");
        assert_eq!(variable(Span::of(&options(60, 200), 100), "__rate_interval"), "1200ms");
        assert_eq!(span.variable("job"), None);
    }
}
