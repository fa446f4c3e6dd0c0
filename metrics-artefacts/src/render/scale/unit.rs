use super::number::{decimals, trimmed};

/// A unit, by its identifier in Grafana.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) struct Unit {
    /// What a value is multiplied by.
    factor: f64,
    family: Family,
    /// The symbol behind the number, and behind the letter of a multiple.
    symbol: String,
}

/// How large and small numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// As they are.
    Plain,
    /// `K`, `Mil`, `Bil`, before a symbol.
    Count,
    /// `n`, `µ`, `m`, `k`, `M`, `G`, `T`.
    Si,
    /// Multiples of 1024.
    Binary,
    /// Nanoseconds to weeks.
    Time,
}

/// A multiple of a unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Multiple {
    pub(super) size: f64,
    pub(super) suffix: String,
}

const COUNT: &[(f64, &str)] =
    &[(1.0, ""), (1e3, " K"), (1e6, " Mil"), (1e9, " Bil"), (1e12, " Tri")];
const SI: &[(f64, &str)] = &[
    (1e-9, "n"),
    (1e-6, "µ"),
    (1e-3, "m"),
    (1.0, ""),
    (1e3, "k"),
    (1e6, "M"),
    (1e9, "G"),
    (1e12, "T"),
    (1e15, "P"),
];
const BINARY: &[(f64, &str)] = &[
    (1.0, ""),
    (1024.0, "Ki"),
    (1_048_576.0, "Mi"),
    (1_073_741_824.0, "Gi"),
    (1_099_511_627_776.0, "Ti"),
    (1_125_899_906_842_624.0, "Pi"),
];
const TIME: &[(f64, &str)] = &[
    (1e-9, "ns"),
    (1e-6, "µs"),
    (1e-3, "ms"),
    (1.0, "s"),
    (60.0, "min"),
    (3600.0, "h"),
    (86_400.0, "d"),
    (604_800.0, "w"),
];

impl Unit {
    /// The unit of an identifier. One that is not known is the symbol itself, as in Grafana.
    pub(in crate::render) fn of(id: &str) -> Self {
        let unit =
            |factor, family, symbol: &str| Self { factor, family, symbol: symbol.to_owned() };
        match id {
            "" | "none" => unit(1.0, Family::Plain, ""),
            "short" => unit(1.0, Family::Count, ""),
            "percent" => unit(1.0, Family::Plain, "%"),
            "percentunit" => unit(100.0, Family::Plain, "%"),
            "ns" => unit(1e-9, Family::Time, ""),
            "µs" => unit(1e-6, Family::Time, ""),
            "ms" => unit(1e-3, Family::Time, ""),
            "s" => unit(1.0, Family::Time, ""),
            "m" => unit(60.0, Family::Time, ""),
            "h" => unit(3600.0, Family::Time, ""),
            "d" => unit(86_400.0, Family::Time, ""),
            "bytes" => unit(1.0, Family::Binary, "B"),
            "kbytes" => unit(1024.0, Family::Binary, "B"),
            "mbytes" => unit(1_048_576.0, Family::Binary, "B"),
            "gbytes" => unit(1_073_741_824.0, Family::Binary, "B"),
            "tbytes" => unit(1_099_511_627_776.0, Family::Binary, "B"),
            "decbytes" => unit(1.0, Family::Si, "B"),
            "deckbytes" => unit(1e3, Family::Si, "B"),
            "decmbytes" => unit(1e6, Family::Si, "B"),
            "decgbytes" => unit(1e9, Family::Si, "B"),
            "dectbytes" => unit(1e12, Family::Si, "B"),
            "bits" => unit(1.0, Family::Binary, "b"),
            "binBps" => unit(1.0, Family::Binary, "B/s"),
            "Bps" => unit(1.0, Family::Si, "B/s"),
            "bps" => unit(1.0, Family::Si, "b/s"),
            "pps" => unit(1.0, Family::Si, "p/s"),
            "cps" => unit(1.0, Family::Count, " c/s"),
            "ops" => unit(1.0, Family::Count, " ops/s"),
            "reqps" => unit(1.0, Family::Count, " req/s"),
            "rps" => unit(1.0, Family::Count, " rd/s"),
            "wps" => unit(1.0, Family::Count, " wr/s"),
            "iops" => unit(1.0, Family::Count, " io/s"),
            "hertz" => unit(1.0, Family::Si, "Hz"),
            "celsius" => unit(1.0, Family::Plain, " °C"),
            "fahrenheit" => unit(1.0, Family::Plain, " °F"),
            "kelvin" => unit(1.0, Family::Plain, " K"),
            "watt" => unit(1.0, Family::Si, "W"),
            "kwatt" => unit(1e3, Family::Si, "W"),
            "mwatt" => unit(1e-3, Family::Si, "W"),
            "joule" => unit(1.0, Family::Si, "J"),
            "volt" => unit(1.0, Family::Si, "V"),
            "mvolt" => unit(1e-3, Family::Si, "V"),
            "amp" => unit(1.0, Family::Si, "A"),
            "mamp" => unit(1e-3, Family::Si, "A"),
            "pressurepa" => unit(1.0, Family::Si, "Pa"),
            "lengthm" => unit(1.0, Family::Si, "m"),
            "lengthkm" => unit(1e3, Family::Si, "m"),
            "massg" => unit(1.0, Family::Si, "g"),
            "masskg" => unit(1e3, Family::Si, "g"),
            "litre" => unit(1.0, Family::Si, "L"),
            other => unit(1.0, Family::Plain, &format!(" {}", of_prefix(other))),
        }
    }

