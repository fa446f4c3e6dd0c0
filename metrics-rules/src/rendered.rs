//! The names of metrics in a Prometheus scrape, and their collisions (rule N9).

use core::fmt;

use crate::{
    kind::InstrumentKind,
    message::Message,
    name::MAX_NAME_LENGTH,
    text::{self, AsciiBuffer},
    unit::{MAX_UNIT_WORD, UnitWord, unit_word},
};

/// A leading `_` before a digit, the name, `_` and the unit's word, `_total`.
const CAPACITY: usize = 1 + MAX_NAME_LENGTH + 1 + MAX_UNIT_WORD + "_total".len();

/// The name of a metric in a Prometheus scrape. Made by [`prometheus_name`] and
/// [`prometheus_family`].
///
/// The value contains its text, so that a name can be a constant.
#[derive(Clone, Copy)]
pub struct RenderedName(AsciiBuffer<CAPACITY>);

impl RenderedName {
    /// The name: ASCII letters, digits and `_`, not empty, not beginning with a digit.
    pub const fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for RenderedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for RenderedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl PartialEq for RenderedName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RenderedName {}

/// The name in text format 0.0.4: with the word of the unit, with `_total` for a counter, and with
/// `_info` for an info.
///
/// The name follows the OpenTelemetry specification, "Prometheus and `OpenMetrics` Compatibility":
/// characters other than letters, digits and `_` become `_`, runs of `_` become one, a name that
/// begins with a digit gets `_` in front. The word of the unit and `_total` are added only if the
/// name does not end in them. `:` becomes `_` too, because Prometheus reserves it for recording
/// rules.
///
/// Any text is accepted, because the exposition renders third-party instruments with the same
/// function; names longer than 255 characters are cut. Rendering a rendered name does not change
/// it.
///
/// ```
/// use osapi_metrics_rules::{InstrumentKind::*, prometheus_name};
///
/// assert_eq!(prometheus_name("http.server.request.duration", Some("s"), Histogram).as_str(),
///            "http_server_request_duration_seconds");
/// assert_eq!(prometheus_name("disk.read", Some("By"), Counter).as_str(), "disk_read_bytes_total");
/// assert_eq!(
///     prometheus_name("jobs.created.total", Some("{job}"), Counter).as_str(),
///     "jobs_created_total",
/// );
/// assert_eq!(
///     prometheus_name("system.cpu.utilization", Some("1"), Gauge).as_str(),
///     "system_cpu_utilization_ratio",
/// );
/// ```
pub const fn prometheus_name(name: &str, unit: Option<&str>, kind: InstrumentKind) -> RenderedName {
    let mut rendered = prometheus_family(name, unit, kind);
    rendered.0.push_all(kind.suffix().as_bytes());
    rendered
}

/// The name of the `OpenMetrics` family: like [`prometheus_name`], but without `_total` for a
/// counter, and without `_info` for an info. Their samples have the suffix, and their families do
/// not.
///
/// ```
/// use osapi_metrics_rules::{InstrumentKind, prometheus_family};
///
/// let name = "osapi_jobs_created_total";
/// let family = prometheus_family(name, Some("{job}"), InstrumentKind::Counter);
/// assert_eq!(family.as_str(), "osapi_jobs_created");
/// ```
pub const fn prometheus_family(
    name: &str,
    unit: Option<&str>,
    kind: InstrumentKind,
) -> RenderedName {
    let word = declared_word(unit, kind);
    let mut rendered = stem(name, &word, kind);
    if !word.is_empty() && !text::equal(rendered.as_bytes(), word.as_bytes()) {
        rendered.push_separator();
        rendered.push_all(word.as_bytes());
    }
    RenderedName(rendered)
}

/// The word of the `# UNIT` line of `OpenMetrics`, which has to be a suffix of the family's name;
/// empty if the family has no such line.
pub const fn prometheus_unit(name: &str, unit: Option<&str>, kind: InstrumentKind) -> UnitWord {
    let word = declared_word(unit, kind);
    let family = prometheus_family(name, unit, kind);
    if text::without_suffix(family.0.as_bytes(), word.as_bytes()).is_some() {
        word
    } else {
        UnitWord::NONE
    }
}

const fn declared_word(unit: Option<&str>, kind: InstrumentKind) -> UnitWord {
    match unit {
        Some(unit) => unit_word(unit, kind),
        None => UnitWord::NONE,
    }
}

/// The sanitised name without the suffixes that rendering adds.
const fn stem(name: &str, word: &UnitWord, kind: InstrumentKind) -> AsciiBuffer<CAPACITY> {
    let name = name.as_bytes();
    let mut stem = AsciiBuffer::new();
    if !name.is_empty() && name[0].is_ascii_digit() {
        stem.push(b'_');
    }
    stem.push_sanitized(name);
    stem.trim_end_separators();
    let word_of_kind = match kind.suffix().as_bytes() {
        [_, word @ ..] => word,
        [] => &[],
    };
    if let Some(len) = text::without_suffix(stem.as_bytes(), word_of_kind) {
        stem.truncate(len);
    }
    if let Some(len) = text::without_suffix(stem.as_bytes(), word.as_bytes()) {
        stem.truncate(len);
    }
    // The name is cut after the suffixes are removed, so that rendering a cut name does not change
    // it.
    stem.truncate(MAX_NAME_LENGTH + 1);
    stem.trim_end_separators();
    if stem.is_empty() {
        stem.push(b'_');
    }
    stem
}

/// Whether two families collide in a scrape: they have the same name, or one has the name of a
/// sample of the other (`x_count` beside a histogram `x`; `x_created` beside a counter `x`). Takes
/// the names of [`prometheus_family`].
///
/// ```
/// use osapi_metrics_rules::{InstrumentKind::*, families_clash};
///
/// assert!(families_clash("queue", Histogram, "queue_count", Gauge));
/// assert!(!families_clash("queue", Gauge, "queue_count", Gauge));
/// ```
pub const fn families_clash(
    a: &str,
    a_kind: InstrumentKind,
    b: &str,
    b_kind: InstrumentKind,
) -> bool {
    // Most names differ before the suffixes, which the compiler would compare one by one.
    if !have_one_beginning(a, b) {
        return false;
    }
    let a_suffixes = sample_suffixes(a_kind);
    let b_suffixes = sample_suffixes(b_kind);
    let mut i = 0;
    while i < a_suffixes.len() {
        let mut j = 0;
        while j < b_suffixes.len() {
            if equal_with_suffixes(a, a_suffixes[i], b, b_suffixes[j]) {
                return true;
            }
            j += 1;
        }
        i += 1;
    }
    false
}

/// Whether one text begins with the other, if `.` and `_` are the same.
#[doc(hidden)]
pub const fn have_one_beginning(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([in_a, rest_of_a @ ..], [in_b, rest_of_b @ ..]) = (a, b) {
        if *in_a != *in_b && !matches!((*in_a, *in_b), (b'.', b'_') | (b'_', b'.')) {
            return false;
        }
        (a, b) = (rest_of_a, rest_of_b);
    }
    true
}

/// The message about two metrics of a set whose families collide (rule N9), and the remedy. `field`
/// is the field of the other metric.
pub const fn explain_collision(here: &str, other: &str, field: &str) -> Message {
    let message = Message::new().text("`").text(here).text("` and `").text(other);
    message.text("` of the field `").text(field).text("` collide in a scrape; rename one of them")
}

/// The suffixes of the names of samples in an `OpenMetrics` family of this kind.
#[doc(hidden)]
pub const fn sample_suffixes(kind: InstrumentKind) -> &'static [&'static str] {
    match kind {
        InstrumentKind::Counter => &["", "_total", "_created"],
        InstrumentKind::UpDownCounter | InstrumentKind::Gauge | InstrumentKind::StateSet => &[""],
        InstrumentKind::Info => &["", "_info"],
        InstrumentKind::Histogram => &["", "_bucket", "_sum", "_count", "_created"],
    }
}

const fn equal_with_suffixes(a: &str, a_suffix: &str, b: &str, b_suffix: &str) -> bool {
    if a.len() + a_suffix.len() != b.len() + b_suffix.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() + a_suffix.len() {
        if byte_of(a, a_suffix, i) != byte_of(b, b_suffix, i) {
            return false;
        }
        i += 1;
    }
    true
}

const fn byte_of(text: &str, suffix: &str, at: usize) -> u8 {
    if at < text.len() { text.as_bytes()[at] } else { suffix.as_bytes()[at - text.len()] }
}
