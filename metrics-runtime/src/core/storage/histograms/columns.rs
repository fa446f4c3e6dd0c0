use std::sync::Mutex;

use super::{
    chunk::{CELLS, stride},
    layout::Layout,
};
use crate::core::sync::{ReentrancyGuard, lock_unless_lost};

/// The cells of a column that are given out. They have one layout.
struct Column {
    layout: &'static Layout,
    used: u32,
}

static COLUMNS: Mutex<Vec<Column>> = Mutex::new(Vec::new());

/// The place of a cell in each shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CellPlace(u32);

impl CellPlace {
    /// The place of no cell.
    pub(super) const NONE: Self = Self(u32::MAX);

    pub(super) fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    pub(super) fn to_bits(self) -> u32 {
        self.0
    }

    /// The column, which is also the index of the chunk in a shard. Beyond all columns for no cell.
    #[inline]
    pub(super) fn column(self) -> usize {
        (self.0 >> LINE_BITS) as usize
    }

    /// The first line of the cell in its chunk.
    #[inline]
    pub(super) fn line(self) -> usize {
        (self.0 & ((1 << LINE_BITS) - 1)) as usize
    }
}

/// The bits of a line in a place: a chunk has 32 cells, and a cell less than 2048 lines.
const LINE_BITS: u32 = 16;

/// The place of a cell of this layout, which no other slot has. [`CellPlace::NONE`] if all are
/// given out, or if the layout has too many buckets.
pub(super) fn claim_cell(layout: &'static Layout) -> CellPlace {
    let _guard = ReentrancyGuard::enter();
    let Some(mut columns) = lock_unless_lost(&COLUMNS) else { return CellPlace::NONE };
    let stride = u32::try_from(stride(layout)).unwrap_or(u32::MAX);
    if stride >= (1 << LINE_BITS) / CELLS {
        return CellPlace::NONE;
    }
    let open = |column: &Column| std::ptr::eq(column.layout, layout) && column.used < CELLS;
    let at = columns.iter().rposition(open).unwrap_or_else(|| {
        columns.push(Column { layout, used: 0 });
        columns.len() - 1
    });
    let line = columns[at].used * stride;
    columns[at].used += 1;
    let column = u32::try_from(at).ok().filter(|column| *column < u32::MAX >> LINE_BITS);
    column.map_or(CellPlace::NONE, |column| CellPlace(column << LINE_BITS | line))
}

/// The layout of the cells of a column. `None` if no cell of the column is given out.
pub(crate) fn layout_of_column(column: usize) -> Option<&'static Layout> {
    let _guard = ReentrancyGuard::enter();
    lock_unless_lost(&COLUMNS)?.get(column).map(|column| column.layout)
}
