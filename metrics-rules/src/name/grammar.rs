use super::violation::NameViolation;
use crate::text;

/// The longest name that OpenTelemetry allows, in characters.
pub const MAX_NAME_LENGTH: usize = 255;

/// N1: lower-case words joined by `_`, optionally in namespaces joined by `.`. Finds the first
/// character at fault.
///
/// ```
/// use osapi_metrics_rules::{NameViolation, check_grammar};
///
/// assert_eq!(check_grammar("osapi_jobs_created_total"), None);
/// assert_eq!(check_grammar("osapi_Jobs-created_total"), Some(NameViolation::UpperCase { at: 6 }));
/// ```
pub const fn check_grammar(name: &str) -> Option<NameViolation> {
    let name = name.as_bytes();
    if name.is_empty() {
        return Some(NameViolation::Empty);
    }
    let mut at = 0;
    while at < name.len() {
        match name[at] {
            b'A'..=b'Z' => return Some(NameViolation::UpperCase { at }),
            b'0'..=b'9' | b'_' | b'.' if at == 0 => return Some(NameViolation::BadStart),
            b'_' | b'.' if text::is_separator(name[at - 1]) => {
                return Some(NameViolation::DoubledSeparator { at });
            }
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' => {}
            _ => return Some(NameViolation::BadCharacter { at }),
        }
        at += 1;
    }
    if text::is_separator(name[at - 1]) {
        return Some(NameViolation::BadEnd { at: at - 1 });
    }
    if name.len() > MAX_NAME_LENGTH {
        return Some(NameViolation::TooLong { len: name.len() });
    }
    None
}

/// N2: the name begins with `prefix`, then `_` or `.`. An empty prefix accepts any name.
///
/// ```
/// use osapi_metrics_rules::{NameViolation, check_prefix};
///
/// assert_eq!(check_prefix("osapi.jobs.created.total", "osapi"), None);
/// assert_eq!(check_prefix("osapijobs_total", "osapi"), Some(NameViolation::MissingPrefix));
/// ```
pub const fn check_prefix(name: &str, prefix: &str) -> Option<NameViolation> {
    let (name, prefix) = (name.as_bytes(), prefix.as_bytes());
    if prefix.is_empty()
        || (text::starts_with(name, prefix)
            && name.len() > prefix.len()
            && text::is_separator(name[prefix.len()]))
    {
        return None;
    }
    Some(NameViolation::MissingPrefix)
}

/// The namespaces in which the OpenTelemetry semantic conventions define metrics.
const SEMCONV_NAMESPACES: &[&str] = &[
    "aspnetcore",
    "azure",
    "cicd",
    "container",
    "cpython",
    "db",
    "dns",
    "dotnet",
    "faas",
    "gen_ai",
    "go",
    "http",
    "hw",
    "jvm",
    "k8s",
    "kestrel",
    "mcp",
    "messaging",
    "network",
    "nfs",
    "nodejs",
    "openshift",
    "otel",
    "process",
    "rpc",
    "signalr",
    "system",
    "v8js",
    "vcs",
];

/// N10: the semantic conventions do not own the first dotted namespace. The caller omits this check
/// under `allow(semconv_names)`.
///
/// ```
/// use osapi_metrics_rules::{NameViolation, check_semconv};
///
/// assert_eq!(
///     check_semconv("http.server.queue"),
///     Some(NameViolation::SemconvNamespace { len: 4 }),
/// );
/// assert_eq!(check_semconv("http_server_queue"), None);
/// ```
pub const fn check_semconv(name: &str) -> Option<NameViolation> {
    let name = name.as_bytes();
    let Some(len) = text::find(name, b'.') else {
        return None;
    };
    let namespace = text::slice(name, 0, len);
    let mut i = 0;
    while i < SEMCONV_NAMESPACES.len() {
        if text::equal(SEMCONV_NAMESPACES[i].as_bytes(), namespace) {
            return Some(NameViolation::SemconvNamespace { len });
        }
        i += 1;
    }
    None
}
