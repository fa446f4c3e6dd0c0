//! Reads the samples of an exposition.

/// The sum of all samples with this name.
pub(crate) fn sum(exposition: &str, name: &str) -> u64 {
    let of_name = exposition.lines().filter_map(|line| line.strip_prefix(name));
    of_name
        .filter(|rest| rest.starts_with(['{', ' ']))
        .filter_map(|rest| rest.rsplit_once(' '))
        .map(|(_, value)| whole(value))
        .sum()
}

/// The sum for each name.
pub(crate) fn sums(exposition: &str, names: &[&str]) -> Vec<u64> {
    names.iter().map(|name| sum(exposition, name)).collect()
}

/// The number of samples.
pub(crate) fn count(exposition: &str) -> u64 {
    let samples = exposition.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    samples.map(|_| 1).sum()
}

/// Parses a count. Some libraries write counts with a fraction of zero.
fn whole(value: &str) -> u64 {
    let digits = value.strip_suffix(".0").unwrap_or(value);
    digits.parse().unwrap_or_else(|_| panic!("`{value}` is not a count"))
}

#[cfg(test)]
mod tests {
    use super::{count, sum};

    const EXPOSITION: &str = "# TYPE a_total counter\n\
        a_total{x=\"1 2\"} 3\n\
        a_total{x=\"2\"} 4.0\n\
        \n\
        a_total_b 5\n\
        b 6\n\
        # EOF\n";

    #[test]
    fn samples_of_one_name_are_added_up() {
        assert_eq!(sum(EXPOSITION, "a_total"), 7);
        assert_eq!(sum(EXPOSITION, "b"), 6);
        assert_eq!(count(EXPOSITION), 4);
    }
}
