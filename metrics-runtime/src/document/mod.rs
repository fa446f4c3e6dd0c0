//! The catalogue as data: what a program declares, for tools that do not run it.
//!
//! ```text
//! Catalogue ──► describe ──► model ──► json ──► GET /metrics/catalogue, a committed file
//! ```
//!
//! The model is what tools read, with this crate's default features off and `catalogue` on.

mod check;
mod compare;
mod dashboards;
mod describe;
mod display;
mod json;
mod model;
mod parts;
mod path;

pub use compare::{Change, Grade};
pub use json::{DocumentError, SCHEMA_VERSION};
pub use model::{
    CatalogueDocument, DashboardDocument, ExpressionDocument, JobDocument, LabelDocument,
    LabelLimit, MetricDocument, ObjectiveDocument, PanelDocument, SetDocument, SourceDocument,
    StateDocument, ThresholdDocument,
};
