//! The route of a request: the template, never the path.

use std::borrow::Cow;

use http::Extensions;

use crate::labels::{LabelRef, OpenLabelValue};

/// The `http.route` of a request, such as `/jobs/{id}`.
///
/// A service with a router other than axum's puts the route into the extensions of its response. A
/// layer further out can put it into the extensions of the request. The route of the response takes
/// precedence. There must be few different routes: use the template that was matched, not the path
/// of the request.
///
/// ```
/// use osapi_metrics::instrumentation::http_server::HttpRoute;
///
/// let mut response = http::Response::new(());
/// response.extensions_mut().insert(HttpRoute::from_static("/jobs/{id}"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HttpRoute(Cow<'static, str>);

impl HttpRoute {
    /// A route of a constant template.
    pub const fn from_static(template: &'static str) -> Self {
        Self(Cow::Borrowed(template))
    }

    /// A route of a template that is known at run time.
    pub fn new(template: impl Into<Cow<'static, str>>) -> Self {
        Self(template.into())
    }

    /// The template.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The route in the extensions of a request or response.
    pub(super) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get::<Self>().cloned().or_else(|| matched_path(extensions))
    }
}

impl OpenLabelValue for HttpRoute {
    fn as_label(&self) -> LabelRef<'_> {
        LabelRef::Str(self.as_str())
    }
}

#[cfg(feature = "axum")]
fn matched_path(extensions: &Extensions) -> Option<HttpRoute> {
    let matched = extensions.get::<axum::extract::MatchedPath>()?;
    Some(HttpRoute::new(matched.as_str().to_owned()))
}

#[cfg(not(feature = "axum"))]
fn matched_path(_: &Extensions) -> Option<HttpRoute> {
    None
}
