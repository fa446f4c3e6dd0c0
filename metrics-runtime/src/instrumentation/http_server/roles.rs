//! The roles of this instrumentation.

use super::{ActiveRequest, EndedRequest};
use crate::roles::{Active, Bytes, Count, Distribution, Seconds};

/// What a layer measures of the requests of its service.
///
/// A set of your own names a role with `on = …`; see [the module](super#names-of-your-own). Times
/// are in seconds, sizes in bytes. [When a request ends](super#when-a-request-ends) is the same for
/// every set.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct HttpServerRoles {
    /// Requests that have ended, in whatever way.
    pub requests: Count<EndedRequest>,
    /// Time from the call of the service to the end of the request.
    pub duration: Distribution<Seconds, EndedRequest>,
    /// Bytes of the request's body that were read, or its declared size. A request whose body has
    /// an [unknown size](super#sizes-of-requests) is not recorded.
    pub request_body_size: Distribution<Bytes, EndedRequest>,
    /// Bytes of the response's body that the server has taken. A request without a response is not
    /// recorded.
    pub response_body_size: Distribution<Bytes, EndedRequest>,
    /// Requests that have begun and not ended.
    pub active: Active<ActiveRequest>,
}
