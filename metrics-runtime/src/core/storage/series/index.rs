use std::sync::Arc;

use super::labels::SeriesLabels;

/// The labels of a metric's series. Collections share one slice until a series begins or ends.
pub(crate) type AllSeries = Arc<[Arc<SeriesLabels>]>;

/// The series of a metric at one moment: their labels, and their slots in the same order.
#[derive(Debug)]
pub(crate) struct SeriesIndex<P> {
    pub(crate) labels: AllSeries,
    pub(crate) slots: Box<[P]>,
}

impl<P> FromIterator<(Arc<SeriesLabels>, P)> for SeriesIndex<P> {
    fn from_iter<I: IntoIterator<Item = (Arc<SeriesLabels>, P)>>(series: I) -> Self {
        let (labels, slots): (Vec<_>, Vec<_>) = series.into_iter().unzip();
        Self { labels: labels.into(), slots: slots.into() }
    }
}
