//! Pictures of dashboards, where no Grafana is at hand, from the data of a Prometheus.
//!
//! ```text
//! board.json ─► board      panels, rows and variables, as Grafana lays them out
//!                 ├─► data     queries with the values of variables, asked of a Prometheus
//!                 └─► drawing  one SVG, with scale: units and ticks
//! ```

mod board;
mod data;
mod drawing;
mod options;
mod run;
mod scale;

pub use data::Variables;
pub use options::RenderOptions;
pub use run::{Picture, Renderer};
