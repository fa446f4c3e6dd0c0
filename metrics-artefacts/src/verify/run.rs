use std::{collections::BTreeSet, thread};

use osapi_metrics_rules::InstrumentKind;

use super::{
    coverage::{Coverage, MetricCoverage, Share},
    declared::{DeclaredMetric, declared},
    endpoint,
    exposed::Exposed,
    families, labels,
    options::{Percent, Source, VerifyOptions},
    prometheus,
    report::VerifyReport,
    statistics::Statistics,
    values,
};
use crate::{catalogue::Catalogues, finding::Finding};

/// The most sources that are asked at a time.
const AT_A_TIME: usize = 8;

/// The metrics about metrics, which a scrape itself records.
const ABOUT_METRICS: &str = "osapi_metrics_";

/// Asks the sources, which together are a system, and compares what they show with the catalogues.
///
/// ```no_run
/// use osapi_metrics_artefacts::{
///     catalogue::Catalogues,
///     verify::{Source, VerifyOptions, verify},
/// };
///
/// let address = "http://127.0.0.1:9090/metrics";
/// let catalogue = format!("{address}/catalogue").parse().unwrap();
/// let catalogues = Catalogues::load(&[catalogue], None).unwrap();
/// let sources = [Source::Endpoint(address.to_owned())];
/// let report = verify(&catalogues, &sources, &VerifyOptions::default());
/// print!("{}", report.to_text());
/// ```
pub fn verify(
    catalogues: &Catalogues,
    sources: &[Source],
    options: &VerifyOptions,
) -> VerifyReport {
    let metrics = declared(catalogues);
    let (exposed, unchecked) = ask(catalogues, &metrics, sources, options);
    let mut found = Vec::new();
    let mut undeclared = Vec::new();
    for source in &exposed {
        found.extend(families::judge(catalogues, &metrics, source, options));
        found.extend(labels::judge(&metrics, source, options));
        found.extend(values::judge(source));
        let names = families::undeclared(&metrics, source, options);
        undeclared.push(names.into_keys().map(str::to_owned).collect::<BTreeSet<_>>());
    }
    let statistics = Statistics::of(&metrics, &exposed, &undeclared, &found);
    let mut findings: Vec<_> = found.into_iter().map(|advice| advice.finding).collect();
    if !exposed.is_empty() {
        findings.extend(nothing_recorded(&metrics, &exposed));
    }
    let metrics: Vec<_> =
        metrics.iter().map(|metric| MetricCoverage::of(metric, &exposed, options)).collect();
    let coverage = Coverage::of(&metrics);
    if !exposed.is_empty() {
        findings.extend(gate("low-coverage", "metrics", coverage.metrics, options.coverage));
        let of = "closed values";
        let share = coverage.closed_values;
        findings.extend(gate("low-value-coverage", of, share, options.value_coverage));
    }
    VerifyReport { findings, unchecked, answered: exposed.len(), coverage, metrics, statistics }
}

/// What the sources show, and what could not be asked.
fn ask(
    catalogues: &Catalogues,
    metrics: &[DeclaredMetric<'_>],
    sources: &[Source],
    options: &VerifyOptions,
) -> (Vec<Exposed>, Vec<Finding>) {
    let ask = |source: &Source| match source {
        Source::Endpoint(url) => {
            match endpoint::scrape(url, options.timeout, options.token.as_ref()) {
                Ok(exposed) => (Some(exposed), Vec::new()),
                Err(finding) => (None, vec![finding]),
            }
        }
        Source::Prometheus(url) => {
            let (exposed, unchecked) = prometheus::ask(url, catalogues, metrics, options);
            let is_empty = exposed.samples.is_empty() && !unchecked.is_empty();
            ((!is_empty).then_some(exposed), unchecked)
        }
    };
    let (mut shown, mut unchecked) = (Vec::new(), Vec::new());
    for sources in sources.chunks(AT_A_TIME) {
        thread::scope(|scope| {
            let asked: Vec<_> =
                sources.iter().map(|source| scope.spawn(move || ask(source))).collect();
            for (source, asked) in sources.iter().zip(asked) {
                match asked.join() {
                    Ok((exposed, refused)) => {
                        shown.extend(exposed);
                        unchecked.extend(refused);
                    }
                    Err(_) => {
                        let (Source::Endpoint(url) | Source::Prometheus(url)) = source;
                        let problem = "asking it has panicked, which is a mistake of this program";
                        unchecked.push(Finding::new("no-answer", url, problem));
                    }
                }
            }
        });
    }
    (shown, unchecked)
}

/// A run in which nothing was recorded. The metrics about metrics do not count, unless there are no
/// other ones.
fn nothing_recorded(metrics: &[DeclaredMetric<'_>], exposed: &[Exposed]) -> Option<Finding> {
    let about_metrics =
        |metric: &&DeclaredMetric<'_>| metric.prometheus_name().starts_with(ABOUT_METRICS);
    let (about, others): (Vec<_>, Vec<_>) = metrics.iter().partition(about_metrics);
    let counted = if others.is_empty() { about } else { others };
    // A counter that goes up and down stands at 0 from its registration on, and a gauge was set.
    let is_recorded = counted.iter().any(|metric| {
        let samples = exposed.iter().filter_map(|one| one.samples.get(&metric.counted()));
        let is_gauge = matches!(
            metric.kind,
            InstrumentKind::Gauge | InstrumentKind::Info | InstrumentKind::StateSet
        );
        samples.into_iter().any(|samples| samples.is_recorded || is_gauge)
    });
    let remedy = "use the program before it is verified, or check that the addresses are its own";
    (!is_recorded).then(|| {
        Finding::new("nothing-recorded", "verify", "no declared metric was recorded")
            .with_remedy(remedy)
    })
}

/// A share that is lower than it has to be.
fn gate(rule: &'static str, of: &str, share: Share, least: Option<Percent>) -> Option<Finding> {
    let least = least.filter(|least| !share.reaches(*least))?;
    let Share { seen, total } = share;
    let problem = format!("{seen} of {total} {of} were recorded ({share}), and {least} have to be");
    Some(Finding::new(rule, "verify", problem))
}
