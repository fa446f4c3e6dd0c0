use std::{fmt::Debug, sync::Arc};

use super::labels::SeriesLabels;
use crate::core::storage::{exemplars::Exemplar, value::Value};

/// The storage of the values of a family's series.
pub trait SeriesStorage: Debug + Send + Sync + 'static {
    /// Refers to the value of one series. A handle is not much more.
    type Slot: Copy + Debug + PartialEq + Send + Sync + 'static;

    /// A slot for a new series.
    fn claim(&self, labels: &Arc<SeriesLabels>) -> Self::Slot;

    /// Ends a series.
    fn release(&self, slot: Self::Slot);

    /// The discard slot: a value that is recorded there is dropped. Handles that are made while
    /// recording is off have it.
    fn discard_slot(&self) -> Self::Slot;

    /// Whether the series has not ended. `false` for the discard slot.
    fn is_current(&self, slot: Self::Slot) -> bool;

    /// Whether anything was ever recorded in a series that has not ended.
    fn was_recorded(&self, slot: Self::Slot) -> bool;
}

/// A storage that a collection reads as it is, without a sink.
pub trait ReadSeries: SeriesStorage {
    /// Appends the value of each slot, if it has one.
    fn read(&self, slots: &[Self::Slot], values: &mut Vec<Option<Value>>);

    /// Passes on the exemplars of the slots, each with the position of its slot, and lets the next
    /// samples of each slot become exemplars.
    fn exemplars(&self, _slots: &[Self::Slot], _take: &mut dyn FnMut(usize, Exemplar)) {}
}
