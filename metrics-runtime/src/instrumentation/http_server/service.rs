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
    Counted, Given, RequestSizing, ResponseBody, UrlScheme, in_flight::InFlight, metrics::Failure,
};
use crate::Metrics;

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
#[derive(Clone, Copy, Debug, Default)]
pub struct HttpServerLayer<R = Given> {
    scheme: Option<UrlScheme>,
    requests: PhantomData<R>,
}

impl HttpServerLayer {
    /// A layer whose `url.scheme` is the scheme of the request's URI, or `http` for a URI without a
    /// scheme, as in every HTTP/1 request.
    pub const fn new() -> Self {
        Self { scheme: None, requests: PhantomData }
    }

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
    pub const fn counting_requests(self) -> HttpServerLayer<Counted> {
        HttpServerLayer { scheme: self.scheme, requests: PhantomData }
    }
}

impl<R> HttpServerLayer<R> {
    /// Sets `url.scheme` for all requests, for a server that terminates TLS itself or is behind a
    /// proxy that does. Headers such as `X-Forwarded-Proto` are not read: any client can send them.
    ///
    /// ```
    /// use osapi_metrics::instrumentation::http_server::{HttpServerLayer, UrlScheme};
    ///
    /// let layer = HttpServerLayer::new().with_scheme(UrlScheme::Https);
    /// ```
    #[must_use]
    pub const fn with_scheme(mut self, scheme: UrlScheme) -> Self {
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
}

impl<S, R> Layer<S> for HttpServerLayer<R> {
    type Service = HttpServerService<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        HttpServerService { inner, scheme: self.scheme, requests: PhantomData }
    }
}

/// A service whose requests are recorded. Made by [`HttpServerLayer`].
#[derive(Clone, Debug)]
pub struct HttpServerService<S, R = Given> {
    inner: S,
    scheme: Option<UrlScheme>,
    requests: PhantomData<R>,
}

impl<S, R, Q, B> Service<Request<Q>> for HttpServerService<S, R>
where
    S: Service<Request<R::Body>, Response = Response<B>>,
    R: RequestSizing<Q>,
    B: Body,
{
    type Response = Response<ResponseBody<B>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let mut in_flight = InFlight::begin(&request, self.scheme);
        let (request, size) = in_flight.run(|| R::size(request));
        in_flight.receive(size);
        let inner = in_flight.run(|| self.inner.call(request));
        ResponseFuture { inner, in_flight: Some(in_flight) }
    }
}

pin_project! {
    /// The future of [`HttpServerService`].
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        // Moves to the response. If the future is dropped before, the request is dropped with it
        // and recorded as cancelled.
        in_flight: Option<InFlight>,
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
{
    type Output = Result<Response<ResponseBody<B>>, E>;

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
                    in_flight.end(Some(Failure::Service));
                }
                Err(error)
            }
        })
    }
}
