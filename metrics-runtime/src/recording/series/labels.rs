use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use opentelemetry::KeyValue;

use crate::{LabelRef, LabelSet, LabelVisitor, descriptor::LabelDescriptor, labels::OwnedLabel};

/// The labels of one series.
///
/// ```
/// # use osapi_metrics::{Counter, LabelSet, MetricSet};
/// # #[derive(LabelSet)] struct Tenant { #[label(max = 100)] tenant: String }
/// # /// Tenants.
/// # #[derive(MetricSet)] struct Tenants {
/// #     /// Requests of a tenant.
/// #     tenant_requests_total: Counter<Tenant>,
/// # }
/// # let requests = &Tenants::global().tenant_requests_total;
/// requests.with(Tenant { tenant: "gone-inc".to_owned() }).inc();
/// let ended = requests.retain(|labels| {
///     labels.get("tenant").is_none_or(|tenant| tenant.to_string() != "gone-inc")
/// });
/// assert_eq!(ended, 1);
/// ```
#[derive(Debug)]
pub struct SeriesLabels {
    labels: &'static [LabelDescriptor],
    /// The value of each label, in the order in which the metric declares them.
    values: Box<[OwnedLabel]>,
    /// The same as the SDK is given them: sorted by key, without those that are absent.
    pub(crate) attributes: Box<[KeyValue]>,
}

impl SeriesLabels {
    pub(crate) fn new(labels: &'static [LabelDescriptor], values: Box<[OwnedLabel]>) -> Self {
        let labelled = labels.iter().zip(&values).filter(|(_, value)| !value.is_empty());
        let mut attributes: Box<[_]> =
            labelled.map(|(label, value)| KeyValue::new(label.key, value.to_value())).collect();
        // The order in which the SDK finds a series without sorting a copy first.
        attributes.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        Self { labels, values, attributes }
    }

    /// Those of the series of every combination beyond a limit, with the attribute that the
    /// OpenTelemetry specification names for it.
    pub(crate) fn overflow() -> Self {
        let attributes = Box::new([KeyValue::new("otel.metric.overflow", true)]);
        Self { labels: &[], values: Box::default(), attributes }
    }

    /// Whether they are those of the series of what exceeds a limit.
    #[cfg_attr(not(feature = "testing"), expect(dead_code, reason = "tests ask"))]
    pub(crate) fn is_overflow(&self) -> bool {
        self.labels.is_empty() && !self.attributes.is_empty()
    }

    /// The value of the label of this key.
    pub fn get(&self, key: &str) -> Option<LabelRef<'_>> {
        self.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// The keys and values, in the order in which the metric declares them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, LabelRef<'_>)> {
        self.labels.iter().zip(&self.values).map(|(label, value)| (label.key, value.borrow()))
    }

    pub(super) fn values(&self) -> &[OwnedLabel] {
        &self.values
    }
}

/// The series of a metric; the same slice as long as none comes or goes.
pub(crate) type AllSeries = Arc<[Arc<SeriesLabels>]>;

/// Series are found by the values of their labels.
#[derive(Clone, Debug)]
pub(super) struct Key(pub(super) Arc<SeriesLabels>);

/// A set of labels, whatever its type, so that what finds and begins series is compiled once.
pub trait AnyLabels {
    /// Calls `visitor` with the value of each label.
    fn each(&self, visitor: &mut LabelVisitor<'_>);
}

impl<L: LabelSet> AnyLabels for L {
    #[inline]
    fn each(&self, visitor: &mut LabelVisitor<'_>) {
        self.visit(visitor);
    }
}

/// A set of labels to find a series by, without owning its values.
pub(super) struct Lookup<'a>(pub(super) &'a dyn AnyLabels);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.values.iter().for_each(|value| value.borrow().hash(state));
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.values == other.0.values
    }
}

impl Eq for Key {}

impl Hash for Lookup<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.each(&mut |value| value.hash(state));
    }
}

impl papaya::Equivalent<Key> for Lookup<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        let mut stored = key.0.values.iter();
        let mut same = true;
        self.0.each(&mut |value| {
            same &= stored.next().is_some_and(|stored| stored.borrow() == value);
        });
        same
    }
}
