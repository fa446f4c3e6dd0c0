//! Tests of the rules with one name of alerts.

use super::{
    super::{
        alert::ExpectedAlert,
        document::{InputSeries, Test},
        duration::minutes,
        series,
    },
    query::{Function, Of, Query},
    simulation::{self, Going, Simulated},
    watched::Watched,
};

/// The minutes after which an alert has ended: the window of rates, and some.
const AFTER: u64 = 7;

/// Series that make an alert fire, or none, with the alerts that fire.
struct Scenario<'a> {
    series: Vec<Simulated<'a>>,
    fires: Vec<ExpectedAlert>,
}

pub(super) fn tests(all: &[Watched<'_>], notes: &mut Vec<String>) -> Vec<Test> {
    let Some(first) = all.first() else { return Vec::new() };
    let name = &first.alert.name;
    let lasting = all.iter().map(|watched| watched.threshold.lasting_seconds);
    let at = 30 + minutes(lasting.fold(0.0, f64::max));
    // Counters start anew long enough before, so that no alert ends.
    let last = at + 5;
    let mut tests = Vec::new();
    let mut add = |what: &str, scenario: &Scenario<'_>| {
        let goings = [(Going::Steadily, ""), (Going::Anew, ", and counters start anew")];
        for (going, suffix) in goings {
            if going == Going::Anew && !simulation::has_counters(&scenario.series) {
                continue;
            }
            let series = simulation::input(&scenario.series, going, last);
            let mut test = Test::new(format!("{name}: {what}{suffix}"), series);
            test.expect(at, name, scenario.fires.clone());
            tests.push(test);
        }
    };
    for watched in all {
        match Scenario::find(all, watched, true) {
            Some(scenario) => {
                let labels = watched.alert.labels.values().map(String::as_str);
                let labels: Vec<_> = labels.collect();
                add(&format!("beyond the threshold ({})", labels.join(", ")), &scenario);
            }
            None => notes.push(format!(
                "{name} ({}): no values were found that make it fire, so no test shows it.",
                watched.threshold.severity
            )),
        }
    }
    let one_is_missing = Scenario::find(all, first, true).map(|fires| fires.without_one(all));
    for (nth, scenario) in one_is_missing.into_iter().flatten().enumerate() {
        add(&format!("without series {}", nth + 1), &scenario);
    }
    let quiet = Scenario::find(all, first, false);
    if let Some(quiet) = &quiet {
        add("on this side of the threshold", quiet);
    }
    tests.extend(quiet.and_then(|quiet| {
        let fires = Scenario::find(all, first, true)?;
        let series = simulation::changing([&fires.series, &quiet.series], [at, AFTER])?;
        let mut test = Test::new(format!("{name}: it fires, and ends"), series);
        test.expect(at, name, fires.fires);
        test.expect_quiet(at + AFTER, [name.as_str()]);
        Some(test)
    }));
    tests.extend(first_event(all, first));
    let mut absence = Test::new(format!("{name}: no series"), Vec::new());
    absence.expect_quiet(at, [name.as_str()]);
    tests.push(absence);
    tests
}

impl<'a> Scenario<'a> {
    /// Series for which this alert fires, or for which none of the name does.
    fn find(all: &[Watched<'a>], watched: &Watched<'a>, fires: bool) -> Option<Self> {
        let thresholds: Vec<_> = all.iter().map(|watched| watched.threshold.value).collect();
        let mut combinations = simulation::combinations(&watched.query, &thresholds);
        combinations.find_map(|series| {
            let scenario = Self::of(all, series)?;
            let own = simulation::evaluated(&watched.query, &scenario.series);
            let is_wanted = if fires {
                own.iter().any(|(_, value)| watched.is_beyond(*value))
            } else {
                !own.is_empty() && scenario.fires.is_empty()
            };
            is_wanted.then_some(scenario)
        })
    }

    /// These series, with the alerts that fire; `None` if a value is so near to a threshold that
    /// rounding decides.
    fn of(all: &[Watched<'a>], series: Vec<Simulated<'a>>) -> Option<Self> {
        let mut fires = Vec::new();
        for watched in all {
            for (labels, value) in simulation::evaluated(&watched.query, &series) {
                let limit = watched.threshold.value;
                let is_clear = (value - limit).abs() > 1e-6 * limit.abs().max(1e-3);
                if !value.is_finite() || !(is_clear || is_exact(watched, value)) {
                    return None;
                }
                if watched.is_beyond(value) {
                    fires.push(watched.alert.fired(&labels, value));
                }
            }
        }
        Some(Self { series, fires })
    }

    /// The same without one of the series: a label that has not been recorded yet.
    fn without_one(&self, all: &[Watched<'a>]) -> Vec<Self> {
        let without = |nth| {
            let mut series = self.series.clone();
            series.remove(nth);
            (!series.is_empty()).then(|| Self::of(all, series)).flatten()
        };
        (0..self.series.len()).filter_map(without).collect()
    }
}

/// A gauge has the value that the test gives it, nothing counted is exactly nothing, and a quantile
/// beyond the last boundary is this boundary.
fn is_exact(watched: &Watched<'_>, value: f64) -> bool {
    let Query::Of(Of { function, metric, .. }) = &watched.query else { return false };
    match function {
        Function::Latest | Function::Highest | Function::Increase | Function::IncreaseOrNew => true,
        Function::Quantile(_) => metric.boundaries.last() == Some(&value),
        _ => false,
    }
}

/// The first event of an open label: a series that was not there before.
fn first_event(all: &[Watched<'_>], first: &Watched<'_>) -> Option<Test> {
    let Query::Of(of) = &first.query else { return None };
    let lasts = all.iter().any(|watched| watched.threshold.lasting_seconds > 120.0);
    if of.function != Function::IncreaseOrNew || lasts {
        return None;
    }
    let labels = series::labels(of.metric, &of.with);
    let name = &of.metric.prometheus_name;
    let new: InputSeries = series::series(name, &labels, "_x20 3x20");
    let alert = &first.alert.name;
    let mut test = Test::new(format!("{alert}: the first event of a series"), vec![new]);
    test.expect_quiet(19, [alert.as_str()]);
    let fires = all.iter().map(|watched| watched.alert.fired(&labels, 3.0)).collect();
    test.expect(24, alert, fires);
    test.expect_quiet(35, [alert.as_str()]);
    Some(test)
}
