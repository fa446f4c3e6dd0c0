use std::collections::{BTreeMap, BTreeSet};

use osapi_metrics::catalogue::document::{JobDocument, LabelDocument, MetricDocument};

use super::model::{
    Annotated, Attribute, AttributeAnnotations, AttributeRef, AttributeType, Member,
    RequirementLevel, Stability, ValueAnnotations,
};

/// The most examples of an attribute.
const MAX_EXAMPLES: usize = 5;

/// The attributes of all metrics: a registry defines each key once, in the first file that uses it.
#[derive(Debug, Default)]
pub(super) struct Attributes<'a> {
    uses: BTreeMap<&'a str, Vec<(&'a MetricDocument, &'a LabelDocument)>>,
    /// The values that the labels of handlers have, by the name of the label in Prometheus.
    of_jobs: BTreeMap<&'a str, BTreeSet<&'a str>>,
    defined: BTreeSet<&'a str>,
}

impl<'a> Attributes<'a> {
    pub(super) fn of(
        metrics: impl Iterator<Item = &'a MetricDocument>,
        jobs: impl Iterator<Item = &'a JobDocument>,
    ) -> Self {
        let mut attributes = Self::default();
        for metric in metrics {
            for label in &metric.labels {
                attributes.uses.entry(&label.key).or_default().push((metric, label));
            }
        }
        for (label, value) in jobs.flat_map(|job| &job.labels) {
            attributes.of_jobs.entry(label).or_default().insert(value);
        }
        attributes
    }

    /// The definitions of the attributes of a metric that no file has yet.
    pub(super) fn define(&mut self, metric: &'a MetricDocument) -> Vec<Attribute<'a>> {
        let mut defined = Vec::new();
        for label in &metric.labels {
            if self.defined.insert(&label.key) {
                defined.push(self.definition(label));
            }
        }
        defined
    }

    /// The attributes of a metric.
    pub(super) fn refs(metric: &'a MetricDocument) -> Vec<AttributeRef<'a>> {
        let mut refs: Vec<AttributeRef<'a>> = Vec::new();
        for label in &metric.labels {
            if !refs.iter().any(|known| known.key == label.key) {
                refs.push(AttributeRef {
                    key: &label.key,
                    requirement_level: RequirementLevel::Required,
                    annotations: Annotated {
                        osapi_metrics: ValueAnnotations {
                            values: label.values.as_deref(),
                            limit: label.limit,
                        },
                    },
                });
            }
        }
        refs
    }

    fn definition(&self, label: &'a LabelDocument) -> Attribute<'a> {
        let uses = self.uses.get(label.key.as_str()).map_or(&[][..], Vec::as_slice);
        let kind = attribute_type(uses.iter().map(|(_, label)| *label));
        let examples = match kind {
            AttributeType::String => self.of_jobs.get(label.prometheus_name.as_str()),
            _ => None,
        };
        Attribute {
            key: &label.key,
            kind,
            brief: brief(&label.key, uses),
            stability: Stability::Development,
            examples: examples.into_iter().flatten().take(MAX_EXAMPLES).copied().collect(),
            annotations: Annotated {
                osapi_metrics: AttributeAnnotations { prometheus_name: &label.prometheus_name },
            },
        }
    }
}

/// An enumeration of the values of all uses, if each of them is closed.
fn attribute_type<'a>(uses: impl Iterator<Item = &'a LabelDocument>) -> AttributeType<'a> {
    let mut values: Vec<&str> = Vec::new();
    for label in uses {
        let Some(closed) = &label.values else { return AttributeType::String };
        for value in closed {
            if !values.contains(&value.as_str()) {
                values.push(value);
            }
        }
    }
    let mut sorted = values.clone();
    sorted.sort_unstable();
    if sorted == ["false", "true"] {
        return AttributeType::Boolean;
    }
    let mut ids = BTreeSet::new();
    let members = values.into_iter().map(|value| Member {
        id: id(value, &mut ids),
        value,
        stability: Stability::Development,
    });
    AttributeType::Enum { members: members.collect() }
}

/// A name for a value, in `snake_case`, that no other value has.
fn id(value: &str, used: &mut BTreeSet<String>) -> String {
    let mut name: String = value
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect();
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.insert_str(0, "value_");
    }
    let mut unique = name.clone();
    let mut nth = 1;
    while !used.insert(unique.clone()) {
        nth += 1;
        unique = format!("{name}_{nth}");
    }
    unique
}

fn brief(key: &str, uses: &[(&MetricDocument, &LabelDocument)]) -> String {
    let names: BTreeSet<_> = uses.iter().map(|(metric, _)| metric.name.as_str()).collect();
    let first = uses.first().map_or("", |(metric, _)| metric.name.as_str());
    match names.len() {
        0 | 1 => format!("The label `{key}` of `{first}`."),
        2 => format!("The label `{key}` of `{first}` and another metric."),
        metrics => format!("The label `{key}` of `{first}` and {} other metrics.", metrics - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(json: &str) -> LabelDocument {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_type_fits_every_use_of_the_key() {
        let closed = label(r#"{"key": "a", "prometheus_name": "a", "values": ["x", "y"]}"#);
        let wider = label(r#"{"key": "a", "prometheus_name": "a", "values": ["y", "z"]}"#);
        let open = label(r#"{"key": "a", "prometheus_name": "a", "max": 5}"#);
        let flag = label(r#"{"key": "a", "prometheus_name": "a", "values": ["false", "true"]}"#);
        let AttributeType::Enum { members } = attribute_type([&closed, &wider].into_iter()) else {
            panic!("closed labels are an enumeration");
        };
        assert_eq!(members.iter().map(|member| member.value).collect::<Vec<_>>(), ["x", "y", "z"]);
        let kind = attribute_type([&closed, &open].into_iter());
        assert!(matches!(kind, AttributeType::String));
        assert!(matches!(attribute_type([&flag].into_iter()), AttributeType::Boolean));
    }

    #[test]
    fn values_have_names_of_their_own() {
        let mut used = BTreeSet::new();
        let ids = ["GET", "get", "2xx", "a b", ""].map(|value| id(value, &mut used));
        assert_eq!(ids, ["get", "get_2", "value_2xx", "a_b", "value_"]);
    }
}
