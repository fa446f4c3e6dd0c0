//! The page of all metrics, handlers and dashboards: `metrics.md`.
//!
//! ```text
//! declarations ──► headings with anchors ──► contents, sections ──► page
//! ```

mod anchor;
mod dashboard;
mod examples;
mod job;
mod job_examples;
mod metric;
mod page;
mod text;
mod words;

use std::collections::BTreeMap;

use osapi_metrics::catalogue::document::DashboardDocument;

use self::{
    anchor::Anchors,
    page::{Heading, Page},
    text::{address, code, summary, text},
};
use super::{
    artefact::{Artefact, Origin},
    declarations::{self, DeclaredJob, DeclaredSet},
};
use crate::catalogue::Catalogues;

/// The path of the page.
const PATH: &str = "metrics.md";

/// The page.
pub(super) fn artefacts(catalogues: &Catalogues, origin: &Origin) -> Vec<Artefact> {
    let outline = Outline::of(catalogues);
    let mut page = Page::new(origin);
    page.heading(1, &outline.title);
    page.paragraph(INTRODUCTION);
    page.heading(2, &outline.contents);
    page.list(&outline.entries());
    for section in &outline.sets {
        section.write(&mut page, origin);
    }
    if let Some(jobs) = &outline.jobs {
        page.heading(2, jobs);
        page.paragraph(
            "Functions with `#[instrumented_job]`. Each call is a job: it starts, and ends once.",
        );
    }
    for (job, heading) in &outline.of_jobs {
        job::write(&mut page, job, heading, outline.set_of(job));
    }
    if let Some(dashboards) = &outline.dashboards {
        page.heading(2, dashboards);
    }
    let metrics = outline.metrics();
    for (dashboard, heading) in &outline.of_dashboards {
        dashboard::write(&mut page, dashboard, heading, &metrics);
    }
    vec![Artefact::new(PATH, page.into_markdown())]
}

const INTRODUCTION: &str = "\
The queries are for a Prometheus that scrapes the programs, or that gets their pushes. A rate needs \
two scrapes within its window. A share or a mean is `NaN` while nothing happens, and a counter with \
labels has no series before its first use, unless its values are known when the program starts.";

/// The headings of the page, in their order.
struct Outline<'a> {
    title: Heading,
    contents: Heading,
    sets: Vec<Section<'a>>,
    jobs: Option<Heading>,
    of_jobs: Vec<(DeclaredJob<'a>, Heading)>,
    dashboards: Option<Heading>,
    of_dashboards: Vec<(&'a DashboardDocument, Heading)>,
}

/// The section of a set.
struct Section<'a> {
    declared: DeclaredSet<'a>,
    heading: Heading,
    /// The heading of each metric.
    metrics: Vec<Heading>,
}

impl Section<'_> {
    fn write(&self, page: &mut Page, origin: &Origin) {
        let Section { declared: DeclaredSet { set, metrics, programs }, heading, .. } = self;
        page.heading(2, heading);
        page.paragraph(&text(&set.description));
        if let Some(runbook) = &set.runbook {
            page.paragraph(&format!("When an alert fires: {}.", address(runbook)));
        }
        if origin.catalogues.len() > 1 {
            let names = programs.iter().filter_map(|program| origin.catalogues.get(*program));
            let names: Vec<_> = names.map(|name| code(name)).collect();
            page.paragraph(&format!("In the catalogues {}.", names.join(", ")));
        }
        for (declared, heading) in metrics.iter().zip(&self.metrics) {
            metric::write(page, declared, heading);
        }
    }
}

impl<'a> Outline<'a> {
    fn of(catalogues: &'a Catalogues) -> Self {
        let mut anchors = Anchors::default();
        let anchors = &mut anchors;
        let title = Heading::of_words("Reference of metrics", anchors);
        let contents = Heading::of_words("At a glance", anchors);
        let mut sets = Vec::new();
        for declared in declarations::sets(catalogues) {
            if declared.metrics.is_empty() {
                continue;
            }
            // Two words, so that the anchor is that of no metric.
            let words = format!("{} of {}", declared.set.name, declared.set.package);
            let heading = Heading::of_words(&words, anchors);
            let names = declared.metrics.iter().map(|declared| &declared.metric.prometheus_name);
            let metrics = names.map(|name| Heading::of_name(name, anchors)).collect();
            sets.push(Section { declared, heading, metrics });
        }
        let jobs = declarations::jobs(catalogues);
        let of_all = (!jobs.is_empty()).then(|| Heading::of_words("Instrumented jobs", anchors));
        let of_jobs = jobs.into_iter().map(|job| {
            let heading = Heading::of_name(&job.job.name, anchors);
            (job, heading)
        });
        let of_jobs = of_jobs.collect();
        let boards = declarations::dashboards(catalogues);
        let dashboards =
            (!boards.is_empty()).then(|| Heading::of_words("Declared dashboards", anchors));
        let of_dashboards = boards
            .into_iter()
            .map(|dashboard| (dashboard, Heading::of_words(&dashboard.title, anchors)));
        let of_dashboards = of_dashboards.collect();
        Self { title, contents, sets, jobs: of_all, of_jobs, dashboards, of_dashboards }
    }

    /// The list of contents.
    fn entries(&self) -> Vec<(usize, String)> {
        let mut entries = Vec::new();
        for Section { declared, heading, metrics } in &self.sets {
            entries.push((0, entry(heading, &declared.set.description)));
            for (declared, heading) in declared.metrics.iter().zip(metrics) {
                entries.push((1, entry(heading, &declared.metric.description)));
            }
        }
        entries.extend(self.jobs.iter().map(|heading| (0, heading.link())));
        entries.extend(self.of_jobs.iter().map(|(_, heading)| (1, heading.link())));
        entries.extend(self.dashboards.iter().map(|heading| (0, heading.link())));
        for (dashboard, heading) in &self.of_dashboards {
            entries.push((1, entry(heading, &dashboard.description)));
        }
        entries
    }

    /// The heading of the set that a handler records in.
    fn set_of(&self, job: &DeclaredJob<'_>) -> Option<&Heading> {
        let set = job.set?;
        let is_set = |section: &&Section<'_>| {
            let declared = section.declared.set;
            (&declared.package, &declared.module, &declared.name)
                == (&set.package, &set.module, &set.name)
        };
        self.sets.iter().find(is_set).map(|section| &section.heading)
    }

    /// The headings of metrics, by OpenTelemetry name.
    fn metrics(&self) -> BTreeMap<&str, Heading> {
        let sets = self.sets.iter();
        let pairs = sets.flat_map(|section| section.declared.metrics.iter().zip(&section.metrics));
        pairs.map(|(declared, heading)| (declared.metric.name.as_str(), heading.clone())).collect()
    }
}

fn entry(heading: &Heading, description: &str) -> String {
    let summary = summary(description);
    if summary.is_empty() { heading.link() } else { format!("{}: {summary}", heading.link()) }
}
