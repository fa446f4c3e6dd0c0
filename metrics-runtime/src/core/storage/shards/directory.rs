use super::sync::{GROUP, GROUPS, OnceLock};

/// The chunks of one shard, by column.
#[derive(Debug)]
pub(crate) struct Directory<C: 'static> {
    groups: [OnceLock<Box<Group<C>>>; GROUPS],
}

/// The chunks of some columns.
type Group<C> = [OnceLock<&'static C>; GROUP];

/// The columns of a directory. Series in further columns have no cells of a shard.
pub(crate) const COLUMNS: usize = GROUPS * GROUP;

impl<C> Default for Directory<C> {
    fn default() -> Self {
        Self { groups: std::array::from_fn(|_| OnceLock::new()) }
    }
}

impl<C> Directory<C> {
    #[inline]
    pub(crate) fn get(&self, column: usize) -> Option<&'static C> {
        let group = self.groups.get(column / GROUP)?.get()?;
        group[column % GROUP].get().copied()
    }

    /// The chunk of a column, made at the first use. `None` if the column is beyond the directory.
    pub(super) fn get_or_make(
        &self,
        column: usize,
        make: impl FnOnce() -> C,
    ) -> Option<&'static C> {
        let new_group = || Box::new(std::array::from_fn(|_| OnceLock::new()));
        let group = self.groups.get(column / GROUP)?.get_or_init(new_group);
        Some(group[column % GROUP].get_or_init(|| Box::leak(Box::new(make()))))
    }
}
