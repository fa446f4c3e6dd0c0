use std::{
    hash::{Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering},
};

use super::labels::SeriesLabels;
use crate::core::descriptor::{LabelDescriptor, LabelVisitor, OwnedLabel};

/// The labels that all series of one instance of a set have, in front of their own.
///
/// Two are equal if their values are.
#[derive(Debug)]
pub struct ScopeLabels {
    values: Box<[OwnedLabel]>,
    /// The id of the instance, unique in the process.
    id: ScopeId,
}

/// The id of an instance of a set, for what cannot refer to its labels.
pub(crate) type ScopeId = u64;

impl ScopeLabels {
    /// The labels that `visit` passes to the visitor.
    pub(crate) fn of(visit: &dyn Fn(&mut LabelVisitor<'_>)) -> Self {
        let mut values = Vec::new();
        visit(&mut |value| values.push(value.to_owned_label()));
        Self::new(values.into())
    }

    /// The labels of the instance that stands for no scope: empty, which is the same as absent.
    pub(crate) fn absent(labels: &[LabelDescriptor]) -> Self {
        Self::new(labels.iter().map(|_| OwnedLabel::Str("".into())).collect())
    }

    fn new(values: Box<[OwnedLabel]>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { values, id: NEXT.fetch_add(1, Ordering::Relaxed) }
    }

    pub(crate) fn id(&self) -> ScopeId {
        self.id
    }

    pub(super) fn values(&self) -> &[OwnedLabel] {
        &self.values
    }

    /// Whether a series is one of the instance. The overflow series is of no instance.
    pub(super) fn contains(&self, labels: &SeriesLabels) -> bool {
        labels.values().starts_with(&self.values) && !labels.is_overflow()
    }
}

impl PartialEq for ScopeLabels {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl Eq for ScopeLabels {}

impl Hash for ScopeLabels {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.values.hash(state);
    }
}
