use super::field;
use crate::exposition::labels::label_entries;

/// `Metric.label`, and the fields of `LabelPair`.
const LABEL: u64 = 1;
const NAME: u64 = 1;
const VALUE: u64 = 2;

/// The labels of each series of a metric as fields of its message, encoded once for many scrapes.
#[derive(Debug, Default)]
pub(in crate::exposition) struct LabelPairs {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl LabelPairs {
    /// The fields of series whose labels are these, as the text formats have them between braces.
    pub(in crate::exposition) fn new<'a>(series: impl Iterator<Item = &'a str>) -> Self {
        let mut pairs = Self::default();
        let mut pair = Vec::new();
        for labels in series {
            for (name, value) in label_entries(labels) {
                write_pair(&mut pairs.bytes, LABEL, (name, &value), &mut pair);
            }
            pairs.ends.push(pairs.bytes.len());
        }
        pairs.bytes.shrink_to_fit();
        pairs
    }

    /// The fields of a series.
    pub(super) fn get(&self, nth: usize) -> &[u8] {
        let start = nth.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[nth]]
    }
}

/// Writes a label as the field of this number. `pair` is overwritten.
pub(super) fn write_pair(
    out: &mut Vec<u8>,
    number: u64,
    (name, value): (&str, &str),
    pair: &mut Vec<u8>,
) {
    pair.clear();
    field::bytes(pair, NAME, name.as_bytes());
    field::bytes(pair, VALUE, value.as_bytes());
    field::bytes(out, number, pair);
}
