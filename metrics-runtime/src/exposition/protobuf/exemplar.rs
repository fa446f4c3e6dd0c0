use super::{field, label_pairs::write_pair, timestamp::write_timestamp};
use crate::{
    core::storage::Exemplar,
    exposition::{exemplar::labels, labels::label_entries},
};

/// The numbers of the fields.
mod number {
    pub(super) const LABEL: u64 = 1;
    pub(super) const VALUE: u64 = 2;
    pub(super) const TIMESTAMP: u64 = 3;
}

/// Writes an exemplar as the field of this number.
pub(super) fn write_exemplar(out: &mut Vec<u8>, number: u64, exemplar: &Exemplar) {
    let (mut message, mut part) = (Vec::new(), Vec::new());
    for (name, value) in label_entries(&labels(exemplar)) {
        write_pair(&mut message, number::LABEL, (name, &value), &mut part);
    }
    field::double(&mut message, number::VALUE, exemplar.value.to_f64());
    write_timestamp(&mut message, number::TIMESTAMP, exemplar.time, &mut part);
    field::bytes(out, number, &message);
}
