use std::sync::Arc;

use osapi_metrics::{
    LabelSet,
    labels::{LabelRef, OpenLabelValue},
};

/// The namespace of a workflow, whose workers run its steps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Namespace(Arc<str>);

impl Namespace {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Namespace {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl OpenLabelValue for Namespace {
    fn as_label(&self) -> LabelRef<'_> {
        LabelRef::Str(&self.0)
    }
}

/// The labels of what belongs to a namespace.
#[derive(Clone, Debug, LabelSet)]
pub struct NamespaceLabels {
    /// The namespace.
    #[label(max = 10)]
    pub namespace: Namespace,
}
