use super::format::Format;

/// The format of the answer to a request with this `Accept` header; `None` if the client accepts
/// neither format (status 406).
///
/// The rules of RFC 9110 apply: the most specific range that matches a format gives its weight, and
/// the format with the higher weight is chosen. At equal weights, `OpenMetrics` is chosen if the
/// header names it, and text if a wildcard leaves the choice. A request without the header gets
/// text. Ranges that do not parse are ignored.
pub(crate) fn negotiate(accept: Option<&str>) -> Option<Format> {
    let accept = accept.map(str::trim).unwrap_or_default();
    if accept.is_empty() {
        return Some(Format::Text);
    }
    let open_metrics = preference(accept, Format::OpenMetrics);
    let text = preference(accept, Format::Text);
    match (open_metrics, text) {
        (None, None) => None,
        (Some(_), None) => Some(Format::OpenMetrics),
        (None, Some(_)) => Some(Format::Text),
        (Some(open_metrics), Some(text)) => {
            if open_metrics.weight > text.weight
                || (open_metrics.weight == text.weight
                    && open_metrics.specificity >= text.specificity
                    && open_metrics.specificity > Specificity::Any)
            {
                Some(Format::OpenMetrics)
            } else {
                Some(Format::Text)
            }
        }
    }
}

/// The precision with which a media range names a type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Specificity {
    /// `*/*`
    Any,
    /// `text/*`
    Type,
    /// `text/plain`
    Exact,
    /// `text/plain; version=0.0.4`
    Version,
}

/// The preference of the header for one format.
#[derive(Clone, Copy)]
struct Preference {
    specificity: Specificity,
    /// The q-value in thousandths.
    weight: u16,
}

/// The preference of the most specific range that matches, unless its weight is 0.
fn preference(accept: &str, format: Format) -> Option<Preference> {
    let mut best: Option<Preference> = None;
    for range in split_unquoted(accept, ',') {
        let Some(found) = match_range(range, format) else {
            continue;
        };
        let better = best
            .is_none_or(|best| (found.specificity, found.weight) > (best.specificity, best.weight));
        if better {
            best = Some(found);
        }
    }
    best.filter(|preference| preference.weight > 0)
}

fn match_range(range: &str, format: Format) -> Option<Preference> {
    let (main_type, sub_type, version) = match format {
        Format::OpenMetrics => ("application", "openmetrics-text", "1.0.0"),
        Format::Text => ("text", "plain", "0.0.4"),
    };
    let mut parts = split_unquoted(range, ';');
    let (range_type, range_sub_type) = parts.next()?.trim().split_once('/')?;
    let mut specificity = if range_type == "*" && range_sub_type == "*" {
        Specificity::Any
    } else if !range_type.eq_ignore_ascii_case(main_type) {
        return None;
    } else if range_sub_type == "*" {
        Specificity::Type
    } else if range_sub_type.eq_ignore_ascii_case(sub_type) {
        Specificity::Exact
    } else {
        return None;
    };
    let mut weight = 1000;
    for parameter in parts {
        let Some((name, value)) = parameter.split_once('=') else {
            continue;
        };
        let (name, value) = (name.trim(), value.trim().trim_matches('"'));
        if name.eq_ignore_ascii_case("q") {
            weight = parse_weight(value)?;
        } else if name.eq_ignore_ascii_case("version") && specificity == Specificity::Exact {
            if value != version {
                return None;
            }
            specificity = Specificity::Version;
        }
        // `charset` and `escaping` restrict nothing: every scrape is UTF-8 with ASCII names.
    }
    Some(Preference { specificity, weight })
}

/// A q-value, from `0` to `1.000`, in thousandths.
fn parse_weight(value: &str) -> Option<u16> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction = if fraction.is_empty() {
        0
    } else {
        fraction.parse::<u16>().ok()? * [1, 100, 10, 1][fraction.len()]
    };
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

/// Splits at `separator` outside of quoted strings.
fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character| {
        if quoted {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = false,
                _ => {}
            }
            false
        } else {
            quoted = character == '"';
            character == separator
        }
    })
}

