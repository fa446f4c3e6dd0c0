use std::{collections::BTreeMap, fmt};

use super::model::{
    CatalogueDocument, JobDocument, LabelDocument, LabelLimit, MetricDocument, SetDocument,
};

/// What a change does to queries, dashboards and alerts that were written before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Grade {
    /// No query sees it.
    Harmless,
    /// Queries go on to work, and there is more to see, or other numbers.
    Compatible,
    /// A query finds nothing, or finds something else.
    Breaking,
}

/// A difference between two documents.
///
/// Its `Display` text says what has changed, with the former and the new value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// What the change does to queries.
    pub grade: Grade,
    /// The kind of the thing that has changed: `metric`, `job` or `set`.
    pub of: &'static str,
    /// The name of the thing.
    pub name: String,
    /// The property that has changed; empty if the thing itself came or went.
    pub property: String,
    /// The former value; `None` for something new.
    pub old: Option<String>,
    /// The new value; `None` for something that is gone.
    pub new: Option<String>,
}

impl Grade {
    /// `harmless`, `compatible` or `breaking`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Harmless => "harmless",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, name, property, old, new, .. } = self;
        if property.is_empty() {
            return match (old, new) {
                (Some(old), Some(new)) => write!(f, "{of} `{old}` is now `{new}`"),
                (Some(_), None) => write!(f, "{of} `{name}` is gone"),
                _ => write!(f, "{of} `{name}` is new"),
            };
        }
        write!(f, "{of} `{name}`: {property} ")?;
        match (old, new) {
            (Some(old), Some(new)) => write!(f, "was {old}, is {new}"),
            (Some(old), None) => write!(f, "{old} is gone"),
            (None, Some(new)) => write!(f, "{new} is new"),
            (None, None) => f.write_str("has changed"),
        }
    }
}

impl CatalogueDocument {
    /// What has changed since an older document, the gravest first, then by name. Lines of source
    /// files are not compared.
    ///
    /// | grade | changes |
    /// |---|---|
    /// | breaking | a metric, a handler, a label, a closed value, a boundary or a key of a handler is gone; another kind, unit or Prometheus name |
    /// | compatible | one of them is new; a metric whose `renamed_from` has the former name; limits of values; thresholds, staleness and objectives; native buckets that come or go |
    /// | harmless | descriptions, what is absent until when, source files, sets, types of values, runbooks, intervals |
    pub fn changes_since(&self, old: &Self) -> Vec<Change> {
        let mut changes = Changes::default();
        metrics(&mut changes, old, self);
        jobs(&mut changes, old, self);
        sets(&mut changes, old, self);
        let mut changes = changes.0;
        changes.sort_by(|a, b| (b.grade, a.of, &a.name).cmp(&(a.grade, b.of, &b.name)));
        changes
    }

    /// All metrics, by their names.
    fn metrics(&self) -> BTreeMap<&str, (&SetDocument, &MetricDocument)> {
        let sets = self.sets.iter();
        let all = sets.flat_map(|set| set.metrics.iter().map(move |metric| (set, metric)));
        all.map(|(set, metric)| (metric.name.as_str(), (set, metric))).collect()
    }

    /// All handlers, by the names of their jobs.
    fn jobs(&self) -> BTreeMap<&str, &JobDocument> {
        self.jobs.iter().map(|job| (job.name.as_str(), job)).collect()
    }
}

/// The changes that were found.
#[derive(Default)]
struct Changes(Vec<Change>);

/// The changes of one thing.
struct ChangesOf<'a> {
    changes: &'a mut Changes,
    of: &'static str,
    name: &'a str,
}

impl Changes {
    fn of<'a>(&'a mut self, of: &'static str, name: &'a str) -> ChangesOf<'a> {
        ChangesOf { changes: self, of, name }
    }
}

