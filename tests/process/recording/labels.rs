//! Labels of several tests.

use osapi_metrics::{LabelSet, LabelValue};

/// Known to the compiler.
#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
pub(crate) enum Half {
    Even,
    Odd,
}

/// Known at run time.
#[derive(Clone, Copy, Debug, LabelSet)]
pub(crate) struct Lane {
    #[label(max = 100)]
    pub(crate) lane: u64,
}
