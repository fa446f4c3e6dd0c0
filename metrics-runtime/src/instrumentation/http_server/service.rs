//! The layer, the service that it makes, and the future of the service.

use std::{
    future::Future,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::{Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::{
    Counted, Given, HttpServerRoles, OwnSet, RequestFailure, RequestRecorder, RequestSizing,
    ResponseBody, ShippedSet, UrlScheme, in_flight::InFlight,
};
use crate::{Metrics, roles::RecordRoles};

/// A tower layer that records the [`HttpServerMetrics`](super::HttpServerMetrics) of the services
/// that it wraps.
///
/// With axum, pass it to
/// [`Router::layer`](https://docs.rs/axum/latest/axum/struct.Router.html#method.layer) after the
/// routes, so that it sees the matched route. Around a whole router, or without axum, the route is
/// the [`HttpRoute`](super::HttpRoute) of the response or the request, and absent without one.
///
/// Place it outside of layers that make responses of their own, such as time-outs and panic
/// handlers, so that these responses are counted.
///
/// `R` is the source of the [sizes of requests](super#sizes-of-requests): [`Given`] or [`Counted`].
/// `T` is the set that is recorded in: [`ShippedSet`] or [`OwnSet`].
#[derive(Clone, Copy, Debug, Default)]
pub struct HttpServerLayer<R = Given, T = ShippedSet> {
    recorder: T,
    scheme: Option<UrlScheme>,
    requests: PhantomData<R>,
}

impl HttpServerLayer {
    /// A layer whose `url.scheme` is the scheme of the request's URI, or `http` for a URI without a
    /// scheme, as in every HTTP/1 request.
    pub const fn new() -> Self {
        Self { recorder: ShippedSet, scheme: None, requests: PhantomData }
    }
}

impl HttpServerLayer<Given, OwnSet> {
    /// A layer that records in the set `S` instead of
    /// [`HttpServerMetrics`](super::HttpServerMetrics), under the names of that set. The labels are
    /// those of `roles(…, labels = …)`, `()` without them. `url.scheme` is as for
    /// [`new`](HttpServerLayer::new).
    ///
    /// ```
    /// use osapi_metrics::{
    ///     Histogram, LabelSet, LabelValue, MetricSet,
    ///     instrumentation::http_server::{EndedRequest, HttpServerLayer, HttpServerRoles},
    ///     roles::RoleLabels,
    /// };
    ///
    /// #[derive(Clone, Copy, LabelValue)]
    /// enum Listener {
    ///     Public,
    ///     Internal,
    /// }
    ///
    /// #[derive(Clone, LabelSet)]
    /// struct Server {
    ///     listener: Listener,
    /// }
    ///
    /// #[derive(LabelSet)]
    /// struct ServerOutcome {
    ///     #[label(flatten)]
    ///     server: Server,
    ///     failed: bool,
    /// }
    ///
    /// impl RoleLabels<Server, EndedRequest> for ServerOutcome {
    ///     fn role_labels(server: &Server, request: &EndedRequest) -> Self {
    ///         Self { server: server.clone(), failed: request.failure.is_some() }
    ///     }
    /// }
    ///
    /// /// Requests of the shop.
    /// #[derive(MetricSet)]
    /// #[metric_set(prefix = "shop", roles(of = HttpServerRoles, labels = Server))]
    /// struct ShopHttp {
    ///     /// Time to serve a request.
    ///     #[metric(unit = "s", buckets = [0.01, 0.1, 1], on = duration)]
    ///     request_seconds: Histogram<ServerOutcome>,
    /// }
    ///
    /// let layer = |listener| HttpServerLayer::new_in::<ShopHttp>(&Server { listener });
    /// let (public, internal) = (layer(Listener::Public), layer(Listener::Internal));
    /// ```
    pub fn new_in<S: RecordRoles<HttpServerRoles>>(labels: &S::Labels) -> Self {
        Self { recorder: OwnSet::of::<S>(labels), scheme: None, requests: PhantomData }
    }
}

impl<T> HttpServerLayer<Given, T> {
    /// Counts the bytes that the service reads of every request's body, of any type. The service
    /// then takes requests of [`RequestBody`](super::RequestBody). Not needed with axum.
    ///
    /// ```
    /// use http_body::Body;
    /// use osapi_metrics::instrumentation::http_server::{HttpServerLayer, RequestBody};
    ///
    /// async fn answer<B: Body>(request: http::Request<RequestBody<B>>) -> http::Response<String> {
    ///     http::Response::new(request.method().to_string())
    /// }
    ///
    /// let layer = HttpServerLayer::new().counting_requests();
    /// ```
    #[must_use]
    pub fn counting_requests(self) -> HttpServerLayer<Counted, T> {
        HttpServerLayer { recorder: self.recorder, scheme: self.scheme, requests: PhantomData }
    }
}

impl<R, T> HttpServerLayer<R, T> {
    /// Sets `url.scheme` for all requests, for a server that terminates TLS itself or is behind a
    /// proxy that does. Headers such as `X-Forwarded-Proto` are not read: any client can send them.
    ///
    /// ```
    /// use osapi_metrics::instrumentation::http_server::{HttpServerLayer, UrlScheme};
    ///
    /// let layer = HttpServerLayer::new().with_scheme(UrlScheme::Https);
    /// ```
    #[must_use]
    pub fn with_scheme(mut self, scheme: UrlScheme) -> Self {
        self.scheme = Some(scheme);
        self
    }
}

impl Metrics {
    /// A layer that records the [`HttpServerMetrics`](super::HttpServerMetrics) of the service that
    /// it wraps. It does not depend on this value, and is equal to [`HttpServerLayer::new`].
    pub fn http_layer(&self) -> HttpServerLayer {
        HttpServerLayer::new()
    }

    /// A layer that records the service that it wraps in the set `S` instead, under the names of
    /// that set. It does not depend on this value. For a set whose roles have labels there is
    /// [`HttpServerLayer::new_in`]. The
    /// [module](crate::instrumentation::http_server#names-of-your-own) has an example.
    pub fn http_layer_in<S>(&self) -> HttpServerLayer<Given, OwnSet>
    where
        S: RecordRoles<HttpServerRoles, Labels = ()>,
    {
        HttpServerLayer::new_in::<S>(&())
    }
}

impl<S, R, T: RequestRecorder> Layer<S> for HttpServerLayer<R, T> {
    type Service = HttpServerService<S, R, T>;

    fn layer(&self, inner: S) -> Self::Service {
        self.recorder.begin_use();
        let recorder = self.recorder.clone();
        HttpServerService { inner, recorder, scheme: self.scheme, requests: PhantomData }
    }
}

/// A service whose requests are recorded. Made by [`HttpServerLayer`].
#[derive(Clone, Debug)]
pub struct HttpServerService<S, R = Given, T = ShippedSet> {
    inner: S,
    recorder: T,
    scheme: Option<UrlScheme>,
    requests: PhantomData<R>,
}

impl<S, R, T, Q, B> Service<Request<Q>> for HttpServerService<S, R, T>
where
    S: Service<Request<R::Body>, Response = Response<B>>,
    R: RequestSizing<Q>,
    T: RequestRecorder,
    B: Body,
{
    type Response = Response<ResponseBody<B, T>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, T>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let mut in_flight = InFlight::begin(self.recorder.clone(), &request, self.scheme);
        let (request, size) = in_flight.run(|| R::size(request));
        in_flight.receive(size);
        let inner = in_flight.run(|| self.inner.call(request));
        ResponseFuture { inner, in_flight: Some(in_flight) }
    }
}

pin_project! {
    /// The future of [`HttpServerService`].
    #[derive(Debug)]
    pub struct ResponseFuture<F, T = ShippedSet>
    where
        T: RequestRecorder,
    {
        #[pin]
        inner: F,
        // Moves to the response. If the future is dropped before, the request is dropped with it
        // and recorded as cancelled.
        in_flight: Option<InFlight<T>>,
    }
}

impl<F, T, B, E> Future for ResponseFuture<F, T>
where
    F: Future<Output = Result<Response<B>, E>>,
    T: RequestRecorder,
    B: Body,
{
    type Output = Result<Response<ResponseBody<B, T>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = match this.in_flight {
            Some(in_flight) => in_flight.run(|| this.inner.poll(context)),
            None => this.inner.poll(context),
        };
        let result = ready!(polled);
        let in_flight = this.in_flight.take();
        Poll::Ready(match result {
            Ok(response) => Ok(ResponseBody::wrap(response, in_flight)),
            Err(error) => {
                if let Some(in_flight) = in_flight {
                    in_flight.end(Some(RequestFailure::Service));
                }
                Err(error)
            }
        })
    }
}
