//! Reads the attributes of all macros: keys with their values, the errors in them, and the spans
//! that errors point at.

mod buckets;
mod constant_labels;
mod doc;
mod entries;
mod entry;
mod errors;
mod given_labels;
mod keys;
mod numbers;
mod roles;
mod spans;
mod values;

pub(crate) use buckets::{Buckets, buckets, list_of, slice_of};
pub(crate) use constant_labels::{ConstantLabel, constant_labels};
pub(crate) use doc::Documentation;
pub(crate) use entries::Entries;
pub(crate) use entry::Value;
pub(crate) use errors::Errors;
pub(crate) use given_labels::{any_lifetime, job_labels, scope_labels};
pub(crate) use keys::unknown;
pub(crate) use numbers::{no_duration, number};
pub(crate) use roles::{Roles, roles};
pub(crate) use spans::{at, variable};
pub(crate) use values::{Count, GivenText, Text};
