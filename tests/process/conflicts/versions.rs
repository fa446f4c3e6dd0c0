//! Two versions of one crate in one program.

use osapi_metrics::{InstallError, Metrics, config::Environment};
use shop_1::ShopMetrics as Older;
use shop_2::ShopMetrics as Newer;

#[test]
fn a_set_of_two_versions_is_reported_once_with_both_and_their_places() {
    // A crate that the program does not name is not linked.
    for sets in [Older::DESCRIPTORS, Newer::DESCRIPTORS] {
        assert_eq!(sets[0].origin.package, "osapi-metrics-tests-shop");
    }
    let error = Metrics::builder().environment(Environment::default()).install().unwrap_err();
    let InstallError::Conflicts(conflicts) = &error else { panic!("{error:?}") };
    let [conflict] = &conflicts.sets[..] else { panic!("{:?}", conflicts.sets) };
    assert_eq!(conflict.name, "ShopMetrics");
    let (older, newer) = (Older::DESCRIPTORS[0].origin, Newer::DESCRIPTORS[0].origin);
    assert!(older.file.ends_with("shop_1/src/lib.rs") && newer.file.ends_with("shop_2/src/lib.rs"));
    assert_eq!((conflict.first, conflict.second), (older, newer));
    assert_eq!(
        conflict.to_string(),
        format!(
            "the set `ShopMetrics` is linked in from two versions of osapi-metrics-tests-shop, 0.1.0 at \
             {older} and 0.2.0 at {newer}; let the program depend on one of them, `cargo tree \
             --duplicates` shows who asks for which"
        )
    );
    assert!(error.to_string().contains(&conflict.to_string()));
    // The page of rules shows the message without the lines.
    let places = [older, newer].map(|origin| format!(":{}", origin.line));
    let said = places.iter().fold(conflict.to_string(), |said, line| said.replacen(line, "", 1));
    let page = include_str!("../../../docs/rules.md");
    assert!(page.lines().any(|line| line == said), "{said}");
    // Conflicts between the metrics of the two versions follow from the conflict of the sets.
    assert!(conflicts.metrics.iter().all(|metric| metric.first.origin.package != older.package));
}
