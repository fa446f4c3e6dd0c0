//! The fields of a message, as protobuf encodes them.

/// The types of fields on the wire.
const VARINT: u64 = 0;
const FIXED_64: u64 = 1;
const LENGTH_DELIMITED: u64 = 2;

fn tag(out: &mut Vec<u8>, number: u64, wire_type: u64) {
    varint(out, number << 3 | wire_type);
}

/// Seven bits in each byte, the lowest ones first; the highest bit of a byte says that more follow.
pub(super) fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// The number of bytes of a varint.
pub(super) fn varint_length(value: u64) -> usize {
    let bits = u64::BITS - (value | 1).leading_zeros();
    bits.div_ceil(7) as usize
}

/// `uint64`, `uint32`, `int64` of a number that is not negative, and values of enums.
pub(super) fn unsigned(out: &mut Vec<u8>, number: u64, value: u64) {
    tag(out, number, VARINT);
    varint(out, value);
}

/// `sint64` and `sint32`: the sign is in the lowest bit.
pub(super) fn signed(out: &mut Vec<u8>, number: u64, value: i64) {
    unsigned(out, number, (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned());
}

pub(super) fn double(out: &mut Vec<u8>, number: u64, value: f64) {
    tag(out, number, FIXED_64);
    out.extend_from_slice(&value.to_bits().to_le_bytes());
}

/// The begin of a string or a message of this length.
pub(super) fn length(out: &mut Vec<u8>, number: u64, length: usize) {
    tag(out, number, LENGTH_DELIMITED);
    varint(out, length as u64);
}

/// A string, or a message that is encoded already.
pub(super) fn bytes(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    length(out, number, bytes.len());
    out.extend_from_slice(bytes);
}
