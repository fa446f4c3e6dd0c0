use std::{fmt, sync::Arc};

use osapi_metrics::{
    LabelSet,
    labels::{LabelRef, OpenLabelValue},
};

use crate::job::{Priority, Service};

/// The name of a worker, as a label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WorkerId(Arc<str>);

impl WorkerId {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for WorkerId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl OpenLabelValue for WorkerId {
    fn as_label(&self) -> LabelRef<'_> {
        LabelRef::Str(&self.0)
    }
}

/// The label of what belongs to a service.
#[derive(Clone, Copy, Debug, LabelSet)]
pub struct ServiceLabels {
    /// The service.
    pub service: Service,
}

/// The labels of what belongs to a service and a priority.
#[derive(Clone, Copy, Debug, LabelSet)]
pub struct PriorityLabels {
    /// The service.
    pub service: Service,
    /// The priority.
    pub priority: Priority,
}
