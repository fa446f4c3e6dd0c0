use super::{
    accept::{Preference, Specificity},
    media_type::{LAST_RESORT, MEDIA_TYPES, MediaType, Negotiated},
};

/// What a request with this `Accept` header is answered with; `None` if the header refuses all
/// media types with the weight 0 (status 406).
///
/// The rules of RFC 9110 apply: the most specific range that matches a media type gives its weight,
/// and the media type with the highest weight is chosen. At equal weights the media type that is
/// named more precisely is chosen; then `OpenMetrics` if the header names it, and text 0.0.4 if a
/// wildcard leaves the choice. A request that names no media type that is available gets text
/// 0.0.4, as Prometheus' specification of content negotiation requires, and so does a request
/// without the header. Ranges that do not parse are ignored.
pub(crate) fn negotiate(accept: Option<&str>) -> Option<Negotiated> {
    let accept = accept.unwrap_or_default();
    let accepted = MEDIA_TYPES.iter().filter_map(|media_type| {
        let preference = Preference::of(accept, media_type)?;
        (preference.weight > 0).then_some((media_type, preference))
    });
    // Of equal ones the first stays.
    let best = accepted.reduce(|best, other| if rank(other) > rank(best) { other } else { best });
    if let Some((media_type, preference)) = best {
        return Some(media_type.negotiated(preference.escaping));
    }
    let is_refused = Preference::of(accept, &LAST_RESORT).is_some();
    (!is_refused).then(|| LAST_RESORT.negotiated(None))
}

