//! The files and the runtime, held against the schema of the format.

use std::{collections::BTreeMap, fs, path::Path};

use osapi_metrics::config::{Environment, MetricsConfig};
use serde_json::{Value, json};

use super::{GRPC, HTTP, reference};

const SCHEMA: &str = "otel-configuration.schema.json";

/// The file that the reference shows.
fn documented() -> &'static str {
    let reference = include_str!("../../../metrics-runtime/src/config/reference.md");
    let blocks = reference.split("```yaml\n").skip(1);
    let mut files = blocks.filter(|block| block.starts_with("file_format"));
    files.next().unwrap().split("```").next().unwrap()
}

fn read(folder: &Path, file: &str) -> Result<MetricsConfig, String> {
    let path = folder.join("otel.yaml");
    fs::write(&path, file).unwrap();
    let environment = Environment::from_iter([("OTEL_CONFIG_FILE", path)]);
    MetricsConfig::default().with_environment(&environment).map_err(|error| error.to_string())
}

#[test]
fn the_examples_are_valid() {
    let Some(schema) = reference::schema(SCHEMA) else { return };
    let folder = tempfile::tempdir().unwrap();
    for file in [HTTP, GRPC, documented()] {
        // The schema is for files after substitution.
        let file = file
            .replace("${SERVICE:-painter}", "painter")
            .replace("${COLLECTOR:-http://localhost:4318}", "http://localhost:4318")
            .replace("${COLLECTOR}", "http://localhost:4318")
            .replace("${env:COLLECTOR}", "http://localhost:4317")
            .replace("${TOKEN}", "6f1c")
            .replace("${CPUS}", "8")
            .replace("${PORT}", "9464");
        let document = yaml_serde::from_str(&file).unwrap();
        let violations = reference::violations(&schema, &document);
        assert!(violations.is_empty(), "{violations:?} in {file}");
        let config = read(folder.path(), &file).unwrap();
        assert!(config.enabled && config.prometheus && config.otlp.enabled, "{config:?}");
    }
}

/// No key of the schema is ignored: each with a value that no key has is a mistake that names the
/// key, or the key around it that is not supported.
#[test]
fn every_key_of_the_schema_is_read_or_refused_by_name() {
    let Some(schema) = reference::document(SCHEMA) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut keys = BTreeMap::new();
    for key in ["resource", "meter_provider"] {
        let document = |value: Value| json!({ "file_format": "1.1", key: value });
        walk(&schema, &schema["properties"][key], key, &document, &mut keys);
    }
    assert!(keys.len() > 100, "{:?}", keys.keys());
    let mut refused = Vec::new();
    for (key, document) in &keys {
        let message = read(folder.path(), &document.to_string()).expect_err(key);
        let names =
            |key: &str| ["`", ".", "["].iter().any(|end| message.contains(&format!("`{key}{end}")));
        let parents = key.match_indices(['.', '[']).map(|(end, _)| &key[..end]);
        let is_refused = parents.chain([&**key]).any(|parent| {
            message.contains(&format!("`{parent}` in ")) && message.contains("is not supported")
        });
        assert!(names(key) || is_refused, "{key}: {message}");
        if is_refused {
            refused.push(key);
        }
    }
    // Neither everything is refused, nor nothing.
    assert!(refused.iter().any(|key| *key == "meter_provider.views"), "{refused:?}");
    let is_otlp = |key: &&String| key.contains("otlp_http");
    let of_otlp = keys.keys().filter(is_otlp).count();
    let refused_of_otlp: Vec<_> = refused.into_iter().filter(is_otlp).collect();
    assert!(of_otlp > 12 && refused_of_otlp.len() == 1, "{refused_of_otlp:?} of {of_otlp}");
}

/// Adds each key below a schema with a document in which the key has a value that no key has.
fn walk(
    root: &Value,
    schema: &Value,
    path: &str,
    document: &dyn Fn(Value) -> Value,
    keys: &mut BTreeMap<String, Value>,
) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return walk(root, &root["$defs"][name], path, document, keys);
    }
    if schema["items"].is_object() {
        let document = |value: Value| document(json!([value]));
        return walk(root, &schema["items"], &format!("{path}[0]"), &document, keys);
    }
    for (key, below) in schema["properties"].as_object().into_iter().flatten() {
        let document = |value: Value| document(json!({ key: value }));
        let path = format!("{path}.{key}");
        keys.insert(path.clone(), document(json!({ "no/key": true })));
        walk(root, below, &path, &document, keys);
    }
}
