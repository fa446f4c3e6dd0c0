//! The configured intervals of single metrics, held against the metrics of the program.

use osapi_metrics_rules::similar::nearest;

use super::error::InstallError;
use crate::{
    bridge::BUILD_INFO,
    config::{MetricsConfig, OtlpInterval},
    core::catalogue::Catalogue,
};

/// The OpenTelemetry name and the Prometheus name of a metric.
type Names<'a> = (&'a str, &'a str);

/// Refuses an entry that counts for no metric: a word in it is wrong, or an earlier entry counts
/// instead.
///
/// Only entries of one source are compared. Entries of another source come before it to override
/// it.
pub(super) fn check_intervals(
    config: &MetricsConfig,
    catalogue: &Catalogue,
) -> Result<(), InstallError> {
    let entries = &config.otlp.intervals;
    let of_sets = catalogue.iter().map(|metric| (metric.name, metric.prometheus_name()));
    let names: Vec<Names<'_>> = of_sets.chain([(BUILD_INFO, BUILD_INFO)]).collect();
    for (nth, entry) in entries.iter().enumerate() {
        let is_of_source = |earlier: &&OtlpInterval| earlier.place().1 == entry.place().1;
        let earlier: Vec<_> = entries[..nth].iter().filter(is_of_source).collect();
        if let Some(problem) = problem(entry, &earlier, &names) {
            let (name, origin) = entry.place();
            let (name, origin, metrics) = (name.to_owned(), origin.clone(), entry.metrics.clone());
            return Err(InstallError::Interval { name, origin, metrics, problem });
        }
    }
    Ok(())
}

fn problem(entry: &OtlpInterval, earlier: &[&OtlpInterval], names: &[Names<'_>]) -> Option<String> {
    if let Some(expected) = entry.expected() {
        let interval = humantime::format_duration(entry.interval);
        return Some(format!("is not allowed with the interval {interval}; expected {expected}"));
    }
    if let Some(covering) = earlier.iter().find(|earlier| earlier.covers(entry)) {
        return Some(if covering.metrics == entry.metrics {
            "stands twice; expected each pattern once".to_owned()
        } else {
            format!(
                "never counts, because `{}` stands before it and the first pattern that matches a \
                 metric counts; put the narrower pattern first",
                covering.metrics
            )
        });
    }
    if entry.optional {
        return None;
    }
    let matched: Vec<_> = names.iter().filter(|(name, other)| entry.matches(name, other)).collect();
    if matched.is_empty() {
        let nearest = nearest_name(&entry.metrics, names);
        let nearest = nearest.map_or_else(String::new, |name| format!("; the nearest is `{name}`"));
        return Some(format!(
            "matches no metric of the program{nearest}; a pattern for metrics of other libraries, \
             which are not known at the start, is `optional`"
        ));
    }
    let takes =
        |earlier: &&&OtlpInterval| matched.iter().any(|(name, other)| earlier.matches(name, other));
    let is_taken =
        |(name, other): &&Names<'_>| earlier.iter().any(|earlier| earlier.matches(name, other));
    matched.iter().all(is_taken).then(|| {
        let taking: Vec<_> = earlier.iter().filter(takes).collect();
        let taking: Vec<_> = taking.iter().map(|entry| format!("`{}`", entry.metrics)).collect();
        format!(
            "never counts, because patterns before it match all of its metrics: {}; the first \
             pattern that matches a metric counts",
            taking.join(", ")
        )
    })
}

/// The name with the words that are most similar to those of the pattern: to its longest part
/// without wildcards, at the same end of the name.
fn nearest_name<'a>(pattern: &str, names: &[Names<'a>]) -> Option<&'a str> {
    let parts = pattern.split(['*', '?']).enumerate();
    let (nth, part) = parts.max_by_key(|(_, part)| part.len())?;
    let (is_at_begin, is_at_end) = (nth == 0, pattern.ends_with(part));
    let names = || names.iter().flat_map(|(name, other)| [*name, *other]);
    let words = |name| words(name, is_at_begin, is_at_end);
    let found = nearest(part.trim_matches(is_separator), names().flat_map(words))?;
    names().find(|name| words(name).any(|words| words == found))
}

/// The sequences of words in a name, or those at its begin, at its end, or at both.
fn words(name: &str, at_begin: bool, at_end: bool) -> impl Iterator<Item = &str> {
    let begins = name.match_indices(is_separator).map(|(at, _)| at + 1).filter(move |_| !at_begin);
    [0].into_iter().chain(begins).flat_map(move |begin| {
        let ends = name[begin..].match_indices(is_separator).map(move |(at, _)| begin + at);
        let ends = ends.filter(move |_| !at_end).chain([name.len()]);
        ends.map(move |end| &name[begin..end])
    })
}

fn is_separator(character: char) -> bool {
    !character.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[Names<'_>] = &[
        ("http.server.request.duration", "http_server_request_duration_seconds"),
        ("osapi_job_duration_seconds", "osapi_job_duration_seconds"),
        ("osapi_jobs_created_total", "osapi_jobs_created_total"),
    ];

    #[test]
    fn the_nearest_name_has_the_words_that_were_meant() {
        for (pattern, expected) in [
            ("osapi_job_duration", Some("osapi_job_duration_seconds")),
            ("osapi_jb_*", Some("osapi_job_duration_seconds")),
            ("*_totl", Some("osapi_jobs_created_total")),
            ("http.sever.*", Some("http.server.request.duration")),
            ("*durations*", Some("http.server.request.duration")),
            ("durations*", None),
            ("server_*", None),
            ("colour", None),
            ("*?", None),
        ] {
            assert_eq!(nearest_name(pattern, NAMES), expected, "{pattern}");
        }
    }

    #[test]
    fn words_of_a_name_are_neighbours() {
        let words = |at_begin, at_end| words("a.b_c", at_begin, at_end).collect::<Vec<_>>();
        assert_eq!(words(false, false), ["a", "a.b", "a.b_c", "b", "b_c", "c"]);
        assert_eq!(words(true, false), ["a", "a.b", "a.b_c"]);
        assert_eq!(words(false, true), ["a.b_c", "b_c", "c"]);
        assert_eq!(words(true, true), ["a.b_c"]);
    }
}
