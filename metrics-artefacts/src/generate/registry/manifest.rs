use super::model::{Manifest, Stability};
use crate::generate::declarations::FRAMEWORK;

/// The manifest of a registry with these packages.
///
/// A registry is known by an address that ends in a version. A catalogue has neither an address nor
/// a version of the program, so the address is one that nobody can have (RFC 2606), and a registry
/// that is published gets another one.
pub(super) fn manifest<'a>(packages: impl Iterator<Item = &'a str> + Clone) -> Manifest {
    let programs: Vec<_> = packages.clone().filter(|package| *package != FRAMEWORK).collect();
    let named = if programs.is_empty() { packages.collect() } else { programs };
    let path: String = named
        .join("-")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' })
        .collect();
    Manifest {
        schema_url: format!("https://osapi-metrics.invalid/{path}/0.0.0"),
        description: format!("The metrics of {}.", named.join(", ")),
        stability: Stability::Development,
    }
}