    /// A value with its unit.
    pub(in crate::render) fn format(&self, value: f64, digits: Option<usize>) -> String {
        if value.is_infinite() {
            return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
        }
        let Multiple { size, suffix } = self.multiple(value);
        let number = value / size;
        trimmed(number, digits.unwrap_or_else(|| decimals(number))) + &suffix
    }

    /// The multiple of the unit in which a value has few digits.
    pub(super) fn multiple(&self, value: f64) -> Multiple {
        let steps = match self.family {
            Family::Plain => &[(1.0, "")],
            Family::Count => COUNT,
            Family::Si => SI,
            Family::Binary => BINARY,
            Family::Time => TIME,
        };
        let size = (value * self.factor).abs();
        // A little less than a multiple would be rounded to it.
        let fits = |&&(step, _): &&(f64, &str)| size >= step * 0.9995;
        let found = match steps.iter().rfind(fits) {
            Some(found) if size > 0.0 => found,
            _ if size > 0.0 => &steps[0],
            _ => steps.iter().find(|(step, _)| *step >= 1.0).unwrap_or(&steps[0]),
        };
        let (step, letter) = found;
        let space = if matches!(self.family, Family::Si | Family::Binary | Family::Time) {
            " "
        } else {
            ""
        };
        Multiple { size: step / self.factor, suffix: format!("{space}{letter}{}", self.symbol) }
    }
}

/// A unit of the user, as in `suffix:req`.
fn of_prefix(id: &str) -> &str {
    id.strip_prefix("suffix:").unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_units() {
        for (id, value, expected) in [
            ("s", 0.0, "0 s"),
            ("s", 0.000_25, "250 µs"),
            ("s", 0.0125, "12.5 ms"),
            ("s", 1.5, "1.5 s"),
            ("s", 59.99, "1 min"),
            ("s", 90.0, "1.5 min"),
            ("s", 7200.0, "2 h"),
            ("ms", 0.5, "500 µs"),
            ("ms", 1500.0, "1.5 s"),
            ("µs", 1500.0, "1.5 ms"),
            ("bytes", 0.0, "0 B"),
            ("bytes", 1536.0, "1.5 KiB"),
            ("bytes", 1_073_741_824.0, "1 GiB"),
            ("kbytes", 1.0, "1 KiB"),
            ("decmbytes", 1.5, "1.5 MB"),
            ("Bps", 1234.0, "1.23 kB/s"),
            ("percentunit", 0.123_45, "12.3%"),
            ("percentunit", 1.0, "100%"),
            ("percent", 12.3, "12.3%"),
            ("ops", 4.25, "4.25 ops/s"),
            ("ops", 1200.0, "1.2 K ops/s"),
            ("short", 1_234_567.0, "1.23 Mil"),
            ("short", -3.0, "-3"),
            ("none", 0.001, "0.001"),
            ("celsius", 21.0, "21 °C"),
            ("pages", 2.0, "2 pages"),
            ("suffix:req", 2.0, "2 req"),
            ("s", f64::INFINITY, "+Inf"),
        ] {
            assert_eq!(Unit::of(id).format(value, None), expected, "{value} {id}");
        }
        assert_eq!(Unit::of("none").format(1.0 / 3.0, Some(1)), "0.3");
    }
}
