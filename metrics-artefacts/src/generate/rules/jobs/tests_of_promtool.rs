//! Tests of the rules of handlers. A test has the series of all handlers, because each test
//! evaluates all rules of the file.

use super::{
    super::{
        alert::ExpectedAlert,
        document::{InputSeries, Test},
        labels::Labels,
        series::{self, Course},
    },
    alerts::{Alerts, DEAD_LETTERED, FAIL, NEVER_SUCCEED, STUCK, WAIT, WAIT_QUANTILE},
};

const ALL: [&str; 5] = [FAIL, STUCK, WAIT, DEAD_LETTERED, NEVER_SUCCEED];

/// Long enough for each alert but that of a day without success.
const MINUTES: u64 = 40;

/// The tests that step through minutes, and those that step through half hours.
pub(super) fn tests(all: &[Alerts<'_>]) -> (Vec<Test>, Vec<Test>) {
    let all = Handlers(all);
    let mut tests = vec![
        all.everything("all that can be wrong is wrong", Course::Grows),
        all.everything("counters start anew while all is wrong", Course::Restarts),
        all.nothing("all is well", Course::Grows),
        all.nothing("counters start anew while all is well", Course::Restarts),
        all.few_jobs(),
        all.recovery(),
    ];
    let mut absence = Test::new("no series at all", Vec::new());
    absence.expect_quiet(MINUTES, ALL);
    tests.push(absence);
    let slow_tests = vec![
        all.long_ago("jobs fail, and the last success is long ago", true),
        all.long_ago("the last failures are long ago", false),
        all.never("jobs fail, and none succeeds", 0.0, None),
        all.never("jobs fail, and others succeed", 1.0, None),
        all.never("jobs fail, and one has succeeded before", 0.0, Some(3600)),
    ];
    (tests, slow_tests)
}

struct Handlers<'a>(&'a [Alerts<'a>]);

impl Handlers<'_> {
    /// Half of the jobs fail, the oldest one is too old, the others wait, jobs are given up.
    fn everything(&self, name: &str, course: fn(f64) -> Course) -> Test {
        let series = self.0.iter().flat_map(|handler| {
            let values = |step| course(step).values(MINUTES);
            let mut series = handler.ends(&values(6.0), &values(6.0));
            series.extend(handler.oldest(2.0, MINUTES));
            series.extend(handler.waits(true, &|per_minute| course(per_minute).values(MINUTES)));
            series.extend(handler.given_up(&values(1.0)));
            series
        });
        let mut test = Test::new(name, series.collect());
        let none = Labels::new();
        let mut expect = |name, of: &dyn Fn(&Alerts<'_>) -> Option<ExpectedAlert>| {
            test.expect(MINUTES, name, self.0.iter().filter_map(of).collect());
        };
        expect(FAIL, &|handler| Some(handler.fail.as_ref()?.fired(&none, 0.5)));
        expect(STUCK, &|handler| {
            let (alert, _, limit) = handler.stuck.as_ref()?;
            Some(alert.fired(&none, 2.0 * limit))
        });
        expect(WAIT, &|handler| {
            let (alert, metric) = handler.wait.as_ref()?;
            let bucket = metric.boundaries.len() - 1;
            let wait = series::quantile_in(&metric.boundaries, bucket, WAIT_QUANTILE);
            Some(alert.fired(&none, wait))
        });
        expect(DEAD_LETTERED, &|handler| {
            Some(handler.dead_lettered.as_ref()?.0.fired(&none, 15.0))
        });
        test.expect_quiet(MINUTES, [NEVER_SUCCEED]);
        test
    }

    /// One job of a hundred fails, the oldest one is young, nothing waits, nothing is given up.
    fn nothing(&self, name: &str, course: fn(f64) -> Course) -> Test {
        let series = self.0.iter().flat_map(|handler| {
            let values = |step| course(step).values(MINUTES);
            let mut series = handler.ends(&values(0.1), &values(9.9));
            series.extend(handler.oldest(0.5, MINUTES));
            series.extend(handler.waits(false, &|per_minute| course(per_minute).values(MINUTES)));
            series.extend(handler.given_up(&values(0.0)));
            series
        });
        let mut test = Test::new(name, series.collect());
        test.expect_quiet(MINUTES, ALL);
        test
    }

    /// Four jobs, all bad.
    fn few_jobs(&self) -> Test {
        let jobs = |per_minute: f64| format!("0x5 {}x{MINUTES}", 4.0 * per_minute.min(1.0));
        let series = self.0.iter().flat_map(|handler| {
            let mut series = handler.ends(&jobs(1.0), &jobs(0.0));
            series.extend(handler.waits(true, &jobs));
            series
        });
        let mut test = Test::new("few jobs fire nothing", series.collect());
        // While the jobs are in the window, and later.
        for minute in [19, MINUTES] {
            test.expect_quiet(minute, ALL);
        }
        test
    }

    /// All is wrong, and then well for longer than the windows.
    fn recovery(&self) -> Test {
        let after = 20;
        let of = |wrong: f64, well: f64| {
            let first = wrong * 41.0 + well;
            format!("0+{wrong}x{MINUTES} {first}+{well}x{after}")
        };
        let series = self.0.iter().flat_map(|handler| {
            let mut series = handler.ends(&of(6.0, 0.0), &of(6.0, 12.0));
            if let Some((_, metric)) = &handler.wait {
                let labels = handler.handler.series_labels(metric, &[]);
                let bucket = metric.boundaries.len() - 1;
                let late = |step: f64| of(step, 10.0);
                series.extend(series::histogram(metric, &labels, bucket, 10.0, late));
            }
            series.extend(handler.given_up(&of(1.0, 0.0)));
            series
        });
        let mut test = Test::new("all is well again", series.collect());
        test.expect_quiet(MINUTES + after, ALL);
        test
    }

    /// Jobs that have failed for more than a day, with a success at its beginning; or jobs that
    /// failed at its beginning, and none since then.
    fn long_ago(&self, name: &str, fails_still: bool) -> Test {
        let (before, minutes) = (30, 26 * 60);
        let now = format!("0+1x{minutes}");
        let then = format!("0+1x{before} {before}x{minutes}");
        let series = self.0.iter().flat_map(|handler| {
            let mut series = if fails_still {
                handler.ends(&now, &then)
            } else {
                handler.ends(&then, &format!("0x{minutes}"))
            };
            series.extend(handler.succeeded_at(before * 60, minutes));
            series
        });
        let mut test = Test::new(name, series.collect());
        let fires = self.0.iter().filter(|_| fails_still);
        let fires = fires
            .filter_map(|handler| Some(handler.never_succeed.as_ref()?.fired(&Labels::new(), 0.0)));
        test.expect(minutes, NEVER_SUCCEED, fires.collect());
        test
    }

    /// Jobs that fail for hours, with so many that complete each minute, and with the time of the
    /// last success if there was one.
    fn never(&self, name: &str, completed: f64, last_success: Option<u64>) -> Test {
        let minutes = 300;
        let series = self.0.iter().flat_map(|handler| {
            let values = |step| Course::Grows(step).values(minutes);
            let mut series = handler.ends(&values(1.0), &values(completed));
            series.extend(last_success.and_then(|seconds| handler.succeeded_at(seconds, minutes)));
            series
        });
        let mut test = Test::new(name, series.collect());
        let fires = self.0.iter().filter(|handler| {
            completed == 0.0 && (last_success.is_none() || handler.last_success.is_none())
        });
        let fires = fires
            .filter_map(|handler| Some(handler.never_succeed.as_ref()?.fired(&Labels::new(), 0.0)));
        // The process is too young.
        test.expect_quiet(60, [NEVER_SUCCEED]);
        test.expect(240, NEVER_SUCCEED, fires.collect());
        test
    }
}

impl Alerts<'_> {
    /// The counters of ends with these values.
    fn ends(&self, failed: &str, completed: &str) -> Vec<InputSeries> {
        let Some(outcomes) = &self.outcomes else { return Vec::new() };
        let first = outcomes.failed.first().map(|counted| counted.series(failed.to_owned()));
        first.into_iter().chain([outcomes.completed.series(completed.to_owned())]).collect()
    }

    /// The time of the last success, in seconds.
    fn succeeded_at(&self, seconds: u64, minutes: u64) -> Option<InputSeries> {
        let metric = self.last_success?;
        let labels = self.handler.series_labels(metric, &[]);
        let values = format!("{seconds}x{minutes}");
        Some(series::series(&metric.prometheus_name, &labels, values))
    }

    /// The age of the oldest job, in multiples of what it may be.
    fn oldest(&self, times: f64, minutes: u64) -> Option<InputSeries> {
        let (_, metric, limit) = self.stuck.as_ref()?;
        let labels = self.handler.series_labels(metric, &[]);
        let values = format!("{}x{minutes}", times * limit);
        Some(series::series(&metric.prometheus_name, &labels, values))
    }

    /// Ten jobs a minute that wait too long, or hardly.
    fn waits(&self, too_long: bool, course: &dyn Fn(f64) -> String) -> Vec<InputSeries> {
        let Some((_, metric)) = &self.wait else { return Vec::new() };
        let bucket = if too_long { metric.boundaries.len() - 1 } else { 0 };
        let labels = self.handler.series_labels(metric, &[]);
        series::histogram(metric, &labels, bucket, 10.0, course)
    }

    fn given_up(&self, values: &str) -> Option<InputSeries> {
        let (_, metric) = self.dead_lettered.as_ref()?;
        let labels = self.handler.series_labels(metric, &[]);
        Some(series::series(&metric.prometheus_name, &labels, values))
    }
}
