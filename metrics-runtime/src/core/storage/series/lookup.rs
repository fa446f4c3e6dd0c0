use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use super::{labels::SeriesLabels, scope::ScopeLabels};
use crate::core::descriptor::{LabelSet, LabelVisitor, OwnedLabel};

/// The key of a series: the values of its labels.
#[derive(Clone, Debug)]
pub(super) struct Key(pub(super) Arc<SeriesLabels>);

/// A set of labels of any type, so that the code that finds and begins series is compiled once.
pub(crate) trait AnyLabels {
    /// Calls `visitor` with the value of each label.
    fn each(&self, visitor: &mut LabelVisitor<'_>);
}

impl<L: LabelSet> AnyLabels for L {
    #[inline]
    fn each(&self, visitor: &mut LabelVisitor<'_>) {
        self.visit(visitor);
    }
}

/// A combination of closed labels.
pub(crate) struct Combination<'a>(pub(crate) &'a [OwnedLabel]);

impl AnyLabels for Combination<'_> {
    fn each(&self, visitor: &mut LabelVisitor<'_>) {
        self.0.iter().for_each(|value| visitor(value.borrow()));
    }
}

/// Labels behind those of a scope.
pub(super) struct Scoped<'a> {
    pub(super) scope: &'a ScopeLabels,
    pub(super) labels: &'a dyn AnyLabels,
}

impl AnyLabels for Scoped<'_> {
    fn each(&self, visitor: &mut LabelVisitor<'_>) {
        self.scope.values().iter().for_each(|value| visitor(value.borrow()));
        self.labels.each(visitor);
    }
}

/// A set of labels to find a series by. It does not own the values.
pub(super) struct Lookup<'a>(pub(super) &'a dyn AnyLabels);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.values().iter().for_each(|value| value.borrow().hash(state));
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.values() == other.0.values()
    }
}

impl Eq for Key {}

impl Hash for Lookup<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.each(&mut |value| value.hash(state));
    }
}

impl papaya::Equivalent<Key> for Lookup<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        let mut stored = key.0.values().iter();
        let mut same = true;
        self.0.each(&mut |value| {
            same &= stored.next().is_some_and(|stored| stored.borrow() == value);
        });
        same
    }
}
