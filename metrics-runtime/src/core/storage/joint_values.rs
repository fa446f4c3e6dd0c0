use std::sync::Mutex;

use super::{
    last_values::{LastValueFamily, LastValueStorage},
    series::AllSeries,
    value::Value,
};
use crate::core::{descriptor::MetricDescriptor, sync::lock_unless_lost};

/// A metric whose series are set together: a collection sees all of a change or nothing of it.
#[derive(Debug)]
pub(crate) struct JointFamily {
    pub(crate) series: LastValueFamily<i64>,
    /// Held by changes and by collections. Code that the allocator runs must not change the metric.
    changing: Mutex<()>,
}

impl JointFamily {
    pub(crate) fn leak(descriptor: &'static MetricDescriptor) -> &'static Self {
        let series = LastValueFamily::new(descriptor, LastValueStorage::new());
        Box::leak(Box::new(Self { series, changing: Mutex::new(()) }))
    }

    /// Changes values, and begins or ends series, between collections.
    pub(crate) fn change(&self, change: impl FnOnce()) {
        if let Some(_changing) = lock_unless_lost(&self.changing) {
            change();
        }
    }

    /// Reads the value of each series, between changes.
    pub(crate) fn read(&self, values: &mut Vec<Option<Value>>) -> AllSeries {
        let _changing = lock_unless_lost(&self.changing);
        self.series.read(values, |_, _| {})
    }
}
