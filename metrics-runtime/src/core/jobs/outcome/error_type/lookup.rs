use std::{error::Error, sync::LazyLock};

use super::{ErrorRegistration, ErrorType, known_errors::KnownErrors, standard};

/// The error as an error with a class, if its type is known.
pub(super) fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a dyn ErrorType> {
    static KNOWN: LazyLock<KnownErrors> = LazyLock::new(collect);
    KNOWN.find(error)
}

/// The types of the standard library, and the types that are registered at link time.
fn collect() -> KnownErrors {
    let mut known = KnownErrors::default();
    standard::add(&mut known);
    for registration in inventory::iter::<ErrorRegistration>() {
        (registration.add)(&mut known);
    }
    known.sort();
    known
}
