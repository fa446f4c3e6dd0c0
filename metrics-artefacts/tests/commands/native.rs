//! Native histograms: references name them, and every query asks the buckets that text has too.

use serde_json::{Value, json};

use crate::{file, generated, shop};

#[test]
fn references_name_native_histograms_and_queries_stay() {
    let classic = shop();
    let mut native: Value = serde_json::from_str(&classic).unwrap();
    let sets = native["sets"].as_array_mut().unwrap();
    let mut metrics = sets.iter_mut().flat_map(|set| set["metrics"].as_array_mut().unwrap());
    let metric = metrics.find(|metric| metric["kind"] == "histogram").unwrap();
    metric["native"] = json!(true);
    let (native, classic) = (generated(&[&native.to_string()]), generated(&[&classic]));

    let row = "native buckets | beside those with boundaries";
    let count = |artefacts| file(artefacts, "metrics.md").matches(row).count();
    assert_eq!((count(&native), count(&classic)), (1, 0));
    let changed = native.iter().zip(&classic).filter(|(native, classic)| native != classic);
    let changed: Vec<_> = changed.map(|(native, _)| native.path.clone()).collect();
    assert!(changed.iter().all(|path| !path.contains("dashboards") && !path.contains("rules")));
    assert!(changed.iter().any(|path| path.contains("registry")), "{changed:?}");
}
