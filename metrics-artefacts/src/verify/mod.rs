//! What running programs expose, held against their catalogues.
//!
//! ```text
//! endpoint   ──► exposition ─┐
//!                            ├─► Exposed ──► findings     what is exposed and not declared so
//! Prometheus ──► queries ────┘          └──► coverage     what is declared and was not recorded
//!                                       └──► statistics   the same for programs that read Weaver
//! ```

mod coverage;
mod declared;
mod endpoint;
mod exposed;
mod families;
mod invalid;
mod labels;
mod options;
mod prometheus;
mod report;
mod run;
mod shown;
mod statistics;
#[cfg(test)]
mod testing;
mod values;

pub use coverage::{Coverage, LabelCoverage, MetricCoverage, Presence, Share};
pub use options::{Percent, PercentError, Source, VerifyOptions};
pub use report::VerifyReport;
pub use run::verify;
pub use statistics::Statistics;
