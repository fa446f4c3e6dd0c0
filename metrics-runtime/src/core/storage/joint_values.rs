use std::{cell::Cell, sync::Mutex};

use super::{
    last_values::{LastValueFamily, LastValueStorage},
    series::AllSeries,
    value::Value,
};
use crate::core::{descriptor::MetricDescriptor, sync::lock_unless_lost};

thread_local! {
    static CHANGING: Cell<bool> = const { Cell::new(false) };
}

/// A metric whose series are set together: a collection sees all of a change or nothing of it.
#[derive(Debug)]
pub(crate) struct JointFamily {
    pub(crate) series: LastValueFamily<i64>,
    /// Held by changes and by collections.
    changing: Mutex<()>,
}

/// Marks a thread that changes a metric. What the change calls, such as an allocator or the code of
/// a label value, must not wait for the lock of the change.
struct ChangeGuard;

impl ChangeGuard {
    /// `None` if the thread is marked already.
    fn enter() -> Option<Self> {
        (!CHANGING.replace(true)).then(|| Self)
    }
}

impl Drop for ChangeGuard {
    fn drop(&mut self) {
        CHANGING.set(false);
    }
}

impl JointFamily {
    pub(crate) fn new(descriptor: &'static MetricDescriptor) -> Self {
        let series = LastValueFamily::new(descriptor, LastValueStorage::new());
        Self { series, changing: Mutex::new(()) }
    }

    pub(crate) fn leak(descriptor: &'static MetricDescriptor) -> &'static Self {
        Box::leak(Box::new(Self::new(descriptor)))
    }

    /// Changes values, and begins or ends series, between collections. A change within a change is
    /// dropped, and counted as such.
    pub(crate) fn change(&self, change: impl FnOnce()) {
        let Some(_guard) = ChangeGuard::enter() else {
            self.series.drop_sample();
            return;
        };
        if let Some(_changing) = lock_unless_lost(&self.changing) {
            change();
        }
    }

    /// Reads the value of each series, between changes.
    pub(crate) fn read(&self, values: &mut Vec<Option<Value>>) -> AllSeries {
        let _changing = (!CHANGING.get()).then(|| lock_unless_lost(&self.changing));
        self.series.read(values, |_, _| {})
    }
}

#[cfg(test)]
mod tests {
    use osapi_metrics_rules::InstrumentKind;

    use super::*;
    use crate::core::descriptor::ValueType;

    #[test]
    fn a_change_within_a_change_is_dropped() {
        static STATE: MetricDescriptor =
            MetricDescriptor::new("x_state", InstrumentKind::StateSet, ValueType::I64);
        let family = JointFamily::new(&STATE);
        let mut values = Vec::new();
        let (mut outer, mut inner) = (false, false);
        family.change(|| {
            outer = true;
            family.change(|| inner = true);
            assert_eq!(family.read(&mut values).len(), 1);
        });
        assert_eq!((outer, inner, family.series.stats().dropped), (true, false, 1));
        family.change(|| inner = true);
        assert!(inner);
    }
}
