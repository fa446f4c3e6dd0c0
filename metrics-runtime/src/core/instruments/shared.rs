/// Instruments and their series show the metric's name.
macro_rules! debug_by_name {
    ($($instrument:ident<$($generic:ident),*>: $bound:ident;)*) => {$(
        impl<$($generic),*> std::fmt::Debug for $instrument<$($generic),*>
        where
            V: $bound,
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($instrument)).field(&self.family.descriptor.name).finish()
            }
        }
    )*};
}
pub(super) use debug_by_name;

/// How the series of an instrument are found, and how they end.
macro_rules! ending_series {
    ($instrument:ident: $value:ident) => {
        /// For metrics with a label that declares `max` or `recent`, whose series begin with their
        /// first use. The series of other metrics are all there from the start and stay.
        impl<L: LabelSet, V: $value> $instrument<L, V> {
            /// Ends the series of these labels: it is left out of later scrapes and exports. What is
            /// recorded through handles that were taken before is dropped; the next
            /// [`with`](Self::with) begins it anew. `false` if there is no such series.
            pub fn remove(&self, labels: L) -> bool {
                const { crate::core::descriptor::assert_series_end(L::LABELS) };
                self.family.remove(&labels)
            }

            /// Ends every series for which `keep` says `false`, as [`remove`](Self::remove) does, and
            /// tells how many these were. The overflow series stays.
            pub fn retain(
                &self,
                mut keep: impl FnMut(&crate::core::storage::SeriesLabels) -> bool,
            ) -> usize {
                const { crate::core::descriptor::assert_series_end(L::LABELS) };
                self.family.retain(&mut keep)
            }

            #[inline]
            fn slot(&self, labels: &impl LabelSet) -> SlotRef {
                match self.closed.get(labels.combination()) {
                    Some(slot) => *slot,
                    None => self.family.slot_if_on(labels),
                }
            }
        }
    };
}
pub(super) use ending_series;

/// Whether an instrument records now.
macro_rules! enabled_instrument {
    ($instrument:ident: $value:ident) => {
        impl<L, V: $value> $instrument<L, V> {
            /// Whether recording is on. For code that prepares a measurement at some cost; the verbs
            /// themselves record nothing while recording is off.
            #[inline]
            pub fn enabled(&self) -> bool {
                crate::core::sync::enabled()
            }
        }
    };
}
pub(super) use enabled_instrument;
