//! Units: the table of UCUM codes and Prometheus words, and the conversion between the two.

mod explain;
mod foreign;
mod parse;
mod proposal;
mod table;
mod word;

pub use parse::{Unit, UnitViolation, parse_unit};
pub use proposal::{ProposedUnit, propose_unit};
pub use table::{UNITS, UnitInfo, nearest_unit};
pub use word::{UnitWord, unit_word};

pub(crate) use foreign::base_of_foreign;
pub(crate) use table::{lookup_abbreviation, lookup_singular, lookup_word};
pub(crate) use word::MAX_UNIT_WORD;
