//! The page of all metrics, handlers and dashboards: `metrics.md`.
//!
//! ```text
//! declarations ──► outline: headings with anchors ──► contents, sections ──► page
//! ```

mod anchor;
mod blocks;
mod dashboard;
mod examples;
mod job;
mod job_examples;
mod metric;
mod outline;
mod page;
mod text;
mod words;

use self::{outline::Outline, page::Page};
use super::artefact::{Artefact, Origin};
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
