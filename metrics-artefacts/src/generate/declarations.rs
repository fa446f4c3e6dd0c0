use std::collections::{BTreeMap, BTreeSet};

use osapi_metrics::catalogue::document::{
    CatalogueDocument, DashboardDocument, JobDocument, MetricDocument, SetDocument,
};

use crate::catalogue::Catalogues;

/// The package whose sets come last: a reader looks for the metrics of the programs first.
pub(super) const FRAMEWORK: &str = "osapi-metrics";

/// A set, once, however many programs declare it.
#[derive(Debug)]
pub(super) struct DeclaredSet<'a> {
    pub(super) set: &'a SetDocument,
    /// The metrics that no set before this one has.
    pub(super) metrics: Vec<DeclaredMetric<'a>>,
    /// The programs, by their places among the catalogues.
    pub(super) programs: BTreeSet<usize>,
}

/// A metric, once, however many programs and sets declare it.
#[derive(Debug)]
pub(super) struct DeclaredMetric<'a> {
    pub(super) metric: &'a MetricDocument,
    /// The other declarations of the name, in other sets or programs.
    pub(super) others: Vec<(&'a SetDocument, &'a MetricDocument)>,
    /// The labels that distinguish series with different boundaries.
    pub(super) of_boundaries: Vec<&'a str>,
}

/// A handler, once, with the set that its jobs are recorded in.
#[derive(Debug)]
pub(super) struct DeclaredJob<'a> {
    pub(super) job: &'a JobDocument,
    /// The set, if the catalogue has it.
    pub(super) set: Option<&'a SetDocument>,
}

type SetKey<'a> = (bool, &'a str, &'a str, &'a str);

/// The sets of all programs, sorted by package, module and name, those of the framework last.
pub(super) fn sets(catalogues: &Catalogues) -> Vec<DeclaredSet<'_>> {
    let mut sets: BTreeMap<SetKey<'_>, (BTreeSet<usize>, Vec<&SetDocument>)> = BTreeMap::new();
    for (program, document) in catalogues.documents().iter().enumerate() {
        for set in &document.sets {
            let key = (
                set.package == FRAMEWORK,
                set.package.as_str(),
                set.module.as_str(),
                set.name.as_str(),
            );
            let (programs, declared) = sets.entry(key).or_default();
            programs.insert(program);
            declared.push(set);
        }
    }
    let mut declared: Vec<DeclaredSet<'_>> = Vec::new();
    let mut places: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (programs, same) in sets.into_values() {
        let nth = declared.len();
        declared.push(DeclaredSet { set: same[0], metrics: Vec::new(), programs });
        for set in same {
            for metric in &set.metrics {
                match places.get(metric.prometheus_name.as_str()) {
                    Some(&(of_set, place)) => {
                        declared[of_set].metrics[place].others.push((set, metric));
                    }
                    None => {
                        let metrics = &mut declared[nth].metrics;
                        places.insert(&metric.prometheus_name, (nth, metrics.len()));
                        let of_boundaries = catalogues.labels_of_boundaries(metric);
                        metrics.push(DeclaredMetric { metric, others: Vec::new(), of_boundaries });
                    }
                }
            }
        }
    }
    declared
}

/// The handlers of all programs, sorted by name.
pub(super) fn jobs(catalogues: &Catalogues) -> Vec<DeclaredJob<'_>> {
    let mut jobs = BTreeMap::new();
    for document in catalogues.documents() {
        for job in &document.jobs {
            let key = (&job.name, &job.set_package, &job.set, &job.labels);
            jobs.entry(key).or_insert_with(|| DeclaredJob { job, set: set_of(document, job) });
        }
    }
    jobs.into_values().collect()
}

/// The dashboards of all programs, sorted by title.
pub(super) fn dashboards(catalogues: &Catalogues) -> Vec<&DashboardDocument> {
    let mut dashboards = BTreeMap::new();
    for document in catalogues.documents() {
        for dashboard in &document.dashboards {
            let source = &dashboard.source;
            dashboards.entry((&dashboard.title, &source.file, source.line)).or_insert(dashboard);
        }
    }
    dashboards.into_values().collect()
}

fn set_of<'a>(document: &'a CatalogueDocument, job: &JobDocument) -> Option<&'a SetDocument> {
    document.sets.iter().find(|set| set.name == job.set && set.package == job.set_package)
}
