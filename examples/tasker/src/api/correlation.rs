//! The correlation id of a request.

use axum::http::HeaderMap;
use uuid::Uuid;

use super::error::ApiError;
use crate::metrics::CorrelationId;

/// The id of the request's trace (W3C Trace Context, header `traceparent`), else the id that the
/// body gives, else a new one.
pub(super) fn of_request(headers: &HeaderMap, given: Option<String>) -> Result<String, ApiError> {
    let mut traces = headers.get_all("traceparent").iter();
    // Two of them say two things.
    if let (Some(value), None) = (traces.next(), traces.next())
        && let Some(trace) = value.to_str().ok().and_then(trace_id)
    {
        return Ok(trace.to_owned());
    }
    let Some(given) = given else { return Ok(Uuid::now_v7().to_string()) };
    if CorrelationId::is_one(&given) { Ok(given) } else { Err(ApiError::CorrelationId) }
}

/// The trace id in `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`.
fn trace_id(header: &str) -> Option<&str> {
    let mut parts = header.split('-');
    let (version, trace, parent, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_valid = is_hex(version, 2)
        && version != "ff"
        // Later versions may have more.
        && (version != "00" || parts.next().is_none())
        && is_hex(trace, 32)
        && is_hex(parent, 16)
        && is_hex(flags, 2)
        && trace.bytes().any(|b| b != b'0')
        && parent.bytes().any(|b| b != b'0');
    is_valid.then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    fn of(traceparent: Option<&str>, given: Option<&str>) -> Result<String, ApiError> {
        let mut headers = HeaderMap::new();
        if let Some(value) = traceparent {
            headers.insert("traceparent", value.parse().expect("a header"));
        }
        of_request(&headers, given.map(str::to_owned))
    }

    #[test]
    fn the_trace_comes_before_the_body() {
        let header = format!("00-{TRACE}-b7ad6b7169203331-01");
        assert_eq!(of(Some(&header), Some("mine")).unwrap(), TRACE);
        assert_eq!(of(None, Some("mine-1_2.3")).unwrap(), "mine-1_2.3");
        let fresh = of(None, None).unwrap();
        assert_ne!(fresh, of(None, None).unwrap());
        assert_eq!(fresh.len(), 36);
    }

    #[test]
    fn a_trace_that_is_not_valid_is_no_trace() {
        let zeros = "0".repeat(32);
        let invalid = [
            format!("00-{zeros}-b7ad6b7169203331-01"),
            format!("ff-{TRACE}-b7ad6b7169203331-01"),
            format!("00-{TRACE}-b7ad6b7169203331"),
            format!("00-{TRACE}-b7ad6b7169203331-01-more"),
            format!("00-{TRACE}-b7ad6b7169203331-01-"),
            format!("00-{}-b7ad6b7169203331-01", TRACE.to_uppercase()),
            "garbage".to_owned(),
        ];
        for header in invalid {
            assert_eq!(of(Some(&header), Some("mine")).unwrap(), "mine", "{header}");
        }
    }

    #[test]
    fn a_later_version_may_say_more_and_two_traces_are_none() {
        let later = format!("01-{TRACE}-b7ad6b7169203331-01-more");
        assert_eq!(of(Some(&later), Some("mine")).unwrap(), TRACE);

        let mut headers = HeaderMap::new();
        for version in ["00", "01"] {
            let value = format!("{version}-{TRACE}-b7ad6b7169203331-01");
            headers.append("traceparent", value.parse().expect("a header"));
        }
        assert_eq!(of_request(&headers, Some("mine".to_owned())).unwrap(), "mine");
    }

    #[test]
    fn an_id_that_would_not_be_a_label_is_refused() {
        for id in ["", "two words", "ä", &"x".repeat(65)] {
            of(None, Some(id)).expect_err(id);
        }
    }
}
