//! What is known of a request: the context of the roles.

use http::{Method, StatusCode, Uri, uri::Scheme};

use super::HttpRoute;
use crate::{
    LabelValue,
    labels::{LabelRef, OpenLabelValue},
};

/// A request that has ended: the context of [`requests`](super::HttpServerRoles::requests), of
/// [`duration`](super::HttpServerRoles::duration) and of the sizes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EndedRequest {
    /// The method.
    pub method: HttpMethod,
    /// The scheme: the layer's, or else the URI's.
    pub scheme: UrlScheme,
    /// The route of the response, or else of the request; absent when none was matched.
    pub route: Option<HttpRoute>,
    /// The status of the response; absent when there was no response.
    pub status: Option<StatusCode>,
    /// The reason for the failure of the request; absent for a success.
    pub failure: Option<RequestFailure>,
}

/// A request that has begun: the context of [`active`](super::HttpServerRoles::active).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ActiveRequest {
    /// The method.
    pub method: HttpMethod,
    /// The scheme: the layer's, or else the URI's.
    pub scheme: UrlScheme,
    /// The route of the request; absent when none was matched before the layer, and when only the
    /// response has it.
    pub route: Option<HttpRoute>,
}

/// The `http.request.method` of a request, of the methods that the semantic conventions know: those
/// of RFC 9110, RFC 5789 and RFC 10008. Other methods are `_OTHER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate", rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum HttpMethod {
    /// `GET`.
    Get,
    /// `HEAD`.
    Head,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `DELETE`.
    Delete,
    /// `CONNECT`.
    Connect,
    /// `OPTIONS`.
    Options,
    /// `TRACE`.
    Trace,
    /// `PATCH`.
    Patch,
    /// `QUERY`.
    Query,
    /// Any other method.
    #[label(rename = "_OTHER")]
    Other,
}

/// The `url.scheme` of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum UrlScheme {
    /// Plain text.
    Http,
    /// TLS.
    Https,
}

impl UrlScheme {
    /// The scheme in the URI, which only HTTP/2 requests have.
    pub(super) fn of(uri: &Uri) -> Self {
        if uri.scheme() == Some(&Scheme::HTTPS) { Self::Https } else { Self::Http }
    }
}

/// The reason for the failure of a request, as a label its `error.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestFailure {
    /// A response with this status was sent, which is 500 or higher. The label is the status code.
    Status(StatusCode),
    /// The service returned an error in place of a response: `service_error`.
    Service,
    /// The body returned an error in place of its next frame: `body_error`.
    Body,
    /// The response, or the future of the response, was dropped: `cancelled`.
    Cancelled,
    /// The service or the body panicked: `panicked`.
    Panicked,
}

impl OpenLabelValue for RequestFailure {
    fn as_label(&self) -> LabelRef<'_> {
        LabelRef::Str(match self {
            Self::Status(status) => status.as_str(),
            Self::Service => "service_error",
            Self::Body => "body_error",
            Self::Cancelled => "cancelled",
            Self::Panicked => "panicked",
        })
    }
}

impl From<&Method> for HttpMethod {
    fn from(method: &Method) -> Self {
        match *method {
            Method::GET => Self::Get,
            Method::HEAD => Self::Head,
            Method::POST => Self::Post,
            Method::PUT => Self::Put,
            Method::DELETE => Self::Delete,
            Method::CONNECT => Self::Connect,
            Method::OPTIONS => Self::Options,
            Method::TRACE => Self::Trace,
            Method::PATCH => Self::Patch,
            _ if method.as_str() == "QUERY" => Self::Query,
            _ => Self::Other,
        }
    }
}