impl ChangesOf<'_> {
    fn add(&mut self, grade: Grade, property: &str, old: Option<String>, new: Option<String>) {
        let (of, name, property) = (self.of, self.name.to_owned(), property.to_owned());
        self.changes.0.push(Change { grade, of, name, property, old, new });
    }

    /// Compares a value that both have.
    fn value<T>(&mut self, grade: Grade, property: &str, old: &T, new: &T)
    where
        T: PartialEq + fmt::Display + ?Sized,
    {
        if old != new {
            self.add(grade, property, Some(old.to_string()), Some(new.to_string()));
        }
    }

    /// Compares a value that may be absent.
    fn optional(&mut self, grade: Grade, property: &str, old: Option<String>, new: Option<String>) {
        if old != new {
            self.add(grade, property, old, new);
        }
    }

    /// Compares lists without regard to their order: what is gone breaks, what is new does not.
    fn list(&mut self, property: &str, old: &[String], new: &[String]) {
        for gone in old.iter().filter(|value| !new.contains(value)) {
            self.add(Grade::Breaking, property, Some(quoted(gone)), None);
        }
        for added in new.iter().filter(|value| !old.contains(value)) {
            self.add(Grade::Compatible, property, None, Some(quoted(added)));
        }
    }
}

fn metrics(changes: &mut Changes, old: &CatalogueDocument, new: &CatalogueDocument) {
    let (before, after) = (old.metrics(), new.metrics());
    let former = |metric: &MetricDocument| metric.renamed_from.clone().unwrap_or_default();
    for (name, (set, metric)) in &before {
        let renamed = || after.values().find(|(_, metric)| former(metric) == *name);
        match after.get(name).or_else(renamed) {
            Some((new_set, new_metric)) => {
                let mut of = changes.of("metric", name);
                if *name != new_metric.name {
                    let names = (Some((*name).to_owned()), Some(new_metric.name.clone()));
                    of.add(Grade::Compatible, "", names.0, names.1);
                }
                let place = |set: &SetDocument| format!("`{}` of {}", set.name, set.package);
                of.value(Grade::Harmless, "set", &place(set), &place(new_set));
                metric_properties(&mut of, metric, new_metric);
            }
            None => {
                changes.of("metric", name).add(Grade::Breaking, "", Some((*name).to_owned()), None);
            }
        }
    }
    for (name, (_, metric)) in &after {
        if !before.contains_key(name) && !before.contains_key(former(metric).as_str()) {
            let new = Some((*name).to_owned());
            changes.of("metric", name).add(Grade::Compatible, "", None, new);
        }
    }
}

fn metric_properties(of: &mut ChangesOf<'_>, old: &MetricDocument, new: &MetricDocument) {
    use Grade::{Breaking, Compatible, Harmless};

    let is_renamed = old.name != new.name;
    of.value(Breaking, "kind", &old.kind, &new.kind);
    of.optional(Breaking, "unit", old.unit.as_deref().map(quoted), new.unit.as_deref().map(quoted));
    let grade = if is_renamed { Compatible } else { Breaking };
    of.value(
        grade,
        "Prometheus name",
        &quoted(&old.prometheus_name),
        &quoted(&new.prometheus_name),
    );
    of.value(Harmless, "observable", &old.observable, &new.observable);
    of.value(Harmless, "type of values", &old.value_type, &new.value_type);
    of.value(Harmless, "description", &quoted(&old.description), &quoted(&new.description));
    let details =
        |metric: &MetricDocument| (!metric.details.is_empty()).then(|| quoted(&metric.details));
    of.optional(Harmless, "details", details(old), details(new));
    labels(of, &old.labels, &new.labels);
    of.list("boundary", &texts(&old.boundaries), &texts(&new.boundaries));
    of.value(Compatible, "native buckets", &old.native, &new.native);
    of.list("event", &old.events, &new.events);
    let thresholds = |metric: &MetricDocument| {
        let texts: Vec<_> = metric.thresholds.iter().map(ToString::to_string).collect();
        (!texts.is_empty()).then(|| texts.join(", "))
    };
    of.optional(Compatible, "thresholds", thresholds(old), thresholds(new));
    of.optional(
        Harmless,
        "`absent_until`",
        old.absent_until.as_deref().map(quoted),
        new.absent_until.as_deref().map(quoted),
    );
    let stale_after =
        |metric: &MetricDocument| metric.stale_after_seconds.map(|after| format!("{after} s"));
    of.optional(Compatible, "`stale_after`", stale_after(old), stale_after(new));
    let interval = |metric: &MetricDocument| {
        metric.otlp_interval_seconds.map(|interval| format!("{interval} s"))
    };
    of.optional(Harmless, "interval", interval(old), interval(new));
    of.value(Harmless, "source file", &quoted(&old.source.file), &quoted(&new.source.file));
}

