//! Typed labels: the keys of a metric, and the values that each label can have.
//!
//! A set made only of enums and bools is *closed*: every combination is known at compile time, and
//! a series is found by index arithmetic. A set with a string or an integer is *open*: a series
//! begins with its first use, up to the declared limits and to 10,000 series in all.

mod descriptor;
mod explain;
mod list;
mod set;
mod value;

pub use osapi_metrics_macros::{LabelSet, LabelValue};

pub use descriptor::{LabelDescriptor, LabelValues};
pub use list::{
    KeyList, LabelList, assert_distinct_keys, assert_exemplar_label_key, assert_label_key, concat,
    concat_keys, series_count,
};
pub use set::{LabelSet, LabelVisitor};
pub use value::{LabelRef, LabelValue, OpenLabelValue};

pub(crate) use explain::explain_labels;
pub(crate) use set::{closed_combination, is_closed};
pub(crate) use value::OwnedLabel;
