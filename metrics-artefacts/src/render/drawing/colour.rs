pub(super) const BACKGROUND: &str = "#111217";
pub(super) const PANEL: &str = "#181b1f";
pub(super) const BORDER: &str = "#2d2f37";
pub(super) const TRACK: &str = "#2d2f37";
pub(super) const GRID: &str = "#2a2c33";
pub(super) const TEXT: &str = "#ccccdc";

/// The colours of series, as of Grafana's classic palette, of which dark ones are left out.
const PALETTE: [&str; 12] = [
    "#73bf69", "#f2cc0c", "#5794f2", "#ff780a", "#f2495c", "#8ab8ff", "#b877d9", "#c0d8ff",
    "#ffb357", "#96d98d", "#ff7383", "#ca95e5",
];

/// Colours by their names in Grafana.
const NAMED: [(&str, &str); 6] = [
    ("green", "#73bf69"),
    ("yellow", "#fade2a"),
    ("red", "#f2495c"),
    ("orange", "#ff9830"),
    ("blue", "#5794f2"),
    ("purple", "#b877d9"),
];

/// Grafana's scheme `Oranges`, from nothing to the most.
const HEAT: [(f64, f64, f64); 5] = [
    (48.0, 34.0, 24.0),
    (127.0, 60.0, 18.0),
    (217.0, 95.0, 14.0),
    (253.0, 174.0, 107.0),
    (254.0, 237.0, 222.0),
];

/// The colour of a series, counted from 0.
pub(super) fn of_series(nth: usize) -> &'static str {
    PALETTE[nth % PALETTE.len()]
}

/// A colour of Grafana, as in `green`, `semi-dark-green` or `#73bf69`.
pub(super) fn of_name(name: &str) -> String {
    if let Some(digits) = name.strip_prefix('#') {
        let is_hex = [3, 6, 8].contains(&digits.len())
            && digits.chars().all(|digit| digit.is_ascii_hexdigit());
        return if is_hex { name.to_owned() } else { TEXT.to_owned() };
    }
    let plain = name.rsplit('-').next().unwrap_or(name);
    let found = NAMED.iter().find(|(known, _)| *known == plain);
    found.map_or(TEXT, |(_, colour)| colour).to_owned()
}

/// The colour of a share of the most, from 0 to 1.
pub(super) fn of_heat(share: f64) -> String {
    let mut part = share.clamp(0.0, 1.0) * 4.0;
    let (mut low, mut high) = (HEAT[0], HEAT[1]);
    for pair in HEAT.windows(2) {
        (low, high) = (pair[0], pair[1]);
        if part <= 1.0 {
            break;
        }
        part -= 1.0;
    }
    let between = |low: f64, high: f64| low + (high - low) * part;
    format!(
        "#{:02x}{:02x}{:02x}",
        byte(between(low.0, high.0)),
        byte(between(low.1, high.1)),
        byte(between(low.2, high.2))
    )
}

/// A part of a colour, which is between 0 and 255.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
fn byte(part: f64) -> u8 {
    part.round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_have_names() {
        assert_eq!(of_name("green"), "#73bf69");
        assert_eq!(of_name("semi-dark-red"), "#f2495c");
        assert_eq!(of_name("#abc"), "#abc");
        for unknown in ["", "mauve", "#\"/><script>", "#abcd"] {
            assert_eq!(of_name(unknown), TEXT, "{unknown}");
        }
        assert_eq!([0.0, 0.5, 1.0].map(of_heat), ["#302218", "#d95f0e", "#feedde"]);
    }
}
