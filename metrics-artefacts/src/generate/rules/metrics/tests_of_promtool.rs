//! Tests of the rules with one name of alerts.

use super::{
    super::{
        alert::ExpectedAlert,
        document::{InputSeries, Test},
        duration::minutes,
        series,
    },
    query::{Function, Of, Query},
    simulation::{self, Going, Sample, Simulated},
    watched::Watched,
};

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
    if let Some(scenario) = Scenario::find(all, first, false) {
        add("on this side of the threshold", &scenario);
    }
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
            let of = |watched: &Watched<'a>| simulation::evaluated(&watched.query, &series);
            let is_clear = |watched: &Watched<'_>, sample: &Sample| {
                let limit = watched.threshold.value;
                is_exact(watched, sample.1)
                    || (sample.1 - limit).abs() > 1e-6 * limit.abs().max(1e-3)
            };
            let samples: Vec<_> = all.iter().map(|watched| (watched, of(watched))).collect();
            let all_are_clear = samples.iter().all(|(watched, samples)| {
                samples.iter().all(|sample| sample.1.is_finite() && is_clear(watched, sample))
            });
            let own = of(watched);
            let is_wanted = match fires {
                true => own.iter().any(|(_, value)| watched.is_beyond(*value)),
                false => {
                    let mut samples = samples.iter();
                    !own.is_empty()
                        && samples.all(|(watched, samples)| {
                            samples.iter().all(|(_, value)| !watched.is_beyond(*value))
                        })
                }
            };
            let fires = samples.iter().flat_map(|(watched, samples)| {
                let beyond = samples.iter().filter(|(_, value)| watched.is_beyond(*value));
                beyond.map(|(labels, value)| watched.alert.fired(labels, *value))
            });
            let fires = fires.collect();
            (all_are_clear && is_wanted).then_some(Self { series, fires })
        })
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
