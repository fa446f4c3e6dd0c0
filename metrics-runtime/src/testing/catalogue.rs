use std::{env, fs, path::Path};

use crate::{
    core::catalogue::Catalogue,
    document::{CatalogueDocument, Change},
};

/// The variable that has the file written.
const UPDATE: &str = "OSAPI_UPDATE";

/// Fails unless a committed file has the catalogue of the program, so that a metric that is renamed
/// or removed shows in a review, and tools that read the file know what the program declares.
///
/// The path is relative to the root of the package, where tests run. `OSAPI_UPDATE=1 cargo test`
/// writes the file. Lines of source files are not compared.
///
/// The catalogue has the sets that are linked into the test, so the test stands where the program's
/// sets are: in the `tests` folder of a library, or in a binary crate itself. Of the sets that come
/// with instrumentations it has those that are used by then; naming them is enough, as in
/// `HttpServerMetrics::global()`. Sets that are declared in tests are in it too, so a test that
/// declares sets stands in another test program.
///
/// ```no_run
/// use osapi_metrics::testing;
///
/// # /* A test is not run here:
/// #[test]
/// # */
/// fn the_catalogue_is_committed() {
///     testing::assert_catalogue("catalogue.json");
/// }
/// ```
///
/// # Panics
///
/// If the file cannot be read or written, is not a catalogue, or differs. The message has each
/// difference with its grade. If declarations of the program conflict, with the conflicts.
#[track_caller]
pub fn assert_catalogue(path: impl AsRef<Path>) {
    let path = path.as_ref();
    let document = match Catalogue::linked() {
        Ok(catalogue) => catalogue.document(),
        Err(conflicts) => panic!("{conflicts}"),
    };
    let is_update = env::var_os(UPDATE).is_some_and(|value| value == "1");
    let result = if is_update { write(path, &document) } else { compare(path, &document) };
    if let Err(mistake) = result {
        panic!("{}: {mistake}", path.display());
    }
}

fn write(path: &Path, document: &CatalogueDocument) -> Result<(), String> {
    fs::write(path, document.to_json()).map_err(|error| format!("it cannot be written: {error}"))
}

fn compare(path: &Path, document: &CatalogueDocument) -> Result<(), String> {
    const REMEDY: &str = "`OSAPI_UPDATE=1 cargo test` writes the catalogue of the program";

    let json = fs::read_to_string(path);
    let json = json.map_err(|error| format!("it cannot be read: {error}; {REMEDY}"))?;
    let committed = CatalogueDocument::from_json(&json);
    let committed = committed.map_err(|error| format!("{error}; {REMEDY}"))?;
    let changes = document.changes_since(&committed);
    if changes.is_empty() {
        return Ok(());
    }
    let listed = |change: &Change| format!("\n    {}: {change}", change.grade);
    let listed: String = changes.iter().map(listed).collect();
    Err(format!("the program declares something else:{listed}\n{REMEDY}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(json: &str) -> CatalogueDocument {
        CatalogueDocument::from_json(json).unwrap()
    }

    fn named(name: &str) -> CatalogueDocument {
        document(&format!(
            r#"{{"schema_version": 1, "sets": [{{"name": "Shop", "package": "shop", "metrics": [
                {{"name": "{name}", "prometheus_name": "{name}", "kind": "counter"}}
            ]}}]}}"#
        ))
    }

    #[test]
    fn a_written_catalogue_is_true_until_a_metric_is_renamed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalogue.json");
        let absent = compare(&path, &named("orders_total")).unwrap_err();
        assert!(absent.contains("it cannot be read") && absent.contains("OSAPI_UPDATE=1"));

        write(&path, &named("orders_total")).unwrap();
        compare(&path, &named("orders_total")).unwrap();
        assert_eq!(
            compare(&path, &named("sales_total")).unwrap_err(),
            "the program declares something else:\n    breaking: metric `orders_total` is gone\n    \
             compatible: metric `sales_total` is new\n`OSAPI_UPDATE=1 cargo test` writes the \
             catalogue of the program"
        );
    }

    #[test]
    fn a_file_that_is_no_catalogue_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalogue.json");
        for (json, expected) in [
            ("", "it is not a catalogue: "),
            (r#"{"schema_version": 9}"#, "it has the schema version 9"),
        ] {
            fs::write(&path, json).unwrap();
            let mistake = compare(&path, &named("orders_total")).unwrap_err();
            assert!(mistake.starts_with(expected), "{mistake}");
        }
        let nowhere = folder.path().join("absent/catalogue.json");
        assert!(write(&nowhere, &named("orders_total")).unwrap_err().contains("cannot be written"));
    }
}
