use std::time::Duration;

/// Whether a latency is one of the boundaries of a histogram with this unit.
pub(crate) const fn is_boundary(boundaries: &[f64], unit: Option<&str>, latency: Duration) -> bool {
    let latency = in_unit(latency, unit);
    let mut i = 0;
    while i < boundaries.len() {
        let difference = boundaries[i] - latency;
        // Both values come from decimal fractions, which floats do not represent exactly.
        if difference < latency * 1e-12 && difference > -latency * 1e-12 {
            return true;
        }
        i += 1;
    }
    false
}

/// The boundary that is nearest to a latency, in the unit of the histogram.
pub(super) const fn nearest_boundary(
    boundaries: &[f64],
    unit: Option<&str>,
    latency: Duration,
) -> f64 {
    let latency = in_unit(latency, unit);
    let mut nearest = 0.0;
    let mut distance = f64::INFINITY;
    let mut i = 0;
    while i < boundaries.len() {
        if (boundaries[i] - latency).abs() < distance {
            nearest = boundaries[i];
            distance = (boundaries[i] - latency).abs();
        }
        i += 1;
    }
    nearest
}

const fn in_unit(latency: Duration, unit: Option<&str>) -> f64 {
    let seconds = latency.as_secs_f64();
    let Some(unit) = unit else { return seconds };
    match unit.as_bytes() {
        b"ms" => seconds * 1e3,
        b"us" => seconds * 1e6,
        b"ns" => seconds * 1e9,
        _ => seconds,
    }
}
