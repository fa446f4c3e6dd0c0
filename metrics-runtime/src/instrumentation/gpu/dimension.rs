//! What the values of some roles are, beside the dimensions of the crate.

use crate::roles::Dimension;

/// Temperatures, in degrees Celsius.
#[derive(Clone, Copy, Debug, Default)]
pub struct Celsius;

/// Energies, in joules.
#[derive(Clone, Copy, Debug, Default)]
pub struct Joules;

/// Power, in watts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watts;

impl Dimension for Celsius {
    const NAME: &'static str = "temperature";
    const UNITS: &'static [(&'static str, f64)] = &[("Cel", 1.0)];
}

impl Dimension for Joules {
    const NAME: &'static str = "energy";
    const UNITS: &'static [(&'static str, f64)] = &[("J", 1.0)];
}

impl Dimension for Watts {
    const NAME: &'static str = "power";
    const UNITS: &'static [(&'static str, f64)] = &[("W", 1.0)];
}
