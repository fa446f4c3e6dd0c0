//! The report: a table for each topic, and a table of the goals.

mod goals;
mod table;
mod topics;

pub(crate) use goals::table as goals;
pub(crate) use table::Style;
pub(crate) use topics::table as topic;
