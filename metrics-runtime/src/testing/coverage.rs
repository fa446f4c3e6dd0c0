use super::Captured;
use crate::core::{descriptor::MetricDescriptor, registry::MetricSet};

impl Captured {
    /// Fails unless every metric of a set was recorded, with any labels: a counter was added to, a
    /// gauge was set, a value of a histogram was recorded, a closure of an observable metric was
    /// registered.
    ///
    /// ```
    /// use osapi_metrics::{Counter, MetricSet, testing};
    ///
    /// /// Who comes through the door.
    /// #[derive(MetricSet)]
    /// struct Door {
    ///     /// Guests let in.
    ///     guests_admitted_total: Counter,
    ///     /// Guests sent away.
    ///     guests_refused_total: Counter,
    /// }
    ///
    /// let captured = testing::capture(|| {
    ///     Door::global().guests_admitted_total.inc();
    ///     Door::global().guests_refused_total.inc();
    /// });
    /// captured.assert_covers::<Door>();
    /// ```
    ///
    /// # Panics
    ///
    /// If a metric was not recorded. The message has each such metric and its source location.
    #[track_caller]
    pub fn assert_covers<S: MetricSet>(&self) {
        let never = self.never_recorded::<S>();
        let described = never.iter().map(|metric| {
            format!("\n    {} `{}`, {}", metric.kind.as_str(), metric.name, metric.declaration())
        });
        assert!(
            never.is_empty(),
            "{} of {} metrics were never recorded:{}",
            never.len(),
            S::DESCRIPTORS.len(),
            described.collect::<String>()
        );
    }

    /// The metrics of a set that were not recorded, in the order of its fields.
    /// [`assert_covers`](Self::assert_covers) explains when a metric is recorded.
    pub fn never_recorded<S: MetricSet>(&self) -> Vec<&'static MetricDescriptor> {
        let Some(set) = self.sets.of::<S>() else { return S::DESCRIPTORS.iter().collect() };
        let never = set.instruments.iter().filter(|instrument| !instrument.was_recorded());
        never.map(|instrument| instrument.descriptor()).collect()
    }
}