/// Whether a request with this `Accept-Encoding` header may be answered with gzip. Without the
/// header gzip is not allowed.
pub(crate) fn accepts_gzip(accept_encoding: Option<&str>) -> bool {
    let mut named = None;
    let mut wildcard = false;
    for coding in accept_encoding.unwrap_or_default().split(',') {
        let mut parts = coding.split(';');
        let name = parts.next().unwrap_or_default().trim();
        let weight = parts
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .map_or(Some(1000), |(_, value)| parse_weight(value.trim()));
        let accepted = weight.is_some_and(|weight| weight > 0);
        if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
            named = Some(named.unwrap_or(false) || accepted);
        } else if name == "*" {
            wildcard = accepted;
        }
    }
    named.unwrap_or(wildcard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_follows_the_accept_header() {
        let prometheus_2 = "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        let prometheus_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        let with_protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4,*/*;q=0.1";
        let prometheus_2_5 =
            "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        let chromium = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        for (accept, expected) in [
            (None, Some(Format::Text)),
            (Some(""), Some(Format::Text)),
            (Some(prometheus_2), Some(Format::OpenMetrics)),
            (Some(prometheus_3), Some(Format::OpenMetrics)),
            (Some(with_protobuf), Some(Format::Text)),
            (Some(prometheus_2_5), Some(Format::Text)),
            (Some(chromium), Some(Format::Text)),
            (Some("*/*"), Some(Format::Text)),
            (Some("text/*"), Some(Format::Text)),
            (Some("text/plain"), Some(Format::Text)),
            (Some("text/plain; charset=\"utf-8, or not\""), Some(Format::Text)),
            (Some("application/*"), Some(Format::OpenMetrics)),
            (Some("application/openmetrics-text"), Some(Format::OpenMetrics)),
            (Some("Application/OpenMetrics-Text; Version=\"1.0.0\""), Some(Format::OpenMetrics)),
            (Some("application/openmetrics-text, */*"), Some(Format::OpenMetrics)),
            (Some("text/plain, application/openmetrics-text"), Some(Format::OpenMetrics)),
            (Some("application/openmetrics-text;q=0.1, text/plain;q=0.9"), Some(Format::Text)),
            (Some("application/openmetrics-text;q=0, */*"), Some(Format::Text)),
            (
                Some("application/openmetrics-text;version=2.0.0, text/plain;q=0.1"),
                Some(Format::Text),
            ),
            (Some("text/plain;q=0, */*;q=0.5"), Some(Format::OpenMetrics)),
            (
                Some("text/plain;q=high, application/openmetrics-text;q=0.1"),
                Some(Format::OpenMetrics),
            ),
            (Some("application/json"), None),
            (Some("text/plain;version=1.0.0"), None),
            (Some("*/*;q=0"), None),
            (Some("nonsense"), None),
        ] {
            assert_eq!(negotiate(accept), expected, "{accept:?}");
        }
    }

    #[test]
    fn gzip_follows_the_accept_encoding_header() {
        for (header, expected) in [
            (None, false),
            (Some(""), false),
            (Some("gzip"), true),
            (Some("x-gzip"), true),
            (Some("GZIP;q=0.5"), true),
            (Some("deflate, gzip;q=1.0, *;q=0.5"), true),
            (Some("*"), true),
            (Some("br, identity"), false),
            (Some("gzip;q=0"), false),
            (Some("gzip;q=0.000, *"), false),
            (Some("gzip; q=2"), false),
            (Some("*;q=0"), false),
        ] {
            assert_eq!(accepts_gzip(header), expected, "{header:?}");
        }
    }

    #[test]
    fn weights() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1", Some(1000)),
            ("1.", Some(1000)),
            ("1.000", Some(1000)),
            ("0.5", Some(500)),
            ("0.05", Some(50)),
            ("0.005", Some(5)),
            ("1.001", None),
            ("0.0005", None),
            ("-0.5", None),
            ("", None),
            (".5", None),
            ("0.+5", None),
        ] {
            assert_eq!(parse_weight(text), expected, "{text}");
        }
    }
}
