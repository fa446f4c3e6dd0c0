//! Units of UCUM as Grafana names them.

/// The unit of values: of a gauge, a histogram, or the increase of a counter. The Prometheus name
/// of the metric says whether `1` is a share.
pub(super) fn unit(ucum: Option<&str>, prometheus_name: &str) -> &'static str {
    let Some(ucum) = ucum else { return "none" };
    if let Some(of) = ucum.strip_suffix("/s") {
        return rate(Some(of));
    }
    match ucum {
        "1" if is_share(prometheus_name) => "percentunit",
        "%" => "percent",
        "s" => "s",
        "ms" => "ms",
        "us" => "µs",
        "ns" => "ns",
        "min" => "m",
        "h" => "h",
        "d" => "d",
        "By" => "bytes",
        "kBy" => "deckbytes",
        "MBy" => "decmbytes",
        "GBy" => "decgbytes",
        "TBy" => "dectbytes",
        "KiBy" => "kbytes",
        "MiBy" => "mbytes",
        "GiBy" => "gbytes",
        "TiBy" => "tbytes",
        "bit" => "bits",
        "Hz" => "hertz",
        "Cel" => "celsius",
        "[degF]" => "fahrenheit",
        "K" => "kelvin",
        "W" => "watt",
        "kW" => "kwatt",
        "mW" => "mwatt",
        "J" => "joule",
        "V" => "volt",
        "mV" => "mvolt",
        "A" => "amp",
        "mA" => "mamp",
        "Pa" => "pressurepa",
        "m" => "lengthm",
        "km" => "lengthkm",
        "g" => "massg",
        "kg" => "masskg",
        "l" | "L" => "litre",
        _ if is_count(ucum) => "short",
        _ => "none",
    }
}

/// The unit of the increase per second of a counter.
pub(super) fn rate(ucum: Option<&str>) -> &'static str {
    match ucum {
        Some("By") => "Bps",
        Some("bit") => "bps",
        Some("{request}") => "reqps",
        Some("{packet}") => "pps",
        Some("{read}") => "rps",
        Some("{write}") => "wps",
        Some(
            "{operation}" | "{job}" | "{task}" | "{step}" | "{call}" | "{command}" | "{query}"
            | "{transaction}",
        ) => "ops",
        // Seconds per second, of a CPU for example, are how many are busy.
        Some(ucum) if !is_count(ucum) => "none",
        _ => "cps",
    }
}

/// Whether the unit is a number of things.
pub(super) fn is_count(ucum: &str) -> bool {
    ucum.starts_with('{') && ucum.ends_with('}')
}

fn is_share(prometheus_name: &str) -> bool {
    ["ratio", "utilization", "fraction", "share"]
        .iter()
        .any(|word| prometheus_name.split('_').any(|part| part == *word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_ucum_are_units_of_grafana() {
        for (ucum, name, expected) in [
            (Some("s"), "a_seconds", "s"),
            (Some("ms"), "a_milliseconds", "ms"),
            (Some("us"), "a_microseconds", "µs"),
            (Some("By"), "a_bytes", "bytes"),
            (Some("KiBy"), "a_kibibytes", "kbytes"),
            (Some("1"), "a_ratio", "percentunit"),
            (Some("1"), "a_ratio_of_b", "percentunit"),
            (Some("1"), "a_rational", "none"),
            (Some("%"), "a_percent", "percent"),
            (Some("Cel"), "a_celsius", "celsius"),
            (Some("{job}"), "a", "short"),
            (Some("By/s"), "a", "Bps"),
            (Some("{request}/s"), "a", "reqps"),
            (Some("mol"), "a", "none"),
            (None, "a", "none"),
        ] {
            assert_eq!(unit(ucum, name), expected, "{ucum:?} {name}");
        }
    }

    #[test]
    fn an_increase_per_second_has_a_unit_of_its_own() {
        for (ucum, expected) in [
            (Some("By"), "Bps"),
            (Some("{request}"), "reqps"),
            (Some("{job}"), "ops"),
            (Some("{error}"), "cps"),
            (Some("s"), "none"),
            (None, "cps"),
        ] {
            assert_eq!(rate(ucum), expected, "{ucum:?}");
        }
    }
}
