use std::fmt::Debug;

/// What the values of a role are, and so which units its metrics can have.
///
/// An instrumentation gives values in the first unit of the dimension. A metric with another unit
/// of the dimension records the converted value.
pub trait Dimension: Debug + 'static {
    /// The values in words, for compiler messages: `time`.
    const NAME: &'static str;

    /// The UCUM codes of the units, each with the number of units that the first one has. Empty
    /// for numbers of items, whose unit is an annotation such as `{message}`, or absent.
    const UNITS: &'static [(&'static str, f64)];
}

/// Numbers of items: messages, connections, rows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Items;

/// Times, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seconds;

/// Sizes, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bytes;

/// Shares of a whole, from 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ratio;

impl Dimension for Items {
    const NAME: &'static str = "number of items";
    const UNITS: &'static [(&'static str, f64)] = &[];
}

impl Dimension for Seconds {
    const NAME: &'static str = "time";
    const UNITS: &'static [(&'static str, f64)] =
        &[("s", 1.0), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)];
}

impl Dimension for Bytes {
    const NAME: &'static str = "size";
    const UNITS: &'static [(&'static str, f64)] = &[
        ("By", 1.0),
        ("KiBy", 1.0 / 1024.0),
        ("MiBy", 1.0 / (1024.0 * 1024.0)),
        ("GiBy", 1.0 / (1024.0 * 1024.0 * 1024.0)),
    ];
}

impl Dimension for Ratio {
    const NAME: &'static str = "ratio";
    const UNITS: &'static [(&'static str, f64)] = &[("1", 1.0), ("%", 100.0)];
}

/// The number of units `unit` that the first unit of the dimension has; 1 for a unit that is not
/// of the dimension, which is an error of the compiler.
pub(super) fn factor<D: Dimension>(unit: Option<&str>) -> f64 {
    let known = D::UNITS.iter().find(|(code, _)| Some(*code) == unit);
    known.map_or(1.0, |(_, factor)| *factor)
}
