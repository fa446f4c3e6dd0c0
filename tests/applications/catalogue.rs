//! The catalogue of each application, which is committed beside it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use osapi_metrics::catalogue::document::{CatalogueDocument, Change};

use crate::application::Application;

/// The variable that has the catalogues written.
const UPDATE: &str = "OSAPI_UPDATE";

/// The differences between the catalogue of the running processes of an application and the
/// committed one, or writes it there.
pub(crate) async fn differences(
    folder: &str,
    processes: impl Iterator<Item = &Application>,
) -> Vec<String> {
    let mut running = CatalogueDocument::default();
    for process in processes {
        let (status, json) = process.get("/metrics/catalogue").await;
        assert_eq!(status, 200, "{folder}: {json}");
        let document = CatalogueDocument::from_json(&json.to_string()).expect("a catalogue");
        join(&mut running, document);
    }
    let file = file(folder);
    if env::var_os(UPDATE).is_some_and(|value| value == "1") {
        fs::write(&file, running.to_json()).expect("the catalogue can be written");
        return Vec::new();
    }
    let changes = running.changes_since(&committed(folder));
    let text = |change: &Change| {
        format!("examples/{folder}/catalogue.json: {change}; `{UPDATE}=1` writes the file")
    };
    changes.iter().map(text).collect()
}

/// The committed catalogue of an application.
pub(crate) fn committed(folder: &str) -> CatalogueDocument {
    let committed = fs::read_to_string(file(folder)).expect("a committed catalogue");
    CatalogueDocument::from_json(&committed).expect("a catalogue")
}

/// The file of the committed catalogue of an application.
pub(crate) fn file(folder: &str) -> PathBuf {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    examples.join(folder).join("catalogue.json")
}

/// Adds what one process declares or uses. Processes of one program have the same declarations, and
/// use different sets of instrumentations.
fn join(all: &mut CatalogueDocument, document: CatalogueDocument) {
    all.schema_version = document.schema_version;
    for set in document.sets {
        if !all.sets.contains(&set) {
            all.sets.push(set);
        }
    }
    all.sets
        .sort_by(|a, b| (&a.package, &a.module, &a.name).cmp(&(&b.package, &b.module, &b.name)));
    (all.jobs, all.dashboards) = (document.jobs, document.dashboards);
}
