//! The collection: it reads the framework's own instruments from the recording core, lets the
//! metrics of other libraries join, and gives exporters one snapshot of all.

mod collector;
mod core_instrument;
mod error;
#[cfg(feature = "_otlp")]
mod grouped;
#[cfg(feature = "prometheus")]
mod label_text;

pub(crate) use collector::Collector;
pub(crate) use error::CollectError;
#[cfg(feature = "_otlp")]
pub(crate) use grouped::GroupedCollector;
#[cfg(feature = "prometheus")]
pub(crate) use label_text::label_text;
