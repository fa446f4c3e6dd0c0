use super::sync::OnceLock;

/// The chunks of one shard, by column.
#[derive(Debug)]
pub(crate) struct Directory<C: 'static> {
    chunks: Box<[OnceLock<&'static C>]>,
}

/// The columns of a directory. Series in further columns have no cells of a shard.
pub(crate) const COLUMNS: usize = 512;

impl<C> Default for Directory<C> {
    fn default() -> Self {
        Self { chunks: (0..COLUMNS).map(|_| OnceLock::new()).collect() }
    }
}

impl<C> Directory<C> {
    #[inline]
    pub(crate) fn get(&self, column: usize) -> Option<&'static C> {
        self.chunks.get(column)?.get().copied()
    }

    /// The chunk of a column, made at the first use. `None` if the column is beyond the directory.
    pub(super) fn get_or_make(
        &self,
        column: usize,
        make: impl FnOnce() -> C,
    ) -> Option<&'static C> {
        let chunk = self.chunks.get(column)?;
        Some(chunk.get_or_init(|| Box::leak(Box::new(make()))))
    }
}
