//! The series of a metric: every combination from the start if all labels are closed, else the
//! series that have been used.

mod attribute;
mod declared;
mod family;
mod index;
mod labels;
mod limits;
mod lookup;
mod map;
mod open;
mod recent_values;
mod scope;
mod series_storage;

pub use labels::SeriesLabels;

pub(crate) use attribute::{AttributeRef, AttributeValue};
pub(crate) use declared::DeclaredValues;
pub(crate) use family::{Family, FamilyStats};
pub(crate) use index::AllSeries;
pub(crate) use limits::limit_open_series;
pub(crate) use lookup::{AnyLabels, Combination};
pub(crate) use scope::{ScopeId, ScopeLabels};
pub(crate) use series_storage::{ReadSeries, SeriesStorage};
