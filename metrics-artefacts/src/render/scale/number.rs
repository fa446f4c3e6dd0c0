/// A number with this many digits behind the point, of which zeros at the end are left out.
pub(super) fn trimmed(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    if text == "-0" { "0".to_owned() } else { text }
}

/// The digits behind the point of a number with three digits that count.
pub(super) fn decimals(number: f64) -> usize {
    match number.abs() {
        at_least if at_least >= 100.0 => 0,
        at_least if at_least >= 10.0 => 1,
        at_least if at_least >= 1.0 || at_least == 0.0 => 2,
        at_least if at_least >= 0.1 => 3,
        at_least if at_least >= 0.01 => 4,
        at_least if at_least >= 0.001 => 5,
        _ => 6,
    }
}
