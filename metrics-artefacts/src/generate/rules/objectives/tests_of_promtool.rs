//! Tests of the rules of objectives. A test has the series of all handlers, because each test
//! evaluates all rules of the file.

use super::{
    super::{
        alert::ExpectedAlert,
        document::{InputSeries, QueryTest, Test},
        duration::minutes,
        labels::Labels,
        series::Course,
    },
    alerts::{
        ABSENT, ABSENT_SECONDS, GOOD_EXCEEDS_VALID, GOOD_EXCEEDS_VALID_SECONDS, WITHOUT_TRAFFIC,
        WITHOUT_TRAFFIC_SECONDS,
    },
    burn::{BURNS, Burn, FAST, SLOWLY, highest},
    measured::{Measured, WINDOWS},
};

const ALL: [&str; 5] = [FAST, SLOWLY, ABSENT, WITHOUT_TRAFFIC, GOOD_EXCEEDS_VALID];
const RATES: [&str; 2] = [FAST, SLOWLY];

/// Long enough for each alert to fire.
const MINUTES: u64 = 40;
/// How long jobs are bad before they are good again.
const BAD_MINUTES: u64 = 60;

/// The tests that step through minutes, and those that step through half hours.
pub(super) fn tests(all: &[Measured<'_>]) -> (Vec<Test>, Vec<Test>) {
    let all = Objectives { all };
    let mut tests: Vec<_> = (0..=BURNS.len()).map(|step| all.burn(step)).collect();
    tests.extend([
        all.restart(),
        all.few_jobs(),
        all.recovery(),
        all.weights(),
        all.exceeding(),
        all.absence(),
    ]);
    (tests, vec![all.no_traffic()])
}

struct Objectives<'a> {
    all: &'a [Measured<'a>],
}

