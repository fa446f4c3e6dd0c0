//! Checks that `derive(MetricSet)` leaves to the compiler, because an attribute names a constant.

use osapi_metrics_rules::{
    DeclarationPart, NameViolations, check_buckets, explain_collision, explain_description,
    explain_prefix, explain_runbook, families_clash, prometheus_family,
};

use super::super::metric::MetricDescriptor;

/// The prefix that a constant gives, or an empty one if no name can begin with it:
/// [`assert_prefix`] reports that.
#[doc(hidden)]
pub const fn usable_prefix(prefix: &'static str) -> &'static str {
    if explain_prefix(prefix).is_none() { prefix } else { "" }
}

/// Refuses a prefix that no name can begin with.
///
/// # Panics
///
/// At compile time, with the remedy.
#[doc(hidden)]
#[track_caller]
pub const fn assert_prefix(prefix: &str) {
    if let Some(mistake) = explain_prefix(prefix) {
        panic!("{}", mistake.as_str());
    }
}

/// Refuses an empty description (rule D1), for one that a constant has.
///
/// # Panics
///
/// At compile time, with the remedy.
#[doc(hidden)]
#[track_caller]
pub const fn assert_description(description: &str) {
    if let Some(mistake) = explain_description(description) {
        panic!("{}", mistake.as_str());
    }
}

/// Refuses a runbook that is no web address (rule D2), for one that a constant has.
///
/// # Panics
///
/// At compile time, with the remedy.
#[doc(hidden)]
#[track_caller]
pub const fn assert_runbook(address: &str) {
    if let Some(mistake) = explain_runbook(address) {
        panic!("{}", mistake.as_str());
    }
}

/// Refuses a job whose name is empty, for one that a constant has.
///
/// # Panics
///
/// At compile time, with the remedy.
#[doc(hidden)]
#[track_caller]
pub const fn assert_job_name(name: &str) {
    assert!(!name.is_empty(), "the job's name is empty; leave it out to use the function's");
}

/// Refuses a metric whose name or unit breaks rules N1 to N8, N10 or U2.
///
/// # Panics
///
/// At compile time, with every mistake and its remedy.
#[doc(hidden)]
#[track_caller]
pub const fn assert_no_mistakes(found: &NameViolations<'_>) {
    if !found.is_empty() {
        let mistakes =
            found.in_part(DeclarationPart::Name).and(&found.in_part(DeclarationPart::Unit));
        panic!("{}", mistakes.as_str());
    }
}

/// Refuses a metric whose name, or whose unit, breaks rules N1 to N8, N10 or U2: one part of
/// [`assert_no_mistakes`].
///
/// # Panics
///
/// At compile time, with every mistake in this part and its remedy.
#[doc(hidden)]
#[track_caller]
pub const fn assert_no_mistakes_in(found: &NameViolations<'_>, part: DeclarationPart) {
    let mistakes = found.in_part(part);
    assert!(mistakes.is_empty(), "{}", mistakes.as_str());
}

/// Refuses two metrics of a set whose names clash in Prometheus (rule N9).
///
/// # Panics
///
/// At compile time, with the field of the other metric.
#[doc(hidden)]
#[track_caller]
pub const fn assert_apart(here: &MetricDescriptor, other: &MetricDescriptor, field: &str) {
    let family = prometheus_family(here.name, here.unit, here.kind);
    let others = prometheus_family(other.name, other.unit, other.kind);
    let clash = families_clash(family.as_str(), here.kind, others.as_str(), other.kind);
    assert!(!clash, "{}", explain_collision(here.name, other.name, field).as_str());
}

/// Refuses 0 for a number that an attribute takes from a constant.
///
/// # Panics
///
/// At compile time, if the constant is 0.
#[doc(hidden)]
#[track_caller]
pub const fn assert_count(count: usize) {
    assert!(count > 0, "the constant is 0; give it a value of at least 1");
}

/// Refuses boundaries that break rules B2 or B3, where a constant gives them (rule B4).
///
/// # Panics
///
/// At compile time, with the boundary at fault.
#[doc(hidden)]
#[track_caller]
pub const fn assert_buckets(boundaries: &[f64], unit: Option<&str>) {
    if let Some(violation) = check_buckets(boundaries, unit) {
        panic!("{}", violation.message(boundaries).as_str());
    }
}
