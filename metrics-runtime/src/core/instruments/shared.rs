/// `Debug` of instruments and their series shows the metric's name.
macro_rules! debug_by_name {
    ($($instrument:ident<$($generic:ident),*>: $bound:ident, $($family:ident).+;)*) => {$(
        impl<$($generic),*> std::fmt::Debug for $instrument<$($generic),*>
        where
            V: $bound,
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let name = self.$($family).+.descriptor.name;
                f.debug_tuple(stringify!($instrument)).field(&name).finish()
            }
        }
    )*};
}
pub(super) use debug_by_name;

/// The end of an instrument's series.
macro_rules! ending_series {
    ($instrument:ident: $value:ident) => {
        /// For metrics with a label that declares `max` or `recent`, whose series begin with their
        /// first use. The series of other metrics exist from the start, and never end.
        impl<L: LabelSet, V: $value> $instrument<L, V> {
            /// Ends the series of these labels: it is left out of later scrapes and exports. A
            /// value that is recorded through a handle from before the end is dropped. The next
            /// [`with`](Self::with) begins the series anew. Returns `false` if there is no such
            /// series.
            ///
            /// Does not compile if all labels are enums and `bool`s.
            pub fn remove(&self, labels: L) -> bool {
                const { crate::core::descriptor::assert_series_end(L::LABELS) };
                self.series.remove(&labels)
            }

            /// Ends every series for which `keep` returns `false`, as [`remove`](Self::remove)
            /// does, and returns the number of ended series. The overflow series stays.
            ///
            /// Does not compile if all labels are enums and `bool`s.
            pub fn retain(
                &self,
                mut keep: impl FnMut(&crate::core::storage::SeriesLabels) -> bool,
            ) -> usize {
                const { crate::core::descriptor::assert_series_end(L::LABELS) };
                self.series.retain(&mut keep)
            }
        }
    };
}
pub(super) use ending_series;

/// Whether an instrument records now.
macro_rules! enabled_instrument {
    ($instrument:ident: $value:ident) => {
        impl<L, V: $value> $instrument<L, V> {
            /// Whether recording is on. For code that prepares a measurement at some cost; the
            /// verbs themselves record nothing while recording is off.
            #[inline]
            pub fn enabled(&self) -> bool {
                crate::core::sync::enabled()
            }
        }
    };
}
pub(super) use enabled_instrument;