impl Objectives<'_> {
    /// Budgets that burn between one factor and the next one.
    fn burn(&self, step: usize) -> Test {
        let name = match step {
            0 => "budgets that last fire nothing".to_owned(),
            step => format!("budgets burn faster than factor {step} from below"),
        };
        self.steady(name, step, Course::Grows)
    }

    /// All counters start anew while the budget burns as fast as it can.
    fn restart(&self) -> Test {
        let name = "counters that start anew change nothing";
        self.steady(name.to_owned(), BURNS.len(), Course::Restarts)
    }

    fn steady(&self, name: String, step: usize, course: fn(f64) -> Course) -> Test {
        let series = self.series(|measured| {
            let (good, valid) = measured.per_minute(measured.level(step));
            [course(good).values(MINUTES), course(valid).values(MINUTES)]
        });
        let mut test = Test::new(name, series);
        for alert in RATES {
            let fires = self.fired(alert, |measured, burn| {
                let level = measured.level(step);
                (level > burn.factor).then_some(level)
            });
            test.expect(MINUTES, alert, fires);
        }
        test.expect_quiet(MINUTES, [ABSENT, WITHOUT_TRAFFIC, GOOD_EXCEEDS_VALID]);
        test
    }

    /// Half of the jobs that a short window needs, all bad.
    fn few_jobs(&self) -> Test {
        let series = self.series(|measured| {
            let jobs = half(measured.min_events());
            [format!("0x{MINUTES}"), format!("0x5 {jobs}x{MINUTES}")]
        });
        let mut test = Test::new("few bad jobs fire nothing", series);
        // While the jobs are in the shortest window, and after each alert would have fired.
        test.expect_quiet(9, ALL);
        test.expect_quiet(MINUTES, ALL);
        test
    }

    /// Bad jobs, then good ones: an alert ends with its short window.
    fn recovery(&self) -> Test {
        let good_minutes = BURNS[3].minutes.1 + 2;
        let series = self.series(|measured| {
            let (_, valid) = measured.per_minute(0.0);
            [
                format!("0x{BAD_MINUTES} {valid}+{valid}x{good_minutes}"),
                format!("0+{valid}x{BAD_MINUTES} {}+{valid}x{good_minutes}", valid * 61.0),
            ]
        });
        let mut test = Test::new("alerts end when jobs are good again", series);
        for ends in BURNS {
            let good_minutes = ends.minutes.1 + 1;
            let is_close = |measured: &Measured<'_>, burn: &Burn, window| {
                (measured.rate_after_recovery(window, good_minutes) - burn.factor).abs() < 1e-6
            };
            // A rate that is the factor itself is a matter of rounding.
            if self.all.iter().any(|measured| {
                measured.burns().any(|burn| {
                    is_close(measured, &burn, burn.minutes.0)
                        || is_close(measured, &burn, burn.minutes.1)
                })
            }) {
                continue;
            }
            for alert in RATES {
                let fires = self.fired(alert, |measured, burn| {
                    let of = |window| measured.rate_after_recovery(window, good_minutes);
                    let (long, short) = (of(burn.minutes.0), of(burn.minutes.1));
                    (long > burn.factor && short > burn.factor).then_some(long)
                });
                test.expect(BAD_MINUTES + good_minutes, alert, fires);
            }
        }
        test
    }

    /// A process with few jobs, all bad, and one with many good ones: an average of the two shares
    /// would fire.
    fn weights(&self) -> Test {
        let series = |measured: &Measured<'_>| {
            let (_, few) = measured.per_minute(0.0);
            let many = few * (4.0 * highest(measured.objective.target)).ceil();
            let values = |step: f64| Course::Grows(step).values(MINUTES);
            let bad = measured.source.series(values(0.0), values(few), Some("few"));
            let good = measured.source.series(values(many), values(many), Some("many"));
            [bad, good].concat()
        };
        let mut test =
            Test::new("a process counts by its jobs", self.all.iter().flat_map(series).collect());
        test.expect_quiet(MINUTES, ALL);
        test
    }

    fn exceeding(&self) -> Test {
        let series = self.series(|measured| {
            let (_, valid) = measured.per_minute(0.0);
            [Course::Grows(valid * 2.0).values(MINUTES), Course::Grows(valid).values(MINUTES)]
        });
        let mut test = Test::new("more good jobs than valid ones", series);
        let fires =
            self.all.iter().map(|measured| measured.exceeds().fired(&Labels::new(), f64::NAN));
        test.expect_quiet(minutes(GOOD_EXCEEDS_VALID_SECONDS) - 1, [GOOD_EXCEEDS_VALID]);
        test.expect(MINUTES, GOOD_EXCEEDS_VALID, fires.collect());
        test.expect_quiet(MINUTES, [FAST, SLOWLY, ABSENT]);
        test
    }

    fn absence(&self) -> Test {
        let mut test = Test::new("no series at all", Vec::new());
        test.expect_quiet(minutes(ABSENT_SECONDS) - 1, ALL);
        let fires = self.all.iter().map(|m| m.absent().fired(&Labels::new(), f64::NAN));
        test.expect(MINUTES, ABSENT, fires.collect());
        test.expect_quiet(MINUTES, ALL.into_iter().filter(|name| *name != ABSENT));
        test
    }

    /// Counters that stay as they are for more than a day.
    fn no_traffic(&self) -> Test {
        let series = self.series(|_| ["7x400".to_owned(), "7x400".to_owned()]);
        let mut test = Test::new("no jobs for a day", series);
        "5m".clone_into(&mut test.interval);
        let a_day = 24 * 60;
        let fires_at = a_day + minutes(WITHOUT_TRAFFIC_SECONDS);
        test.expect_quiet(a_day - 30, ALL);
        let fires =
            self.all.iter().map(|measured| measured.without_traffic().fired(&Labels::new(), 0.0));
        test.expect(fires_at, WITHOUT_TRAFFIC, fires.collect());
        test.expect_quiet(fires_at, [FAST, SLOWLY, ABSENT, GOOD_EXCEEDS_VALID]);
        // No rate of nothing: neither NaN nor infinity.
        for measured in self.all {
            test.queries.extend(WINDOWS.map(|(window, _)| QueryTest {
                expr: measured.burn(window).to_string(),
                eval_time: format!("{fires_at}m"),
                exp_samples: Vec::new(),
            }));
        }
        test
    }

    /// The series of good and valid jobs of all handlers.
    fn series(&self, values: impl Fn(&Measured<'_>) -> [String; 2]) -> Vec<InputSeries> {
        let of = |measured: &Measured<'_>| {
            let [good, valid] = values(measured);
            measured.source.series(good, valid, None)
        };
        self.all.iter().flat_map(of).collect()
    }

    /// The alerts of a name that fire, with the burn rates that they show.
    fn fired(
        &self,
        alert: &str,
        rate: impl Fn(&Measured<'_>, &Burn) -> Option<f64>,
    ) -> Vec<ExpectedAlert> {
        let mut fires = Vec::new();
        for measured in self.all {
            for burn in measured.burns().filter(|burn| burn.alert == alert) {
                if let Some(rate) = rate(measured, &burn) {
                    let alert = measured.burns_alert(&burn);
                    fires.push(alert.fired(&Labels::new(), rate));
                }
            }
        }
        fires
    }
}

impl Measured<'_> {
    /// A burn rate below all factors, or between a factor and the next one, counted from the lowest
    /// one. Beyond the highest one that the target has: the highest step.
    fn level(&self, step: usize) -> f64 {
        let mut factors: Vec<_> = self.burns().map(|burn| burn.factor).collect();
        factors.reverse();
        factors.push(highest(self.objective.target));
        match step.min(factors.len() - 1) {
            0 => factors[0] / 2.0,
            step => f64::midpoint(factors[step - 1], factors[step]),
        }
    }

    /// Good and valid jobs for a minute, enough for each window.
    #[expect(clippy::cast_precision_loss, reason = "nobody declares so many jobs")]
    fn per_minute(&self, burn: f64) -> (f64, f64) {
        let valid = self.min_events().max(10) as f64;
        (valid * (1.0 - burn * (1.0 - self.objective.target)), valid)
    }

    /// The burn rate over a window of minutes, so many minutes after jobs are good again.
    #[expect(clippy::cast_precision_loss, reason = "a window has at most 4320 minutes")]
    fn rate_after_recovery(&self, window: u64, good_minutes: u64) -> f64 {
        let bad = window.saturating_sub(good_minutes).min(BAD_MINUTES);
        let all = window.min(BAD_MINUTES + good_minutes);
        bad as f64 / all as f64 * highest(self.objective.target)
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody declares so many jobs")]
fn half(events: u64) -> f64 {
    events as f64 / 2.0
}
