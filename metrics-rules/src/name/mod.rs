//! The rules for names (N1 to N8, N10) and for a unit beside a name (U2).

mod check;
mod explain;
mod grammar;
mod prefix;
mod proposal;
mod suffix;
mod unit;
mod violation;
mod words;

pub use check::{DeclarationPart, NameRules, NameViolations};
pub use explain::DeclaredName;
pub use grammar::{MAX_NAME_LENGTH, check_grammar, check_prefix, check_semconv};
pub use prefix::{PLAIN_PREFIX, explain_part, explain_prefix, is_plain_prefix};
pub use proposal::{Proposal, propose};
pub use suffix::check_suffix;
pub use unit::{check_base_unit, check_base_unit_of, check_unit_for_kind, check_unit_in_name};
pub use violation::NameViolation;
pub use words::check_words;

pub(crate) use proposal::{CAPACITY, normalize};
