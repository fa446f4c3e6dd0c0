//! The boards, also those of the applications, by Grafana's own JSON Schemas, which are not part of
//! this project.

use jsonschema::Validator;
use serde_json::Value;

use super::{all_boards, panels};
use crate::reference;

fn schema(name: &str) -> Option<Value> {
    reference::document(&format!("grafana/{name}.jsonschema.json"))
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
    for (path, board) in all_boards() {
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
    for (path, board) in all_boards() {
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
    for (path, board) in all_boards() {
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
    for (path, board) in all_boards() {
        for panel in panels(&board) {
            let unit = panel["fieldConfig"]["defaults"]["unit"].as_str().unwrap();
            assert!(units.contains(&unit), "{path}: {}: {unit}", panel["title"]);
        }
    }
}
