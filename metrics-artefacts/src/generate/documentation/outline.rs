use std::collections::BTreeMap;

use osapi_metrics::catalogue::document::DashboardDocument;

use super::{
    anchor::Anchors,
    blocks::blocks,
    metric,
    page::{Heading, Page},
    text::{address, code, summary, text},
};
use crate::{
    catalogue::Catalogues,
    generate::{
        artefact::Origin,
        declarations::{self, DeclaredJob, DeclaredSet},
    },
};

/// The headings of the page, in their order.
pub(super) struct Outline<'a> {
    pub(super) title: Heading,
    pub(super) contents: Heading,
    pub(super) sets: Vec<Section<'a>>,
    pub(super) jobs: Option<Heading>,
    pub(super) of_jobs: Vec<(DeclaredJob<'a>, Heading)>,
    pub(super) dashboards: Option<Heading>,
    pub(super) of_dashboards: Vec<(&'a DashboardDocument, Heading)>,
}

/// The section of a set.
pub(super) struct Section<'a> {
    declared: DeclaredSet<'a>,
    heading: Heading,
    /// The heading of each metric.
    metrics: Vec<Heading>,
}

impl Section<'_> {
    pub(super) fn write(&self, page: &mut Page, origin: &Origin) {
        let Section { declared: DeclaredSet { set, metrics, programs }, heading, .. } = self;
        page.heading(2, heading);
        page.paragraph(&text(&set.description));
        for block in blocks(&set.details) {
            page.paragraph(&block);
        }
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
    pub(super) fn of(catalogues: &'a Catalogues) -> Self {
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
    pub(super) fn entries(&self) -> Vec<(usize, String)> {
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
    pub(super) fn set_of(&self, job: &DeclaredJob<'_>) -> Option<&Heading> {
        let set = job.set?;
        let is_set = |section: &&Section<'_>| {
            let declared = section.declared.set;
            (&declared.package, &declared.module, &declared.name)
                == (&set.package, &set.module, &set.name)
        };
        self.sets.iter().find(is_set).map(|section| &section.heading)
    }

    /// The headings of metrics, by OpenTelemetry name.
    pub(super) fn metrics(&self) -> BTreeMap<&str, Heading> {
        let sets = self.sets.iter();
        let pairs = sets.flat_map(|section| section.declared.metrics.iter().zip(&section.metrics));
        pairs.map(|(declared, heading)| (declared.metric.name.as_str(), heading.clone())).collect()
    }
}

fn entry(heading: &Heading, description: &str) -> String {
    let summary = summary(description);
    if summary.is_empty() { heading.link() } else { format!("{}: {summary}", heading.link()) }
}
