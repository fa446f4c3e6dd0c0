//! JSON Schemas of other projects, which are not part of this one.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A schema of the folder that `OSAPI_REFERENCE` names, by default `../shared/reference` beside the
/// repository. `None`, and a line, where it is absent.
///
/// # Panics
///
/// If the schema is absent and `OSAPI_REQUIRE_REFERENCE` is 1.
pub(crate) fn schema(name: &str) -> Option<jsonschema::Validator> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference");
    let folder = env::var_os("OSAPI_REFERENCE").map_or(beside, PathBuf::from);
    let path = folder.join(name);
    let Ok(text) = fs::read_to_string(&path) else {
        let required = env::var_os("OSAPI_REQUIRE_REFERENCE").is_some_and(|value| value == "1");
        assert!(!required, "{} cannot be read", path.display());
        // Past the capture of the test's output.
        let _ = writeln!(io::stderr(), "skipped, for want of {}", path.display());
        return None;
    };
    Some(validator(&text))
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
