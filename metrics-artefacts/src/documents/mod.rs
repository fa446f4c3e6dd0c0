//! Files that people write about metrics: dashboards, rules and pages, and the queries in them.

mod dashboard;
mod document;
mod markdown;
mod place;
mod read;
mod rules;
mod templates;
mod yaml;

pub use crate::promql::filled;
pub use document::{Document, Expression, LabelUse, Role, Syntax};
