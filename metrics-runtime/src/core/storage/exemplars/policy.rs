use std::sync::atomic::{AtomicU8, Ordering};

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

/// Whether every sample can become an exemplar.
pub(super) fn takes_all() -> bool {
    POLICY.load(Ordering::Relaxed) == ExemplarPolicy::Always as u8
}
