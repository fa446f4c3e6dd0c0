//! Old names that stand for two metrics.

use osapi_metrics::{
    Counter, Gauge, InstallError, JobMetrics, MetricSet, Metrics, config::Environment,
};

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "conflicts")]
struct Renamed {
    /// Renamed from a metric of the framework.
    #[metric(unit = "{item}", renamed_from = "osapi_jobs_created_total")]
    items_total: Counter,
    /// Renamed from the name that a metric of another set is renamed from.
    #[metric(renamed_from = "conflicts.works")]
    first: Gauge,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "conflicts")]
struct RenamedToo {
    /// Renamed from it too.
    #[metric(renamed_from = "conflicts_works")]
    second: Gauge,
}

#[test]
fn an_old_name_of_two_metrics_is_reported_with_both_places() {
    let error = Metrics::builder().environment(Environment::default()).install().unwrap_err();
    let InstallError::Conflicts(conflicts) = &error else { panic!("{error:?}") };
    let [two, taken] = &conflicts.renames[..] else { panic!("{:?}", conflicts.renames) };
    let [items, first] = Renamed::DESCRIPTORS else { panic!("two are declared") };
    let second = &RenamedToo::DESCRIPTORS[0];
    assert_eq!(
        two.to_string(),
        format!(
            "`conflicts_first` at {} is renamed from `conflicts.works`, and so is `conflicts_second` \
             at {}; keep `renamed_from` on one of them",
            first.origin, second.origin
        )
    );
    assert_eq!((two.renamed.name, two.other.name), (first.name, second.name));
    let created = JobMetrics::DESCRIPTORS
        .iter()
        .find(|metric| metric.name == "osapi_jobs_created_total")
        .expect("the framework has the metric");
    assert_eq!((taken.renamed.origin, taken.other.origin), (items.origin, created.origin));
    for conflict in [two, taken] {
        assert!(error.to_string().contains(&conflict.to_string()), "{error}");
    }
    // The page of rules shows the message without the lines.
    let lines = [items, created].map(|metric| format!(":{}", metric.origin.line));
    let said = lines.iter().fold(taken.to_string(), |said, line| said.replacen(line, "", 1));
    let page = include_str!("../../../docs/rules.md");
    assert!(page.lines().any(|line| line == said), "{said}");
}
