use super::Place;

/// Sets the value of a series that can end, unless it has.
pub(crate) fn set_value(place: Place, bits: u64) {
    place.shared().set_of(place.tenant, bits);
}

/// Takes the value of a series that can end.
pub(crate) fn clear_value(place: Place) {
    place.shared().clear_of(place.tenant);
}
