//! Reading back what a library shows in a scrape.

/// The sum of all samples of this name.
pub(crate) fn sum(exposition: &str, name: &str) -> u64 {
    let of_name = exposition.lines().filter_map(|line| line.strip_prefix(name));
    of_name
        .filter(|rest| rest.starts_with(['{', ' ']))
        .filter_map(|rest| rest.rsplit_once(' '))
        .map(|(_, value)| whole(value))
        .sum()
}

/// The sums of several names.
pub(crate) fn sums(exposition: &str, names: &[&str]) -> Vec<u64> {
    names.iter().map(|name| sum(exposition, name)).collect()
}

/// How many samples there are.
pub(crate) fn count(exposition: &str) -> u64 {
    let samples = exposition.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    samples.map(|_| 1).sum()
}

/// Counts are whole numbers, which some libraries write as floating-point ones.
fn whole(value: &str) -> u64 {
    let digits = value.strip_suffix(".0").unwrap_or(value);
    digits.parse().unwrap_or_else(|_| panic!("`{value}` is no count"))
}

#[cfg(test)]
mod tests {
    use super::{count, sum};

    const EXPOSITION: &str = "# TYPE a_total counter\na_total{x=\"1 2\"} 3\na_total{x=\"2\"} 4.0\n\na_total_b 5\nb 6\n# EOF\n";

    #[test]
    fn samples_of_one_name_are_added_up() {
        assert_eq!(sum(EXPOSITION, "a_total"), 7);
        assert_eq!(sum(EXPOSITION, "b"), 6);
        assert_eq!(count(EXPOSITION), 4);
    }
}
