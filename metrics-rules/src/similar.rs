//! Finds the known word that a misspelt word most likely means.

use crate::text;

/// Words of more bytes than this are similar to no other word.
const MAX_LENGTH: usize = 255;

/// The known word that is most similar to `given`, if one is similar enough to be proposed: the one
/// answer to "did you mean …?" for keys, events, instruments, operations and metrics.
///
/// The measure is the number of edits between two words: a character more, less or other, or two
/// neighbours swapped. Upper and lower case of ASCII letters are the same. A word of at least three
/// characters that a known word begins with counts as one edit, because it is cut short rather than
/// misspelt. A known word is similar if the edits are at most one more than a third of its length.
/// Of equally similar words, the first in alphabetical order is returned. Words of more than 255
/// bytes are similar to no other word: the time is bounded, whatever is given.
///
/// ```
/// use osapi_metrics_rules::similar::nearest;
///
/// let known = ["enabled", "cardinality_limit", "otlp"];
/// assert_eq!(nearest("otpl", known), Some("otlp"));
/// assert_eq!(nearest("Cardinality", known), Some("cardinality_limit"));
/// assert_eq!(nearest("colour", known), None);
/// ```
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if given.len() > MAX_LENGTH {
        return None;
    }
    let similar = known.into_iter().filter_map(|known| {
        let most = 1 + known.len() / 3;
        let edits = if is_cut_short(given, known) {
            usize::from(given.len() != known.len())
        } else {
            edits(given.as_bytes(), known.as_bytes(), most)?
        };
        Some((edits, known))
    });
    similar.min().map(|(_, known)| known)
}

fn is_cut_short(given: &str, known: &str) -> bool {
    let (given, known) = (given.as_bytes(), known.as_bytes());
    given.len() >= 3
        && given.len() <= known.len()
        && text::equal_ignoring_case(given, text::slice(known, 0, given.len()))
}

/// The number of edits between two words, if it is at most `most`: the "optimal string alignment"
/// distance over bytes.
pub(crate) const fn edits(a: &[u8], b: &[u8], most: usize) -> Option<usize> {
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH || a.len().abs_diff(b.len()) > most {
        return None;
    }
    // Three rows of the matrix of distances between the prefixes of `a` and the prefixes of `b`.
    let (mut before, mut above) = ([0; MAX_LENGTH + 1], [0; MAX_LENGTH + 1]);
    let mut j = 0;
    while j <= b.len() {
        above[j] = j;
        j += 1;
    }
    let mut i = 1;
    while i <= a.len() {
        let mut row = [0; MAX_LENGTH + 1];
        row[0] = i;
        let mut j = 1;
        while j <= b.len() {
            let same = same_letter(a[i - 1], b[j - 1]);
            let replaced = above[j - 1] + if same { 0 } else { 1 };
            let mut edits = least(replaced, least(above[j], row[j - 1]) + 1);
            if i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1])
            {
                edits = least(edits, before[j - 2] + 1);
            }
            row[j] = edits;
            j += 1;
        }
        (before, above) = (above, row);
        i += 1;
    }
    if above[b.len()] <= most { Some(above[b.len()]) } else { None }
}

const fn same_letter(a: u8, b: u8) -> bool {
    a.eq_ignore_ascii_case(&b)
}

const fn least(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: &str, b: &str) -> Option<usize> {
        edits(a.as_bytes(), b.as_bytes(), MAX_LENGTH)
    }

    #[test]
    fn each_edit_counts_once() {
        for (a, b, expected) in [
            ("", "", 0),
            ("otlp", "", 4),
            ("otlp", "otlp", 0),
            ("OTLP", "otlp", 0),
            ("otlp", "otlps", 1),
            ("otlp", "otl", 1),
            ("otlp", "otla", 1),
            ("otlp", "otpl", 1),
            ("kitten", "sitting", 3),
            ("a_cat", "an_abct", 4),
        ] {
            assert_eq!(distance(a, b), Some(expected), "{a}, {b}");
            assert_eq!(distance(b, a), Some(expected), "{b}, {a}");
        }
    }

    #[test]
    fn a_distance_beyond_the_limit_is_not_returned() {
        assert_eq!(edits(b"kitten", b"sitting", 3), Some(3));
        assert_eq!(edits(b"kitten", b"sitting", 2), None);
        assert_eq!(edits(b"s", b"seconds", 5), None);
    }

    #[test]
    fn words_of_any_length_can_be_compared() {
        let long = [b'a'; MAX_LENGTH + 1];
        assert_eq!(edits(&long, &long, 0), None);
        assert_eq!(edits(&long[1..], &long[1..], 0), Some(0));
        let long = core::str::from_utf8(&long).unwrap();
        assert_eq!(nearest(long, [long]), None);
    }

    #[test]
    fn the_nearest_word_is_found() {
        const KEYS: [&str; 5] = ["enabled", "cardinality_limit", "otlp", "path", "service_name"];
        const METRICS: [&str; 3] =
            ["osapi_job_duration_seconds", "osapi_job_queue_wait_seconds", "osapi_job_attempts"];
        for (given, known, expected) in [
            ("otpl", &KEYS[..], Some("otlp")),
            ("OTLP", &KEYS, Some("otlp")),
            ("enable", &KEYS, Some("enabled")),
            ("serviceName", &KEYS, Some("service_name")),
            ("cardinality", &KEYS, Some("cardinality_limit")),
            ("colour", &KEYS, None),
            ("x", &KEYS, None),
            ("", &KEYS, None),
            ("osapi_job_duration", &METRICS, Some("osapi_job_duration_seconds")),
            ("osapi_job_duration_secs", &METRICS, Some("osapi_job_duration_seconds")),
            ("osapi_jobs_duration_seconds", &METRICS, Some("osapi_job_duration_seconds")),
            ("http_requests", &METRICS, None),
        ] {
            assert_eq!(nearest(given, known.iter().copied()), expected, "{given}");
        }
    }

    #[test]
    fn of_equally_similar_words_the_first_in_the_alphabet_is_proposed() {
        assert_eq!(nearest("ab", ["bb", "aa"]), Some("aa"));
        assert_eq!(nearest("ab", ["aa", "bb"]), Some("aa"));
    }
}