fn texts(boundaries: &[f64]) -> Vec<String> {
    boundaries.iter().map(f64::to_string).collect()
}

fn labels(of: &mut ChangesOf<'_>, old: &[LabelDocument], new: &[LabelDocument]) {
    let keys = |labels: &[LabelDocument]| -> Vec<_> {
        labels.iter().map(|label| label.prometheus_name.clone()).collect()
    };
    of.list("label", &keys(old), &keys(new));
    for old in old {
        let same = |new: &&LabelDocument| new.prometheus_name == old.prometheus_name;
        let Some(new) = new.iter().find(same) else { continue };
        let property = format!("label `{}`, ", old.prometheus_name);
        let constant = format!("{property}constant");
        of.value(Grade::Harmless, &constant, &old.constant, &new.constant);
        match (&old.values, &new.values) {
            (Some(values), Some(new)) => of.list(&format!("{property}value"), values, new),
            (None, None) => {
                let grade = match (old.limit, new.limit) {
                    (Some(LabelLimit::Max(old)), Some(LabelLimit::Max(new))) if new > old => {
                        Grade::Harmless
                    }
                    _ => Grade::Compatible,
                };
                of.value(grade, &format!("{property}limit"), &limit(old), &limit(new));
            }
            _ => {
                of.value(Grade::Compatible, &format!("{property}values"), &limit(old), &limit(new));
            }
        }
    }
}

fn limit(label: &LabelDocument) -> String {
    match (&label.values, label.limit) {
        (Some(values), _) => values.join(", "),
        (None, Some(LabelLimit::Max(max))) => format!("at most {max} values"),
        (None, Some(LabelLimit::Recent(max))) => format!("the {max} most recent values"),
        (None, None) => "any values".to_owned(),
    }
}

fn jobs(changes: &mut Changes, old: &CatalogueDocument, new: &CatalogueDocument) {
    use Grade::{Breaking, Compatible, Harmless};

    let (before, after) = (old.jobs(), new.jobs());
    for (name, old) in &before {
        let mut of = changes.of("job", name);
        let Some(new) = after.get(name) else {
            of.add(Breaking, "", Some((*name).to_owned()), None);
            continue;
        };
        let set = |job: &JobDocument| format!("`{}` of {}", job.set, job.set_package);
        of.value(Breaking, "set", &set(old), &set(new));
        of.list("key", &old.keys, &new.keys);
        let labels = |job: &JobDocument| -> Vec<_> {
            job.labels.iter().map(|(key, value)| format!("{key}={value:?}")).collect()
        };
        of.list("label", &labels(old), &labels(new));
        let objective = |job: &JobDocument| job.objective.map(|objective| objective.to_string());
        let grade = if new.objective.is_none() { Breaking } else { Compatible };
        of.optional(grade, "objective", objective(old), objective(new));
        match (&old.boundaries, &new.boundaries) {
            (Some(old), Some(new)) => of.list("boundary", &texts(old), &texts(new)),
            // The others are those of the histogram.
            (old, new) => {
                let list = |boundaries: &Option<Vec<f64>>| {
                    boundaries.as_deref().map(|boundaries| texts(boundaries).join(", "))
                };
                of.optional(Breaking, "list of boundaries", list(old), list(new));
            }
        }
        of.value(Harmless, "source file", &quoted(&old.source.file), &quoted(&new.source.file));
    }
    for name in after.keys().filter(|name| !before.contains_key(*name)) {
        changes.of("job", name).add(Compatible, "", None, Some((*name).to_owned()));
    }
}

