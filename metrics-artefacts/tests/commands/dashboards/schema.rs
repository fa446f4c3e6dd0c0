//! The boards by Grafana's own JSON Schemas, which are not part of this project.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use jsonschema::Validator;
use serde_json::Value;

use super::{QUEUE, SHOP, boards, panels};

/// A schema of the folder that `OSAPI_REFERENCE` names, by default `../shared/reference` beside the
/// repository. `None`, and a line, where it is absent, unless `OSAPI_REQUIRE_REFERENCE` is 1.
fn schema(name: &str) -> Option<Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference");
    let folder = env::var_os("OSAPI_REFERENCE").map_or(beside, PathBuf::from);
    let path = folder.join("grafana").join(format!("{name}.jsonschema.json"));
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

/// The judge of one definition of a schema.
fn definition(schema: &Value, name: &str) -> Validator {
    let mut schema = schema.clone();
    schema["$ref"] = format!("#/definitions/{name}").into();
    jsonschema::validator_for(&schema).unwrap()
}

/// Fails with what a schema has against a value.
fn judge(validator: &Validator, value: &Value, what: &str) {
    let errors = validator.iter_errors(value);
    let errors: Vec<_> =
        errors.map(|error| format!("{what}{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn boards_are_valid_by_the_schema_of_boards() {
    let Some(schema) = schema("dashboard") else { return };
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (path, board) in boards(&[SHOP, QUEUE]) {
        judge(&validator, &board, &path);
        let mut wrong = board;
        wrong["__inputs"] = Value::Array(Vec::new());
        assert!(!validator.is_valid(&wrong), "{path}");
    }
}

#[test]
fn panels_are_valid_by_the_schemas_of_their_plugins() {
    let mut kinds = Vec::new();
    for (plugin, file, has_fields) in [
        ("timeseries", "timeseries", true),
        ("gauge", "gauge", false),
        ("stat", "stat", false),
        ("state-timeline", "statetimeline", true),
        ("heatmap", "heatmap", true),
    ] {
        let Some(schema) = schema(file) else { return };
        let fields = has_fields.then(|| definition(&schema, "FieldConfig"));
        kinds.push((plugin, definition(&schema, "Options"), fields, 0));
    }
    for (path, board) in boards(&[SHOP, QUEUE]) {
        for panel in panels(&board) {
            let kind = kinds.iter_mut().find(|(plugin, ..)| panel["type"] == *plugin);
            let (_, options, fields, seen) = kind.unwrap();
            let what = format!("{path}: {}", panel["title"]);
            judge(options, &panel["options"], &what);
            let custom = &panel["fieldConfig"]["defaults"]["custom"];
            match fields {
                Some(fields) => judge(fields, custom, &what),
                None => assert_eq!(*custom, serde_json::json!({}), "{what}"),
            }
            *seen += 1;
        }
    }
    for (plugin, _, _, seen) in kinds {
        assert!(seen > 0, "no panel is a {plugin}");
    }
}

#[test]
fn targets_are_valid_by_the_schema_of_queries() {
    let Some(schema) = schema("prometheus") else { return };
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (path, board) in boards(&[SHOP, QUEUE]) {
        for panel in panels(&board) {
            for target in panel["targets"].as_array().unwrap() {
                judge(&validator, target, &format!("{path}: {}", panel["title"]));
            }
        }
    }
}

#[test]
fn units_are_those_of_grafana() {
    let Some(schema) = schema("units") else { return };
    let units = schema["definitions"].as_object().unwrap().values();
    let units: Vec<_> = units.map(|unit| unit["const"].as_str().unwrap()).collect();
    for (path, board) in boards(&[SHOP, QUEUE]) {
        for panel in panels(&board) {
            let unit = panel["fieldConfig"]["defaults"]["unit"].as_str().unwrap();
            assert!(units.contains(&unit), "{path}: {}: {unit}", panel["title"]);
        }
    }
}
