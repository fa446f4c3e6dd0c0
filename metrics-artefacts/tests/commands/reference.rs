//! JSON Schemas of other projects, which are not part of this one.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The judge of a schema of another project, as [`document`] finds it.
pub(crate) fn schema(name: &str) -> Option<jsonschema::Validator> {
    document(name).map(|schema| jsonschema::validator_for(&schema).unwrap())
}

/// A document of the folder that `OSAPI_REFERENCE` names, by default `../shared/reference` beside
/// the repository. `None`, and a line, where it is absent.
///
/// # Panics
///
/// If the document is absent and `OSAPI_REQUIRE_REFERENCE` is 1.
pub(crate) fn document(name: &str) -> Option<serde_json::Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference");
    let folder = env::var_os("OSAPI_REFERENCE").map_or(beside, PathBuf::from);
    let path = folder.join(name);
    let Ok(text) = fs::read_to_string(&path) else {
        let required = env::var_os("OSAPI_REQUIRE_REFERENCE").is_some_and(|value| value == "1");
        assert!(!required, "{} cannot be read", path.display());
        // Past the capture of the test's output, and in one piece among the lines of other tests.
        let line = format!("skipped, for want of {}\n", path.display());
        let _ = io::stderr().write_all(line.as_bytes());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// The judge of a schema.
pub(crate) fn validator(schema: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

/// What a schema has against a document, with the places.
pub(crate) fn violations(
    validator: &jsonschema::Validator,
    document: &serde_json::Value,
) -> Vec<String> {
    let errors = validator.iter_errors(document);
    errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
}
