use super::{
    number::trimmed,
    unit::{Multiple, Unit},
};

/// A mark of an axis.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) struct Tick {
    pub(in crate::render) value: f64,
    pub(in crate::render) label: String,
}

/// At most about this many ticks between two ends, at round numbers of a multiple of the unit.
pub(in crate::render) fn ticks(low: f64, high: f64, most: u32, unit: &Unit) -> Vec<Tick> {
    if !(low.is_finite() && high.is_finite()) || high <= low {
        return Vec::new();
    }
    let Multiple { size, suffix } = unit.multiple(low.abs().max(high.abs()));
    let (low, high) = (low / size, high / size);
    let step = nice_step((high - low) / f64::from(most.max(1)));
    let decimals = decimals_of(step);
    let first = (low / step - 1e-9).ceil();
    let numbers = (0..=most + 1).map(|nth| (first + f64::from(nth)) * step);
    numbers
        .take_while(|number| *number <= high + step * 1e-9)
        .map(|number| Tick {
            value: number * size,
            label: format!("{}{suffix}", trimmed(number, decimals)),
        })
        .collect()
}

/// The least of 1, 2 and 5 times a power of ten that is not below.
fn nice_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let factors = [1.0, 2.0, 5.0, 10.0];
    factors
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| *step >= least * 0.999)
        .unwrap_or(least)
}

/// The digits behind the point of multiples of a step.
fn decimals_of(step: f64) -> usize {
    (0..=9)
        .find(|decimals| step * 10_f64.powi(*decimals) >= 0.999)
        .map_or(9, |decimals| usize::try_from(decimals).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, most: u32, unit: &str) -> Vec<String> {
        ticks(low, high, most, &Unit::of(unit)).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_numbers_of_one_unit() {
        assert_eq!(labels(0.0, 10.0, 5, "none"), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(labels(0.0, 0.0034, 4, "s"), ["0 ms", "1 ms", "2 ms", "3 ms"]);
        assert_eq!(labels(0.0, 150.0, 4, "s"), ["0 min", "1 min", "2 min"]);
        assert_eq!(labels(0.0, 1.0, 4, "percentunit"), ["0%", "50%", "100%"]);
        assert_eq!(labels(0.0, 3.0e6, 3, "bytes"), ["0 MiB", "1 MiB", "2 MiB"]);
        assert_eq!(labels(-1.5, 1.5, 4, "none"), ["-1", "0", "1"]);
        assert_eq!(
            labels(0.0, 0.25, 5, "ops"),
            ["0 ops/s", "0.05 ops/s", "0.1 ops/s", "0.15 ops/s", "0.2 ops/s", "0.25 ops/s"]
        );
    }

    #[test]
    fn there_are_few_ticks_whatever_the_ends_are() {
        for (low, high) in [(0.0, 1e-300), (1e15, 1e15 + 1.0), (-1e300, 1e300), (0.0, 7.0)] {
            let found = ticks(low, high, 5, &Unit::of("short"));
            assert!(found.len() <= 7, "{low} {high}: {found:?}");
        }
        for (low, high) in [(1.0, 1.0), (2.0, 1.0), (0.0, f64::INFINITY), (f64::NAN, 1.0)] {
            assert_eq!(ticks(low, high, 5, &Unit::of("short")), []);
        }
    }
}
