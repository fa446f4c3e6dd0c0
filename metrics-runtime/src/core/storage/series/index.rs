use std::sync::Arc;

use super::labels::SeriesLabels;

/// The series of a metric. The same slice is shared as long as none comes or goes.
pub(crate) type AllSeries = Arc<[Arc<SeriesLabels>]>;

/// The series that there are at one moment, and their slots in the same order.
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
