use super::violation::NameViolation;
use crate::{kind::InstrumentKind, text};

/// The suffixes that the exposition formats use for parts of histograms and counters, and for info
/// metrics.
const RESERVED: &[&str] = &["_bucket", "_sum", "_count", "_created", "_info"];

/// N3: the name of a counter ends in one `_total` or `.total`, and no other name does. N6: no name
/// ends in `_bucket`, `_sum`, `_count` or `_created`, with `_` or `.` as the separator; the name of
/// an info ends in one `_info` or `.info`, and no other name does. `target_info` is the metric with
/// the attributes of the resource.
///
/// ```
/// use osapi_metrics_rules::{InstrumentKind::*, NameViolation, check_suffix};
///
/// assert_eq!(check_suffix("osapi_jobs_created_total", Counter), None);
/// assert_eq!(check_suffix("osapi_jobs_created", Gauge),
///            Some(NameViolation::ReservedSuffix { at: 10, suffix: "_created" }));
/// ```
pub const fn check_suffix(name: &str, kind: InstrumentKind) -> Option<NameViolation> {
    let name = name.as_bytes();
    let total = text::without_suffix(name, b"total");
    match (kind, total) {
        // A counter without `_total` is reported for that alone: with `_total` added, the name no
        // longer ends in a reserved suffix.
        (InstrumentKind::Counter, None) => return Some(NameViolation::CounterWithoutTotal),
        (InstrumentKind::Counter, Some(at)) => {
            return match text::without_suffix(text::slice(name, 0, at), b"total") {
                Some(_) => Some(NameViolation::TotalRepeated { at }),
                None => None,
            };
        }
        (_, Some(at)) => return Some(NameViolation::TotalWithoutCounter { at }),
        (_, None) => {}
    }
    if matches!(kind, InstrumentKind::Info) {
        return match text::without_suffix(name, b"info") {
            None => Some(NameViolation::InfoWithoutSuffix),
            Some(at) if text::equal(text::slice(name, 0, at), b"target") => {
                Some(NameViolation::TargetInfo)
            }
            Some(at) => match text::without_suffix(text::slice(name, 0, at), b"info") {
                Some(_) => Some(NameViolation::InfoRepeated { at }),
                None => None,
            },
        };
    }
    match reserved_suffix(name) {
        Some((at, suffix)) => Some(NameViolation::ReservedSuffix { at, suffix }),
        None => None,
    }
}

/// The reserved suffix at the end of `name`, and the position of the suffix.
pub(super) const fn reserved_suffix(name: &[u8]) -> Option<(usize, &'static str)> {
    let mut i = 0;
    while i < RESERVED.len() {
        let suffix = RESERVED[i];
        if let Some(at) = text::without_suffix(name, suffix.as_bytes().split_at(1).1) {
            return Some((at, suffix));
        }
        i += 1;
    }
    None
}
