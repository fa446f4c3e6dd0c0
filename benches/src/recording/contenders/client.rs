//! The label of the varying cases: 100 values, which the compiler knows.

/// Defines the enum and the lists of its values and names. The caller writes the attributes,
/// because one of the derives does not work on an enum whose attributes a macro has written.
macro_rules! listed {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident { $($variant:ident,)* }) => {
        $(#[$attribute])*
        $visibility enum $name { $($variant),* }

        const CLIENTS: &[$name] = &[$($name::$variant),*];
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
    pub(super) enum Client {
        C00, C01, C02, C03, C04, C05, C06, C07, C08, C09, C10, C11, C12, C13, C14,
        C15, C16, C17, C18, C19, C20, C21, C22, C23, C24, C25, C26, C27, C28, C29,
        C30, C31, C32, C33, C34, C35, C36, C37, C38, C39, C40, C41, C42, C43, C44,
        C45, C46, C47, C48, C49, C50, C51, C52, C53, C54, C55, C56, C57, C58, C59,
        C60, C61, C62, C63, C64, C65, C66, C67, C68, C69, C70, C71, C72, C73, C74,
        C75, C76, C77, C78, C79, C80, C81, C82, C83, C84, C85, C86, C87, C88, C89,
        C90, C91, C92, C93, C94, C95, C96, C97, C98, C99,
    }
}

/// The value that operation `number` records.
#[inline]
pub(super) fn client(number: usize) -> Client {
    CLIENTS[number % CLIENTS.len()]
}

/// The name of the value that operation `number` records.
#[inline]
pub(super) fn name(number: usize) -> &'static str {
    NAMES[number % NAMES.len()]
}
