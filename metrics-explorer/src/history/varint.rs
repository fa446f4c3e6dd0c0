//! Integers in as few bytes as they need, and the difference of two values.
//!
//! Unsigned integers are LEB128, as Protocol Buffers write them; signed integers are mapped to
//! unsigned ones first (zigzag), so that small ones of both signs are short.

use crate::number::{is_whole, to_float, to_integer};

pub(super) fn put_unsigned(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(low_bits(value) | 0x80);
        value >>= 7;
    }
    bytes.push(low_bits(value));
}

pub(super) fn put_signed(bytes: &mut Vec<u8>, value: i64) {
    put_unsigned(bytes, ((value << 1) ^ (value >> 63)).cast_unsigned());
}

fn low_bits(value: u64) -> u8 {
    (value & 0x7f) as u8
}

/// Reads what the functions of this file have written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn byte(&mut self) -> u8 {
        let (&first, rest) = self.bytes.split_first().expect("a frame ends with a whole change");
        self.bytes = rest;
        first
    }

    pub(super) fn unsigned(&mut self) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return value;
            }
            shift += 7;
        }
    }

    pub(super) fn signed(&mut self) -> i64 {
        let value = self.unsigned();
        (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
    }

    /// Reads over a value.
    pub(super) fn skip_value(&mut self, form: ValueForm) {
        // The value before it does not matter.
        self.value(0.0, form);
    }

    /// The value that followed `old`.
    pub(super) fn value(&mut self, old: f64, form: ValueForm) -> f64 {
        match form {
            ValueForm::Whole => to_float(to_integer(old) + self.signed()),
            ValueForm::Bits => {
                let lengths = self.byte();
                let (count, zeros) = (lengths & 0xf, u32::from(lengths >> 4));
                let mut difference = 0;
                for _ in 0..count {
                    difference = difference << 8 | u64::from(self.byte());
                }
                f64::from_bits(old.to_bits() ^ (difference << (8 * zeros)))
            }
        }
    }
}

/// How the difference of two values is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueForm {
    /// Both are whole numbers: their difference.
    Whole,
    /// The exclusive or of their bits, without the zero bytes at both ends. The first byte has the
    /// number of bytes, and the number of zero bytes below them.
    Bits,
}

impl ValueForm {
    pub(super) fn of(old: f64, new: f64) -> Self {
        if is_whole(old) && is_whole(new) { Self::Whole } else { Self::Bits }
    }
}

/// Writes the difference of a value and the value before it.
pub(super) fn put_value(bytes: &mut Vec<u8>, old: f64, new: f64, form: ValueForm) {
    match form {
        ValueForm::Whole => put_signed(bytes, to_integer(new) - to_integer(old)),
        ValueForm::Bits => {
            let difference = old.to_bits() ^ new.to_bits();
            let zeros = if difference == 0 { 0 } else { difference.trailing_zeros() / 8 };
            let written = (difference >> (8 * zeros)).to_be_bytes();
            let first = written.iter().position(|byte| *byte != 0).unwrap_or(written.len());
            let written = &written[first..];
            let lengths = zeros << 4 | u32::try_from(written.len()).unwrap_or_default();
            bytes.push(u8::try_from(lengths).expect("both are at most 8"));
            bytes.extend_from_slice(written);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

    fn there_and_back(old: f64, new: f64) -> usize {
        let mut bytes = Vec::new();
        let form = ValueForm::of(old, new);
        put_value(&mut bytes, old, new, form);
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.value(old, form).to_bits(), new.to_bits(), "{old} to {new}");
        assert!(reader.is_empty());
        bytes.len()
    }

    #[test]
    fn values_at_the_edges_survive() {
        let edges = [
            0.0,
            -0.0,
            1.0,
            0.1,
            -MAX_WHOLE,
            MAX_WHOLE,
            MAX_WHOLE * 2.0,
            f64::MAX,
            f64::MIN_POSITIVE,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
        ];
        for old in edges {
            for new in edges {
                there_and_back(old, new);
            }
        }
    }

    #[test]
    fn small_steps_are_short() {
        assert_eq!(there_and_back(1e15, 1e15 + 1.0), 1);
        assert_eq!(there_and_back(7.0, 7.0), 1);
        assert_eq!(there_and_back(0.5, 0.5), 1);
        assert_eq!(there_and_back(0.5, 0.75), 2);
        assert!(there_and_back(0.1, 0.2) <= 9);
    }

    proptest! {
        #[test]
        fn any_value_survives(old: u64, new: u64) {
            there_and_back(f64::from_bits(old), f64::from_bits(new));
        }

        #[test]
        fn any_integer_survives(unsigned: u64, signed: i64) {
            let mut bytes = Vec::new();
            put_unsigned(&mut bytes, unsigned);
            put_signed(&mut bytes, signed);
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.unsigned(), unsigned);
            prop_assert_eq!(reader.signed(), signed);
            prop_assert!(reader.is_empty());
        }
    }
}
