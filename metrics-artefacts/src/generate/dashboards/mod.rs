//! Boards for Grafana, of its classic schema, as its provisioning reads them.
//!
//! ```text
//! metrics.json   every metric, a row for each set
//! jobs.json      jobs by handler, a row for each set that records them
//! TITLE.json     a board for each `dashboard!`
//! ```
//!
//! The data source and the targets are variables, and every selector has the targets.

mod board;
mod declared;
mod job_set;
mod jobs;
mod metrics;
mod panel;
mod set;
mod threshold;
mod unit;

use std::collections::BTreeSet;

use osapi_metrics::catalogue::document::DashboardDocument;

use self::{
    board::{Board, slug},
    set::Set,
};
use super::artefact::{Artefact, Origin};
use crate::catalogue::Catalogues;

/// The boards.
pub(super) fn artefacts(catalogues: &Catalogues, origin: &Origin) -> Vec<Artefact> {
    let sets = Set::all(catalogues);
    let boards = metrics::board(&sets).into_iter().chain(jobs::board(&sets));
    let declared = declared(catalogues).into_iter();
    let boards = boards.chain(declared.filter_map(|board| declared::board(catalogues, board)));

    let programs = programs(&sets);
    let mut slugs = BTreeSet::new();
    let artefact = |mut board: Board| {
        let slug = free(&mut slugs, &slug(&board.title));
        let parts = [board.description.trim(), &origin.marker()];
        board.description =
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        Artefact::new(format!("dashboards/{slug}.json"), board.to_json(&slug, &programs))
    };
    boards.map(artefact).collect()
}

/// The declared boards. Two programs with a library that declares one have it once.
fn declared(catalogues: &Catalogues) -> Vec<&DashboardDocument> {
    let mut boards: Vec<&DashboardDocument> = Vec::new();
    for board in catalogues.documents().iter().flat_map(|document| &document.dashboards) {
        if !boards.contains(&board) {
            boards.push(board);
        }
    }
    boards
}

/// The packages of the programs' own sets.
fn programs(sets: &[Set<'_>]) -> String {
    let own = sets.iter().filter(|set| !set.is_of_framework());
    let packages: BTreeSet<_> = own.map(|set| set.document.package.as_str()).collect();
    packages.into_iter().collect::<Vec<_>>().join(" ")
}

/// The name, or with a number behind it if another board has the name.
fn free(taken: &mut BTreeSet<String>, name: &str) -> String {
    let numbered = (2_u32..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    // One of the names is always free.
    let free = names.find(|name| taken.insert(name.clone()));
    free.unwrap_or_else(|| name.to_owned())
}
