use super::field;
use crate::core::sync::Timestamp;

/// The numbers of the fields of `google.protobuf.Timestamp`.
mod number {
    pub(super) const SECONDS: u64 = 1;
    pub(super) const NANOS: u64 = 2;
}

const NANOS_IN_SECOND: u64 = 1_000_000_000;

/// Writes a time, if it is known, as the field of this number. `part` is overwritten.
pub(super) fn write_timestamp(out: &mut Vec<u8>, number: u64, time: Timestamp, part: &mut Vec<u8>) {
    if time > Timestamp::default() {
        part.clear();
        field::unsigned(part, number::SECONDS, time.0 / NANOS_IN_SECOND);
        field::unsigned(part, number::NANOS, time.0 % NANOS_IN_SECOND);
        field::bytes(out, number, part);
    }
}
