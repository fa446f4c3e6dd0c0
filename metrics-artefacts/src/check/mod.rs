//! Queries held against catalogues: names, labels, values, and what is done with them.
//!
//! ```text
//! documents ──► queries ──► a walk of each syntax tree, from the selectors up
//!                             names, values, functions, quantiles, joins ──► problems
//!                             labels of the result ──► legends, annotations, variables
//! ```
//!
//! What is not known is not judged: metrics of others, names and labels that stand in a variable of
//! a dashboard, series of recording rules.

mod functions;
mod joins;
mod known;
mod labels;
mod options;
mod problem;
mod quantiles;
mod run;
mod selectors;
mod series;
#[cfg(test)]
mod testing;
mod values;
mod walk;

pub use options::CheckOptions;
pub use run::check;
