use std::sync::OnceLock;

use super::{JobEnd, eval::eval_user_code};
use crate::core::{
    descriptor::LabelValue,
    instruments::{
        Counter, CounterSeries, CounterValue, Gauge, GaugeSeries, GaugeValue, Histogram,
        HistogramSeries, HistogramValue, ObservableGauge, ObservableSeries, UpDownCounter,
        UpDownCounterSeries, UpDownCounterValue,
    },
    jobs::JobStatus,
};

/// The series of one metric that the jobs of a handler concern, each found once: one for what happens
/// before the end, and one for each way to end.
#[derive(Debug)]
pub struct SeriesCache<S> {
    at_start: OnceLock<Option<S>>,
    at_end: [OnceLock<Option<S>>; JobStatus::VALUES.len()],
}

impl<S: Copy> SeriesCache<S> {
    /// Nothing is known yet.
    #[expect(clippy::declare_interior_mutable_const, reason = "what a static begins with")]
    pub const EMPTY: Self = Self {
        at_start: OnceLock::new(),
        at_end: [const { OnceLock::new() }; JobStatus::VALUES.len()],
    };

    #[inline(always)]
    pub(super) fn at_start<R>(
        known: Option<&Self>,
        find: impl FnOnce() -> Option<S>,
        record: impl FnOnce(&S) -> R,
    ) -> Option<R> {
        Self::once(known.map(|known| &known.at_start), find, record)
    }

    /// Where labels differ with the error, the series of a job that failed is found each time.
    #[inline(always)]
    pub(super) fn at_end(
        known: Option<&Self>,
        of_error: bool,
        end: &JobEnd,
        find: impl FnOnce() -> Option<S>,
        record: impl FnOnce(&S),
    ) {
        let known = known.filter(|_| !of_error || end.error_type.is_none());
        Self::once(known.map(|known| &known.at_end[end.status.index()]), find, record);
    }

    #[inline(always)]
    fn once<R>(
        known: Option<&OnceLock<Option<S>>>,
        find: impl FnOnce() -> Option<S>,
        record: impl FnOnce(&S) -> R,
    ) -> Option<R> {
        // Labels may be made by code of the user's, also while a panic of the job unwinds.
        let find = || eval_user_code(find).flatten();
        let found;
        let series = match known {
            // Not copied: what was just written in parts is slow to read as a whole.
            Some(known) => known.get_or_init(find).as_ref(),
            None => {
                found = find();
                found.as_ref()
            }
        };
        series.map(record)
    }
}

/// An instrument that can follow jobs, whatever its labels.
pub trait JobInstrument {
    /// Its labels.
    type Labels;

    /// One series of it.
    type Series: Copy + Send + Sync + 'static;
}

impl<L, V: CounterValue> JobInstrument for Counter<L, V> {
    type Labels = L;
    type Series = CounterSeries<V>;
}

impl<L, V: UpDownCounterValue> JobInstrument for UpDownCounter<L, V> {
    type Labels = L;
    type Series = UpDownCounterSeries<V>;
}

impl<L, V: GaugeValue> JobInstrument for Gauge<L, V> {
    type Labels = L;
    type Series = GaugeSeries<V>;
}

impl<L, V: HistogramValue> JobInstrument for Histogram<L, V> {
    type Labels = L;
    type Series = HistogramSeries<V>;
}

impl<L> JobInstrument for ObservableGauge<L> {
    type Labels = L;
    type Series = ObservableSeries;
}
