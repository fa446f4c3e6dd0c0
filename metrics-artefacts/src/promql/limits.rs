/// The most bytes of a query.
pub(super) const MAX_BYTES: usize = 256 * 1024;
/// The most brackets around each other.
pub(super) const MAX_DEPTH: usize = 100;
/// The most operators. Each can be a level of the syntax tree.
pub(super) const MAX_OPERATORS: usize = 400;
/// The most powers. Each is a level of the syntax tree on its right side, which is walked
/// recursively.
pub(super) const MAX_POWERS: usize = 20;