fn sets(changes: &mut Changes, old: &CatalogueDocument, new: &CatalogueDocument) {
    let same = |a: &SetDocument, b: &SetDocument| (&a.package, &a.name) == (&b.package, &b.name);
    for old in &old.sets {
        let Some(new) = new.sets.iter().find(|new| same(old, new)) else { continue };
        let mut of = changes.of("set", &old.name);
        of.value(
            Grade::Harmless,
            "description",
            &quoted(&old.description),
            &quoted(&new.description),
        );
        let runbook = |set: &SetDocument| set.runbook.as_deref().map(quoted);
        of.optional(Grade::Harmless, "runbook", runbook(old), runbook(new));
    }
}

fn quoted(text: &str) -> String {
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(metric: &str, job: &str) -> CatalogueDocument {
        let json = format!(
            r#"{{"schema_version": 1,
                "sets": [{{"name": "Shop", "package": "shop", "metrics": [{{
                    "name": "orders_total", "prometheus_name": "orders_total", "kind": "counter"
                    {metric}
                }}]}}],
                "jobs": [{{"name": "pay", "set": "Shop" {job}}}]
            }}"#
        );
        CatalogueDocument::from_json(&json).unwrap()
    }

    /// The changes from the first fields of a metric to the second, as texts.
    fn of_metric(old: &str, new: &str) -> Vec<String> {
        texts(&document(new, "").changes_since(&document(old, "")))
    }

    fn texts(changes: &[Change]) -> Vec<String> {
        let text = |change: &Change| format!("{}: {change}", change.grade);
        changes.iter().map(text).collect()
    }

    #[test]
    fn equal_documents_have_no_changes() {
        let fields = r#", "labels": [{"key": "a", "prometheus_name": "a", "max": 3}]"#;
        assert!(of_metric(fields, fields).is_empty());
        let line = |line| format!(r#", "source": {{"file": "a.rs", "line": {line}}}"#);
        assert!(of_metric(&line(1), &line(2)).is_empty());
    }

    #[test]
    fn a_metric_comes_goes_or_has_a_new_name() {
        let old = document("", "");
        let mut new = old.clone();
        new.sets[0].metrics[0].name = "sales_total".to_owned();
        assert_eq!(
            texts(&new.changes_since(&old)),
            ["breaking: metric `orders_total` is gone", "compatible: metric `sales_total` is new"]
        );
        new.sets[0].metrics[0].renamed_from = Some("orders_total".to_owned());
        new.sets[0].metrics[0].prometheus_name = "sales_total".to_owned();
        assert_eq!(
            texts(&new.changes_since(&old)),
            [
                "compatible: metric `orders_total` is now `sales_total`",
                "compatible: metric `orders_total`: Prometheus name was `orders_total`, is \
                 `sales_total`"
            ]
        );
    }

    #[test]
    fn labels_values_and_boundaries_are_compared_one_by_one() {
        let labels = |labels: &str| format!(r#", "labels": [{labels}]"#);
        let closed = |key: &str, values: &str| {
            format!(r#"{{"key": "{key}", "prometheus_name": "{key}", "values": [{values}]}}"#)
        };
        assert_eq!(
            of_metric(
                &labels(&closed("state", r#""new", "paid""#)),
                &labels(&closed("state", r#""paid", "sent""#))
            ),
            [
                "breaking: metric `orders_total`: label `state`, value `new` is gone",
                "compatible: metric `orders_total`: label `state`, value `sent` is new"
            ]
        );
        assert_eq!(
            of_metric(&labels(&closed("state", "")), &labels(&closed("status", ""))),
            [
                "breaking: metric `orders_total`: label `state` is gone",
                "compatible: metric `orders_total`: label `status` is new"
            ]
        );
        let open =
            |max: u32| labels(&format!(r#"{{"key": "a", "prometheus_name": "a", "max": {max}}}"#));
        let limit = "metric `orders_total`: label `a`, limit was at most";
        assert_eq!(
            of_metric(&open(5), &open(9)),
            [format!("harmless: {limit} 5 values, is at most 9 values")]
        );
        assert_eq!(
            of_metric(&open(9), &open(5)),
            [format!("compatible: {limit} 9 values, is at most 5 values")]
        );
        assert_eq!(
            of_metric(r#", "boundaries": [0.5, 1]"#, r#", "boundaries": [1.0, 2.5]"#),
            [
                "breaking: metric `orders_total`: boundary `0.5` is gone",
                "compatible: metric `orders_total`: boundary `2.5` is new"
            ]
        );
    }

    #[test]
    fn a_constant_label_with_another_value_breaks_queries() {
        let tier = |value: &str, constant: bool| {
            format!(
                r#", "labels": [{{"key": "tier", "prometheus_name": "tier", "values": ["{value}"],
                    "constant": {constant}}}]"#
            )
        };
        assert_eq!(
            of_metric(&tier("batch", true), &tier("web", true)),
            [
                "breaking: metric `orders_total`: label `tier`, value `batch` is gone",
                "compatible: metric `orders_total`: label `tier`, value `web` is new"
            ]
        );
        assert_eq!(
            of_metric(&tier("batch", true), ""),
            ["breaking: metric `orders_total`: label `tier` is gone"]
        );
        assert_eq!(
            of_metric(&tier("batch", true), &tier("batch", false)),
            ["harmless: metric `orders_total`: label `tier`, constant was true, is false"]
        );
    }

    #[test]
    fn native_buckets_come_and_go_beside_those_with_boundaries() {
        let native = r#", "native": true"#;
        let change = |was: &str, is: &str| {
            [format!("compatible: metric `orders_total`: native buckets was {was}, is {is}")]
        };
        assert_eq!(of_metric("", native), change("false", "true"));
        assert_eq!(of_metric(native, ""), change("true", "false"));
        assert!(of_metric(native, native).is_empty());
    }

    #[test]
    fn units_and_thresholds_are_shown_as_they_are_declared() {
        assert_eq!(
            of_metric(r#", "unit": "{order}""#, ""),
            ["breaking: metric `orders_total`: unit `{order}` is gone"]
        );
        let threshold = r#", "thresholds": [{"severity": "warning", "comparison": "at_least",
            "value": 10, "lasting_seconds": 120}]"#;
        assert_eq!(
            of_metric("", threshold),
            ["compatible: metric `orders_total`: thresholds warning at least 10 for 2m is new"]
        );
    }

    #[test]
    fn handlers_are_compared_by_the_names_of_their_jobs() {
        let objective =
            |target: f64| format!(r#", "objective": {{"latency_seconds": 5, "target": {target}}}"#);
        let change =
            |old: &str, new: &str| texts(&document("", new).changes_since(&document("", old)));
        assert_eq!(
            change(&objective(0.9), &objective(0.99)),
            ["compatible: job `pay`: objective was 0.9 of jobs within 5s, is 0.99 of jobs \
                 within 5s"]
        );
        assert_eq!(
            change(&objective(0.9), ""),
            ["breaking: job `pay`: objective 0.9 of jobs within 5s is gone"]
        );
        assert_eq!(
            change(r#", "boundaries": [1, 60]"#, r#", "boundaries": [1, 90]"#),
            [
                "breaking: job `pay`: boundary `60` is gone",
                "compatible: job `pay`: boundary `90` is new"
            ]
        );
        assert_eq!(
            change("", r#", "boundaries": [1, 60]"#),
            ["breaking: job `pay`: list of boundaries 1, 60 is new"]
        );
        assert_eq!(
            change(r#", "keys": ["attempt"]"#, r#", "keys": ["queued_at"]"#),
            [
                "breaking: job `pay`: key `attempt` is gone",
                "compatible: job `pay`: key `queued_at` is new"
            ]
        );
        let without = CatalogueDocument { jobs: Vec::new(), ..document("", "") };
        let gone = without.changes_since(&document("", ""));
        assert_eq!(texts(&gone), ["breaking: job `pay` is gone"]);
    }
}
