//! What has changed between two catalogues, as `osapi-metrics diff` shows it.

use std::fmt::Write;

use osapi_metrics::catalogue::document::{CatalogueDocument, Change, Grade};
use osapi_metrics_rules::excerpt::Excerpt;
use serde_json::json;

/// The changes between two catalogues, and whether one of them is too grave.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The changes, the gravest first.
    pub changes: Vec<Change>,
    /// The grade from which on a change is a failure.
    pub fail_on: Grade,
}

impl Difference {
    /// Compares two catalogues.
    pub fn between(old: &CatalogueDocument, new: &CatalogueDocument, fail_on: Grade) -> Self {
        Self { changes: new.changes_since(old), fail_on }
    }

    /// Whether a change has the grade that is a failure, or a graver one.
    pub fn is_failure(&self) -> bool {
        self.changes.iter().any(|change| change.grade >= self.fail_on)
    }

    /// A line for each change, and one that counts them.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for change in &self.changes {
            let _ = writeln!(text, "{}: {}", change.grade, Excerpt::whole(&change.to_string()));
        }
        let count = |grade| self.changes.iter().filter(|change| change.grade == grade).count();
        let grades = [Grade::Breaking, Grade::Compatible, Grade::Harmless];
        let counts = grades.map(|grade| format!("{} {grade}", count(grade)));
        let _ = writeln!(text, "{}", counts.join(", "));
        text
    }

    /// The changes as JSON.
    pub fn to_json(&self) -> String {
        let change = |change: &Change| {
            json!({
                "grade": change.grade.as_str(),
                "of": change.of,
                "name": change.name,
                "property": change.property,
                "old": change.old,
                "new": change.new,
                "text": change.to_string(),
            })
        };
        let changes: Vec<_> = self.changes.iter().map(change).collect();
        let report = json!({ "changes": changes, "failed": self.is_failure() });
        format!("{report:#}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(name: &str, description: &str) -> CatalogueDocument {
        let json = format!(
            r#"{{"schema_version": 1, "sets": [{{"name": "Shop", "package": "shop", "metrics": [
                {{"name": "{name}", "prometheus_name": "{name}", "kind": "counter",
                  "description": "{description}"}}]}}]}}"#
        );
        CatalogueDocument::from_json(&json).unwrap()
    }

    #[test]
    fn a_change_fails_from_its_grade_on() {
        let old = document("orders_total", "Orders.");
        for (new, breaking, compatible, harmless) in [
            (document("orders_total", "Orders."), false, false, false),
            (document("orders_total", "Orders placed."), false, false, true),
            (document("sales_total", "Orders."), true, true, true),
        ] {
            let fails = |grade| Difference::between(&old, &new, grade).is_failure();
            assert_eq!(fails(Grade::Breaking), breaking);
            assert_eq!(fails(Grade::Compatible), compatible);
            assert_eq!(fails(Grade::Harmless), harmless);
        }
    }

    #[test]
    fn the_text_has_every_change_and_their_number() {
        let (old, new) = (document("orders_total", ""), document("sales_total", ""));
        let difference = Difference::between(&old, &new, Grade::Breaking);
        assert_eq!(
            difference.to_text(),
            "breaking: metric `orders_total` is gone\ncompatible: metric `sales_total` is new\n\
             1 breaking, 1 compatible, 0 harmless\n"
        );
        let json: serde_json::Value = serde_json::from_str(&difference.to_json()).unwrap();
        assert_eq!(json["failed"], true);
        assert_eq!(json["changes"][0]["name"], "orders_total");
    }
}
