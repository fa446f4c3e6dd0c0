//! PromQL: limits and syntax of a query, and the variables of Grafana in it.

mod error;
mod filling;
mod label_values;
mod limits;
mod parse;
mod pattern;
mod raw;
mod scan;
mod tracker;
mod variables;

pub use filling::filled;
pub(crate) use label_values::{LabelValues, inside_call};
pub(crate) use parse::{Query, TemplateError, parse, parse_template};
pub(crate) use pattern::literal_alternatives;
pub(crate) use tracker::has_in_code;
pub(crate) use variables::{ANY, ANY_OF_RANGE, ANY_OF_VECTOR};
