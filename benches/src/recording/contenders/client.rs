//! The label that varies: 100 values, known when the program is compiled.

/// Lists the variants. The attributes are passed through, because one of the derives does not work
/// on an enum that a macro has written.
macro_rules! listed {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident { $($variant:ident,)* }) => {
        $(#[$attribute])*
        $visibility enum $name { $($variant),* }

        const TENANTS: &[$name] = &[$($name::$variant),*];
        const NAMES: &[&str] = &[$(stringify!($variant)),*];
    };
}

listed! {
    /// One type with the derives of every library that has typed labels.
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, Hash,
        osapi_metrics::LabelValue, osapi_metrics::LabelSet,
        measured::FixedCardinalityLabel,
        prometheus_client::encoding::EncodeLabelValue,
        vise::EncodeLabelValue,
    )]
    #[metrics(rename_all = "snake_case")]
    pub(super) enum Tenant {
        T00, T01, T02, T03, T04, T05, T06, T07, T08, T09, T10, T11, T12, T13, T14,
        T15, T16, T17, T18, T19, T20, T21, T22, T23, T24, T25, T26, T27, T28, T29,
        T30, T31, T32, T33, T34, T35, T36, T37, T38, T39, T40, T41, T42, T43, T44,
        T45, T46, T47, T48, T49, T50, T51, T52, T53, T54, T55, T56, T57, T58, T59,
        T60, T61, T62, T63, T64, T65, T66, T67, T68, T69, T70, T71, T72, T73, T74,
        T75, T76, T77, T78, T79, T80, T81, T82, T83, T84, T85, T86, T87, T88, T89,
        T90, T91, T92, T93, T94, T95, T96, T97, T98, T99,
    }
}

/// The value of the next call.
#[inline]
pub(super) fn tenant(number: usize) -> Tenant {
    TENANTS[number % TENANTS.len()]
}

/// The same as a text.
#[inline]
pub(super) fn name(number: usize) -> &'static str {
    NAMES[number % NAMES.len()]
}
