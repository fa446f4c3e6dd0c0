//! `registry/`: files that OpenTelemetry's Weaver reads.

use std::fs;

use serde_json::Value;

use super::{
    applications, file, generated,
    reference::{schema, violations},
    service, shop,
};

const SCHEMA: &str = "weaver/semconv.schema.v2.json";

fn yaml(text: &str) -> Value {
    yaml_serde::from_str(text).unwrap()
}

/// The element of a list that has this value at a key.
fn named<'a>(list: &'a Value, key: &str, value: &str) -> &'a Value {
    let found = list.as_array().unwrap().iter().find(|element| element[key] == value);
    found.unwrap_or_else(|| panic!("nothing has the {key} {value}: {list:#}"))
}

#[test]
fn definitions_fit_the_schema_of_weaver() {
    let Some(validator) = schema(SCHEMA) else { return };
    let hostile = super::documentation::hostile();
    let service = service::catalogue();
    for catalogues in [vec![shop()], vec![service.clone()], vec![shop(), service], vec![hostile]] {
        let catalogues: Vec<_> = catalogues.iter().map(String::as_str).collect();
        let artefacts = generated(&catalogues);
        let files = artefacts.iter().filter(|artefact| {
            artefact.path.starts_with("registry/") && artefact.path != "registry/manifest.yaml"
        });
        let mut metrics = 0;
        for artefact in files {
            let definitions = yaml(&artefact.content);
            let found = violations(&validator, &definitions);
            assert!(found.is_empty(), "{}: {found:#?}", artefact.path);
            metrics += definitions["metrics"].as_array().unwrap().len();
        }
        assert!(metrics > 10, "{metrics} metrics");
    }
}

/// The registries that are committed beside the applications.
#[test]
fn registries_of_the_applications_fit_the_schema_of_weaver() {
    let Some(validator) = schema(SCHEMA) else { return };
    let mut metrics = 0;
    for file in applications::files("deploy/generated/registry", "yaml") {
        if file.ends_with("manifest.yaml") {
            continue;
        }
        let definitions = yaml(&fs::read_to_string(&file).unwrap());
        let found = violations(&validator, &definitions);
        assert!(found.is_empty(), "{}: {found:#?}", file.display());
        metrics += definitions["metrics"].as_array().unwrap().len();
    }
    assert!(metrics > 75, "{metrics} metrics");
}

/// The schema judges: a definition that lacks or invents something does not fit.
#[test]
fn other_definitions_do_not_fit() {
    let Some(validator) = schema(SCHEMA) else { return };
    let artefacts = generated(&[&shop()]);
    let right = yaml(file(&artefacts, "registry/shop.yaml"));
    for (pointer, value) in [
        ("/file_format", Value::from("definition/3")),
        ("/metrics/0/instrument", Value::from("summary")),
        ("/metrics/0/boundaries", Value::from(1)),
        ("/metrics/0/stability", Value::from("settled")),
        ("/attributes/0/type", Value::from("text")),
    ] {
        let mut wrong = right.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[key] = value;
        assert!(!violations(&validator, &wrong).is_empty(), "{pointer}");
    }
}

#[test]
fn what_weaver_has_no_field_for_is_an_annotation() {
    let artefacts = generated(&[&shop()]);
    let shop = yaml(file(&artefacts, "registry/shop.yaml"));
    let checkout = named(&shop["metrics"], "name", "shop_checkout_duration_seconds");
    assert_eq!(checkout["instrument"], "histogram");
    assert_eq!(checkout["unit"], "s");
    assert_eq!(checkout["attributes"][1]["ref"], "shop.branch");
    assert_eq!(checkout["attributes"][1]["annotations"]["osapi_metrics"]["max"], 50);
    let annotations = &checkout["annotations"]["osapi_metrics"];
    assert_eq!(annotations["boundaries"][3], 2.5);
    assert_eq!(annotations["thresholds"][1]["severity"], "critical");
    let shelf = named(&shop["metrics"], "name", "shop.shelf.fill");
    assert_eq!(shelf["annotations"]["osapi_metrics"]["prometheus_name"], "shop_shelf_fill_ratio");

    let framework = yaml(file(&artefacts, "registry/osapi-metrics.yaml"));
    let good = named(&framework["metrics"], "name", "osapi_job_slo_good_total");
    let objectives = &good["annotations"]["osapi_metrics"]["objectives"];
    let pay = named(objectives, "job", "order.pay");
    assert_eq!((&pay["target"], &pay["min_events"]), (&Value::from(0.99), &Value::from(50)));

    let manifest = yaml(file(&artefacts, "registry/manifest.yaml"));
    assert_eq!(manifest["schema_url"], "https://osapi-metrics.invalid/shop/0.0.0");
}

#[test]
fn attributes_have_the_types_and_values_that_are_known() {
    let service = service::catalogue();
    let artefacts = generated(&[&service]);
    let definitions = yaml(file(&artefacts, "registry/osapi-metrics-artefacts.yaml"));
    let attributes = &definitions["attributes"];
    let payment = named(attributes, "key", "payment");
    assert_eq!(payment["type"]["members"][1]["value"], "cash");
    assert_eq!(named(attributes, "key", "express")["type"], "boolean");
    assert_eq!(named(attributes, "key", "branch")["type"], "string");
    let framework = yaml(file(&artefacts, "registry/osapi-metrics.yaml"));
    let job_name = named(&framework["attributes"], "key", "job_name");
    assert_eq!(job_name["examples"][0], "service.pay");
}

#[test]
fn a_former_name_is_deprecated() {
    let artefacts = generated(&[&shop()]);
    let shop = yaml(file(&artefacts, "registry/shop.yaml"));
    let former = named(&shop["metrics"], "name", "shop_sales_total");
    assert_eq!(former["deprecated"]["reason"], "renamed");
    assert_eq!(former["deprecated"]["renamed_to"], "shop_orders_paid_total");
    assert_eq!(former["instrument"], "counter");
    let now = named(&shop["metrics"], "name", "shop_orders_paid_total");
    assert_eq!(now.get("deprecated"), None);
}

/// A registry defines a key and a metric once, over all files.
#[test]
fn nothing_is_defined_twice() {
    let artefacts = generated(&[&shop(), &service::catalogue(), &shop()]);
    let files = artefacts.iter().filter(|artefact| artefact.path.starts_with("registry/"));
    let files: Vec<_> = files.map(|artefact| yaml(&artefact.content)).collect();
    for (list, key) in [("metrics", "name"), ("attributes", "key")] {
        let all = files.iter().filter_map(|file| file.get(list)?.as_array()).flatten();
        let mut names: Vec<_> = all.map(|element| element[key].as_str().unwrap()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert!(count > 5 && names.len() == count, "{names:?}");
    }
    // Every attribute that a metric refers to is defined.
    let defined: Vec<_> = files
        .iter()
        .filter_map(|file| file.get("attributes")?.as_array())
        .flatten()
        .map(|attribute| &attribute["key"])
        .collect();
    let metrics = files.iter().filter_map(|file| file.get("metrics")?.as_array()).flatten();
    for reference in metrics.filter_map(|metric| metric.get("attributes")?.as_array()).flatten() {
        assert!(defined.contains(&&reference["ref"]), "{reference}");
    }
}
