//! The catalogues of several processes as one.

use std::sync::{Arc, Mutex, PoisonError};

use osapi_metrics::catalogue::document::{CatalogueDocument, JobDocument, SetDocument};

/// What any of several catalogues declares, put together when one of them changes.
#[derive(Debug, Default)]
pub(super) struct Merged(Mutex<(Vec<Arc<CatalogueDocument>>, Arc<CatalogueDocument>)>);

impl Merged {
    pub(super) fn of(&self, documents: Vec<Arc<CatalogueDocument>>) -> Arc<CatalogueDocument> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (parts, all) = &mut *known;
        let is_same = parts.len() == documents.len()
            && parts.iter().zip(&documents).all(|(a, b)| Arc::ptr_eq(a, b));
        if !is_same {
            *all = Arc::new(merged(documents.iter().map(|document| &**document)));
            *parts = documents;
        }
        Arc::clone(all)
    }
}

/// What any of the catalogues declares. Processes of one program declare the same; where two
/// versions differ, a metric is as the first one has it.
fn merged<'a>(documents: impl IntoIterator<Item = &'a CatalogueDocument>) -> CatalogueDocument {
    let mut documents = documents.into_iter();
    let mut all = documents.next().cloned().unwrap_or_default();
    for document in documents {
        for set in &document.sets {
            let is_same = |known: &&mut SetDocument| {
                (&known.package, &known.module, &known.name)
                    == (&set.package, &set.module, &set.name)
            };
            match all.sets.iter_mut().find(is_same) {
                None => all.sets.push(set.clone()),
                Some(known) => {
                    for metric in &set.metrics {
                        if known.metrics.iter().all(|other| other.name != metric.name) {
                            known.metrics.push(metric.clone());
                        }
                    }
                }
            }
        }
        for job in &document.jobs {
            let is_same = |known: &JobDocument| {
                (&known.name, &known.set_package, &known.set, &known.labels)
                    == (&job.name, &job.set_package, &job.set, &job.labels)
            };
            if !all.jobs.iter().any(is_same) {
                all.jobs.push(job.clone());
            }
        }
        for dashboard in &document.dashboards {
            if all.dashboards.iter().all(|known| known.title != dashboard.title) {
                all.dashboards.push(dashboard.clone());
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(json: &str) -> CatalogueDocument {
        CatalogueDocument::from_json(json).unwrap()
    }

    #[test]
    fn what_several_declare_is_there_once() {
        let one = document(
            r#"{"schema_version": 1, "sets": [{"name": "Shop", "package": "shop", "metrics": [
                {"name": "a", "prometheus_name": "a", "kind": "gauge"}]}],
                "jobs": [{"name": "pay", "set": "Shop"}]}"#,
        );
        let two = document(
            r#"{"schema_version": 1, "sets": [
                {"name": "Shop", "package": "shop", "metrics": [
                    {"name": "a", "prometheus_name": "a", "kind": "gauge", "description": "New."},
                    {"name": "b", "prometheus_name": "b", "kind": "gauge"}]},
                {"name": "Shop", "package": "store", "metrics": [
                    {"name": "c", "prometheus_name": "c", "kind": "gauge"}]}],
                "jobs": [{"name": "pay", "set": "Shop"}, {"name": "sell", "set": "Shop"}]}"#,
        );
        let all = merged([&one, &two]);
        let names = |set: &SetDocument| {
            set.metrics.iter().map(|metric| metric.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(all.sets.iter().map(names).collect::<Vec<_>>(), [vec!["a", "b"], vec!["c"]]);
        assert_eq!(all.sets[0].metrics[0].description, "");
        assert_eq!(all.jobs.iter().map(|job| &*job.name).collect::<Vec<_>>(), ["pay", "sell"]);
        assert_eq!(merged([&one]), one);
        assert_eq!(merged([]), CatalogueDocument::default());

        let (one, two, cache) = (Arc::new(one), Arc::new(two), Merged::default());
        let both = || vec![Arc::clone(&one), Arc::clone(&two)];
        assert_eq!(*cache.of(both()), all);
        assert!(Arc::ptr_eq(&cache.of(both()), &cache.of(both())));
        assert_eq!(*cache.of(vec![Arc::clone(&two)]), *two);
    }
}