/// Where a wildcard leaves the choice, text 0.0.4 is for everybody.
fn rank((media_type, preference): (&MediaType, Preference)) -> (u16, Specificity, bool) {
    let Preference { weight, specificity, .. } = preference;
    let is_for_everybody = specificity == Specificity::Any && media_type.is(&LAST_RESORT);
    (weight, specificity, is_for_everybody)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposition::{Format, ScrapeFormat};

    const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    const TEXT_1: &str = "text/plain; version=1.0.0; charset=utf-8; escaping=underscores";
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    const PROTOBUF: &str = "application/vnd.google.protobuf; \
                            proto=io.prometheus.client.MetricFamily; encoding=delimited";

    #[test]
    fn the_media_type_follows_the_accept_header() {
        for (accept, expected) in [
            ("", TEXT),
            (" ", TEXT),
            ("*/*", TEXT),
            ("text/*", TEXT),
            ("text/plain", TEXT),
            ("text/plain; charset=\"utf-8, or not\"", TEXT),
            ("text/plain;version=0.0.4;escaping=values", TEXT),
            ("application/*", OPEN_METRICS),
            ("application/openmetrics-text", OPEN_METRICS),
            ("Application/OpenMetrics-Text; Version=\"1.0.0\"", OPEN_METRICS),
            ("application/openmetrics-text, */*", OPEN_METRICS),
            ("text/plain, application/openmetrics-text", OPEN_METRICS),
            ("application/openmetrics-text;q=0.1, text/plain;q=0.9", TEXT),
            ("application/openmetrics-text;q=0, */*", TEXT),
            ("text/plain;q=0, */*;q=0.5", OPEN_METRICS),
            ("text/plain;q=high, application/openmetrics-text;q=0.1", OPEN_METRICS),
            ("text/plain;version=1.0.0", TEXT_1),
            ("TEXT/plain; Version=\"1.0.0\"; Escaping=UNDERSCORES", TEXT_1),
            ("text/plain;version=1.0.0;q=0.3, text/plain;version=0.0.4;q=0.2", TEXT_1),
            ("text/plain;version=1.0.0;q=0.2, text/plain;version=0.0.4;q=0.3", TEXT),
            ("text/plain;version=1.0.0, text/plain;version=0.0.4", TEXT),
            ("text/plain;version=1.0.0, */*;q=0.9", TEXT_1),
            ("text/plain;version=1.0.0;q=0, */*", TEXT),
            ("application/vnd.google.protobuf", PROTOBUF),
            (
                "APPLICATION/vnd.google.protobuf; Proto=\"io.prometheus.client.MetricFamily\"; \
                 Encoding=delimited; q=0.6, text/plain;q=0.5",
                PROTOBUF,
            ),
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;\
                 encoding=delimited;q=0.3, application/openmetrics-text;version=1.0.0;q=0.3",
                OPEN_METRICS,
            ),
            ("application/vnd.google.protobuf;encoding=text, */*;q=0.1", TEXT),
            ("application/vnd.google.protobuf;proto=other.Message, */*;q=0.1", TEXT),
            ("application/vnd.google.protobuf;q=0.2, text/plain;version=1.0.0;q=0.3", TEXT_1),
            // Unknown versions and other media types: with what else is accepted, or as a last
            // resort.
            ("application/openmetrics-text;version=2.0.0, text/plain;version=1.0.0;q=0.1", TEXT_1),
            ("application/openmetrics-text;version=0.0.1", TEXT),
            ("application/openmetrics-text;version=2.0.0", TEXT),
            ("text/plain;version=2.0.0", TEXT),
            ("text/plain;version=0.0.5", TEXT),
            ("application/json", TEXT),
            ("text/html", TEXT),
            ("nonsense", TEXT),
            (",;=/,\"", TEXT),
            ("text/plain;q=2", TEXT),
            ("application/json;q=0", TEXT),
        ] {
            let negotiated = negotiate(Some(accept)).unwrap();
            assert_eq!(negotiated.content_type, expected, "{accept:?}");
            let format = match expected {
                OPEN_METRICS => ScrapeFormat::Text(Format::OpenMetrics),
                PROTOBUF => ScrapeFormat::Protobuf,
                _ => ScrapeFormat::Text(Format::Text),
            };
            assert_eq!(negotiated.format, format, "{accept:?}");
        }
        assert_eq!(negotiate(None), negotiate(Some("")));
        for refused in ["*/*;q=0", "text/*;q=0.000", "text/plain;q=0", "application/json, */*;q=0"]
        {
            assert_eq!(negotiate(Some(refused)), None, "{refused:?}");
        }
    }

    /// A `Content-Type` of version 1.0.0 names the escaping that is asked for where it is in force:
    /// every name is valid without escaping, but `dots` would change each `_`.
    #[test]
    fn the_escaping_is_named_where_it_is_in_force() {
        for (asked, named) in [
            ("underscores", "underscores"),
            ("allow-utf-8", "allow-utf-8"),
            ("values", "values"),
            ("dots", "underscores"),
        ] {
            for media_type in ["text/plain", "application/openmetrics-text"] {
                let accept = format!("{media_type};version=1.0.0;escaping={asked};q=0.4");
                let content_type =
                    format!("{media_type}; version=1.0.0; charset=utf-8; escaping={named}");
                let negotiated = negotiate(Some(&accept)).unwrap();
                assert_eq!(negotiated.content_type, content_type);
            }
            let accept = format!("application/vnd.google.protobuf;escaping={asked}");
            let negotiated = negotiate(Some(&accept)).unwrap();
            assert_eq!(negotiated.content_type, format!("{PROTOBUF}; escaping={named}"));
        }
        for unknown in ["", "none", "allow-utf-8\r\nx: y"] {
            let accept = |media_type| format!("{media_type};version=1.0.0;escaping={unknown}");
            let of = |media_type| negotiate(Some(&accept(media_type))).unwrap().content_type;
            assert_eq!(of("text/plain"), TEXT_1, "{unknown:?}");
            assert_eq!(of("application/openmetrics-text"), OPEN_METRICS, "{unknown:?}");
            let accept = format!("application/vnd.google.protobuf;escaping={unknown}");
            assert_eq!(negotiate(Some(&accept)).unwrap().content_type, PROTOBUF, "{unknown:?}");
        }
    }
}
