use std::sync::Mutex;

use super::{chunk::CELLS, layout::Layout};
use crate::core::sync::{ReentrancyGuard, lock};

/// The numbers of cells that are given out. The cells of a column have one layout.
struct Column {
    layout: &'static Layout,
    used: usize,
}

static COLUMNS: Mutex<Vec<Column>> = Mutex::new(Vec::new());

/// The number of a cell of this layout, which no other slot has.
pub(super) fn claim_cell(layout: &'static Layout) -> u32 {
    let _guard = ReentrancyGuard::enter();
    let mut columns = lock(&COLUMNS);
    let open = |column: &Column| std::ptr::eq(column.layout, layout) && column.used < CELLS;
    let at = columns.iter().rposition(open).unwrap_or_else(|| {
        columns.push(Column { layout, used: 0 });
        columns.len() - 1
    });
    let cell = at * CELLS + columns[at].used;
    columns[at].used += 1;
    u32::try_from(cell).unwrap_or(u32::MAX)
}

/// The layout of the cells of a column. `None` if no cell of the column is given out.
pub(crate) fn layout_of_column(column: usize) -> Option<&'static Layout> {
    let _guard = ReentrancyGuard::enter();
    lock(&COLUMNS).get(column).map(|column| column.layout)
}
