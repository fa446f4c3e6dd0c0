use super::{
    exemplar::Exemplar,
    labels::ExemplarLabelsId,
    policy::{are_on, takes_all},
    trace::sampled_span,
};
use crate::core::{storage::value::Value, sync::Timestamp};

/// The exemplar of a sample that this thread records now, if the sample can become one.
pub(in crate::core::storage) fn exemplar_of(
    value: Value,
    labels: ExemplarLabelsId,
) -> Option<Exemplar> {
    if !are_on() {
        return None;
    }
    let (trace, labels) = (sampled_span(), labels.labels());
    let is_taken = takes_all() || trace.is_some() || labels.is_some();
    is_taken.then(|| Exemplar { value, time: Timestamp::now(), trace, labels })
}
