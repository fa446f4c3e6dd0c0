use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use super::{labels::SeriesLabels, scope::ScopeLabels};
use crate::core::descriptor::{LabelSet, LabelVisitor, OwnedLabel};

/// Hashes the values of labels, by seeds of its own.
///
/// Not hashbrown's default hashes: with one random seed of a thousand, those of neighbouring
/// numbers agree in their lower bits. papaya makes another table if it cannot place a key within a
/// limited number of probes, and where keys agree so, a read of all series makes tables without
/// end.
pub(super) type LabelHashes = foldhash::quality::RandomState;

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

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::*;
    use crate::core::descriptor::LabelRef;

    const TABLE: usize = 128;
    const KEYS: u32 = 50;

    /// The most keys that begin in one place of a table.
    fn longest_run(hashes: &LabelHashes, key: impl Fn(u32) -> OwnedLabel) -> usize {
        let mut runs = [0; TABLE];
        for key in (0..KEYS).map(key) {
            let hash = hashes.hash_one(Lookup(&Combination(&[key])));
            runs[usize::try_from(hash % TABLE as u64).unwrap()] += 1;
        }
        runs.into_iter().max().unwrap()
    }

    /// papaya looks at 36 places of a table of this size. Hashes that are not mixed so well put 14
    /// keys and more into one place with some of so many seeds.
    #[test]
    fn neighbours_are_spread_over_a_table_whatever_the_seed() {
        for _ in 0..20_000 {
            let hashes = LabelHashes::default();
            let numbers = longest_run(&hashes, |key| LabelRef::Uint(key.into()).to_owned_label());
            let far = |key| LabelRef::Int(i64::from(key) << 32).to_owned_label();
            let texts = |key| LabelRef::Str(&format!("/users/{key}")).to_owned_label();
            for run in [numbers, longest_run(&hashes, far), longest_run(&hashes, texts)] {
                assert!(run < 14, "{run} of {KEYS} keys begin in one place of {TABLE}");
            }
        }
    }
}
