use http::{HeaderMap, HeaderName, Method};

use super::server::Draining;

/// The parts of a request that the endpoint reads.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "explorer"), allow(dead_code, reason = "the explorer has live answers"))]
pub(crate) struct EndpointRequest<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: &'a HeaderMap,
    /// Absent if the request came through another server.
    pub(super) draining: Option<&'a Draining>,
}

impl<'a> EndpointRequest<'a> {
    /// The request of this head.
    pub(crate) fn of(head: &'a http::request::Parts) -> Self {
        Self {
            method: &head.method,
            path: head.uri.path(),
            query: head.uri.query(),
            headers: &head.headers,
            draining: head.extensions.get(),
        }
    }
}

/// All lines of a list header as one (RFC 9110, 5.3); lines that are not text are left out.
pub(super) fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Vec<_> =
        headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}
