//! Catalogues fit the schema that the runtime publishes.

use osapi_metrics::catalogue::document::CatalogueDocument;
use serde_json::{Value, json};

use super::{
    reference::{validator, violations},
    service, shop,
};

#[test]
fn catalogues_fit_their_schema() {
    let validator = validator(CatalogueDocument::SCHEMA);
    for catalogue in [shop(), service::catalogue()] {
        let catalogue: Value = serde_json::from_str(&catalogue).unwrap();
        let found = violations(&validator, &catalogue);
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn what_no_catalogue_has_does_not_fit() {
    let validator = validator(CatalogueDocument::SCHEMA);
    for (pointer, value) in [
        ("/schema_version", json!(2)),
        ("/sets/0/metrics/0/kind", json!("summary")),
        ("/sets/0/metrics/0/prometheus_name", json!("9 lives")),
        ("/sets/0/metrics/0/labels/0/max", json!(0)),
        ("/sets/0/metrics", json!([])),
        ("/jobs/1/objective/target", json!(1.5)),
        ("/dashboards/0/panels/0/queries/0", json!({"operation": "rate"})),
    ] {
        let mut catalogue: Value = serde_json::from_str(&shop()).unwrap();
        *catalogue.pointer_mut(pointer).unwrap() = value;
        let found = violations(&validator, &catalogue);
        assert!(
            found.iter().any(|violation| violation.starts_with(pointer)),
            "{pointer}: {found:?}"
        );
    }
}
