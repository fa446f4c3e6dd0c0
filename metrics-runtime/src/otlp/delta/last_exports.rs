use crate::periodic::DueGroups;

/// The last export of each group of a push.
///
/// A metric that the SDK does not have any more is in no snapshot, so that its group is not known.
/// Once each group has been in a snapshot, the metric has ended.
#[derive(Clone, Debug)]
pub(in crate::otlp) struct LastExports(Vec<u64>);

impl LastExports {
    /// Of groups that have not been exported.
    pub(in crate::otlp) fn new(groups: usize) -> Self {
        Self(vec![0; groups])
    }

    /// Notes an export of the groups that are due. Returns an export since which each group was in
    /// an export.
    pub(in crate::otlp) fn note(&mut self, due: DueGroups<'_>, export: u64) -> u64 {
        for (group, last) in self.0.iter_mut().enumerate() {
            if due.has(group) {
                *last = export;
            }
        }
        self.0.iter().copied().min().unwrap_or(export)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_of_the_last_exports_counts() {
        let mut last = LastExports::new(3);
        assert_eq!(
            last.note(DueGroups::Some(&[true, true, false]), 4),
            0,
            "one was never exported"
        );
        assert_eq!(last.note(DueGroups::Some(&[true, false, true]), 7), 4);
        assert_eq!(last.note(DueGroups::Some(&[true, true, false]), 9), 7);
        assert_eq!(last.note(DueGroups::All, 12), 12);
        assert_eq!(LastExports::new(1).note(DueGroups::All, 5), 5);
    }
}
