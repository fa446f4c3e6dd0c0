use std::sync::atomic::{AtomicU8, Ordering};

use super::{exemplar::Exemplar, labels::ExemplarLabelsId, trace::sampled_span};
use crate::core::{storage::value::Value, sync::Timestamp};

/// Which samples can become exemplars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ExemplarPolicy {
    /// None.
    Off,
    /// Those that are recorded in a sampled span, or with labels that only exemplars have.
    Sampled,
    /// All.
    Always,
}

/// Off until a runtime is installed that exports exemplars.
static POLICY: AtomicU8 = AtomicU8::new(ExemplarPolicy::Off as u8);

/// Sets the policy of the process.
pub(crate) fn set_exemplar_policy(policy: ExemplarPolicy) {
    POLICY.store(policy as u8, Ordering::Relaxed);
}

/// Whether samples can become exemplars.
pub(in crate::core::storage) fn are_on() -> bool {
    POLICY.load(Ordering::Relaxed) != ExemplarPolicy::Off as u8
}

/// The exemplar of a sample that this thread records now, if the sample can become one.
pub(in crate::core::storage) fn exemplar_of(
    value: Value,
    labels: ExemplarLabelsId,
) -> Option<Exemplar> {
    if !are_on() {
        return None;
    }
    let (trace, labels) = (sampled_span(), labels.labels());
    let takes_all = POLICY.load(Ordering::Relaxed) == ExemplarPolicy::Always as u8;
    let is_taken = takes_all || trace.is_some() || labels.is_some();
    is_taken.then(|| Exemplar { value, time: Timestamp::now(), trace, labels })
}
