//! The network side of the receiver.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    future::pending,
    io::{self, Read},
    pin::pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use flate2::read::GzDecoder;
use futures_util::StreamExt;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::{
    body::{Frame, Incoming},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceRequest, ExportMetricsServiceResponse,
    metrics_service_server::{MetricsService, MetricsServiceServer},
};
use prost::Message;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;
use tonic::{Status, body::Body, codec::CompressionEncoding, codegen::Service};
use tonic_types::{ErrorDetails, StatusExt};

use super::{Behaviour, Export, RetryAfter, Shared};

/// Why points are rejected.
const REASON: &str = "too old";

/// Serves for ever. Its connections end with the returned future.
pub(super) async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        let tls = tls.clone();
        connections.spawn(async move {
            match tls {
                None => connection(stream, shared).await,
                Some(tls) => {
                    // Some tests have a client that does not trust the receiver.
                    if let Ok(stream) = tls.accept(stream).await {
                        connection(stream, shared).await;
                    }
                }
            }
        });
    }
}

async fn connection(stream: impl AsyncRead + AsyncWrite + Unpin + 'static, shared: Arc<Shared>) {
    let mut losses = shared.losses.subscribe();
    let service = service_fn(move |request| answer(Arc::clone(&shared), request));
    let server = auto::Builder::new(TokioExecutor::new());
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        biased;
        // The connection stays open, and is neither read nor written.
        Ok(()) = losses.changed() => pending().await,
        // Some tests have a client that goes away in the middle of a request.
        _ = &mut connection => {}
    }
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Body>, io::Error> {
    let behaviour = shared.tried();
    let is_grpc = content_type(request.headers()).starts_with("application/grpc");
    match behaviour {
        Behaviour::Hang => pending().await,
        Behaviour::Cut => return Err(io::Error::other("the script ends the connection")),
        _ => {}
    }
    let (parts, body) = request.into_parts();
    let repeated = repeated(&parts.headers);
    // A server that answers before it has read everything ends the connection.
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let request = Request::from_parts(parts, body);
    Ok(match behaviour {
        Behaviour::Garbage => page(StatusCode::OK, "text/html", "<html>please log in</html>"),
        Behaviour::Status(status) if !is_grpc => refusal(status, None),
        Behaviour::Http(status, retry_after) => refusal(status, retry_after),
        Behaviour::Endless(bytes) if !is_grpc => {
            page(StatusCode::OK, "application/x-protobuf", vec![0; bytes])
        }
        Behaviour::Truncated => truncated(is_grpc),
        Behaviour::EndlessMessages => endless_messages(),
        Behaviour::RejectInBytes(points) => {
            let behaviour = Behaviour::Reject(points);
            let response = if is_grpc {
                grpc(shared, behaviour, request).await
            } else {
                post(&shared, behaviour, request)
            };
            let damaged = |frame: Frame<Bytes>| frame.map_data(|data| without_utf_8(&data));
            response.map(|body| Body::new(body.map_frame(damaged)))
        }
        Behaviour::UnreadableMessage => {
            let mut response: Response<Body> = Status::internal("no").into_http();
            response.headers_mut().insert("grpc-message", HeaderValue::from_static("%FF"));
            response
        }
        Behaviour::Repeat if is_grpc => Status::invalid_argument(repeated).into_http(),
        Behaviour::Repeat => page(StatusCode::OK, &format!("text/{repeated}"), repeated),
        behaviour if is_grpc => grpc(shared, behaviour, request).await,
        behaviour => post(&shared, behaviour, request),
    })
}

fn post(shared: &Shared, behaviour: Behaviour, request: Request<Bytes>) -> Response<Body> {
    if request.uri().path() != "/v1/metrics" {
        return page(StatusCode::NOT_FOUND, "text/plain", "no");
    }
    let (parts, body) = request.into_parts();
    let mut body = body.to_vec();
    if parts.headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip") {
        let mut unpacked = Vec::new();
        GzDecoder::new(body.as_slice()).read_to_end(&mut unpacked).expect("a body in gzip");
        body = unpacked;
    }
    let json = content_type(&parts.headers) == "application/json";
    let request: ExportMetricsServiceRequest = if json {
        serde_json::from_slice(&body).expect("a request in JSON")
    } else {
        ExportMetricsServiceRequest::decode(body.as_slice()).expect("a request in protobuf")
    };
    let mut export = Export::new(flat(&parts.headers), request);
    export.body = body;
    shared.keep(export);
    let response = response(behaviour, repeated(&parts.headers));
    if json {
        let body = serde_json::to_vec(&response).expect("a response in JSON");
        page(StatusCode::OK, "application/json", body)
    } else {
        page(StatusCode::OK, "application/x-protobuf", response.encode_to_vec())
    }
}

async fn grpc(
    shared: Arc<Shared>,
    behaviour: Behaviour,
    mut request: Request<Bytes>,
) -> Response<Body> {
    let headers = flat(request.headers());
    request.extensions_mut().insert(headers);
    let collector = Collector { shared, behaviour };
    let Ok(response) = MetricsServiceServer::new(collector)
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip)
        .call(request.map(Full::new))
        .await;
    response
}

/// The gRPC service for one request.
struct Collector {
    shared: Arc<Shared>,
    behaviour: Behaviour,
}

#[tonic::async_trait]
impl MetricsService for Collector {
    async fn export(
        &self,
        request: tonic::Request<ExportMetricsServiceRequest>,
    ) -> Result<tonic::Response<ExportMetricsServiceResponse>, Status> {
        if let Behaviour::Status(status) = self.behaviour {
            return Err(match status {
                400 => Status::invalid_argument("no"),
                429 => Status::resource_exhausted("no"),
                503 => Status::unavailable("no"),
                _ => Status::internal("no"),
            });
        }
        if let Behaviour::Grpc(code, delay) = self.behaviour {
            return Err(grpc_refusal(code, delay));
        }
        if let Behaviour::Endless(bytes) = self.behaviour {
            let partial_success = Some(ExportMetricsPartialSuccess {
                error_message: "x".repeat(bytes),
                ..ExportMetricsPartialSuccess::default()
            });
            return Ok(tonic::Response::new(ExportMetricsServiceResponse { partial_success }));
        }
        let headers: &BTreeMap<String, String> =
            request.extensions().get().expect("put there by `grpc`");
        let repeated = repeated(&request.metadata().clone().into_headers());
        self.shared.keep(Export::new(headers.clone(), request.into_inner()));
        Ok(tonic::Response::new(response(self.behaviour, repeated)))
    }
}

fn refusal(status: u16, retry_after: Option<RetryAfter>) -> Response<Body> {
    let status = StatusCode::from_u16(status).expect("a test names a valid status");
    let mut response = page(status, "text/plain", "no");
    let value = retry_after.map(|retry_after| match retry_after {
        RetryAfter::Seconds(seconds) => seconds.to_string(),
        RetryAfter::Date(seconds) => {
            httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(seconds))
        }
    });
    if let Some(value) = value {
        let value = value.parse().expect("digits or a date");
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// A status with a `google.rpc.RetryInfo`, if there is a delay.
fn grpc_refusal(code: i32, delay: Option<Duration>) -> Status {
    let Some(delay) = delay else { return Status::new(code.into(), "no") };
    let mut details = ErrorDetails::new();
    details.set_retry_info(Some(delay));
    Status::with_error_details(code.into(), "no", details)
}

fn response(behaviour: Behaviour, repeated: String) -> ExportMetricsServiceResponse {
    let partial_success = match behaviour {
        Behaviour::Reject(points) => Some(ExportMetricsPartialSuccess {
            rejected_data_points: points.into(),
            error_message: REASON.to_owned(),
        }),
        Behaviour::RejectAndRepeat => {
            Some(ExportMetricsPartialSuccess { rejected_data_points: 1, error_message: repeated })
        }
        _ => None,
    };
    ExportMetricsServiceResponse { partial_success }
}

/// The headers of a request, as they are and per-cent encoded.
fn repeated(headers: &HeaderMap) -> String {
    let mut text = String::new();
    for (name, value) in flat(headers) {
        let _ = write!(text, " {name}={value} ");
        for byte in value.bytes() {
            let _ = write!(text, "%{byte:02x}");
        }
    }
    text
}

/// The bytes of a response, with a byte in its reason that begins no character.
fn without_utf_8(data: &[u8]) -> Bytes {
    let mut data = data.to_vec();
    if let Some(at) = data.windows(REASON.len()).position(|part| part == REASON.as_bytes()) {
        data[at] = 0xff;
    }
    data.into()
}

fn page(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, content_type)
        .body(Body::new(Full::new(body.into())))
        .expect("a valid response")
}

/// A message of more bytes than the body has. Over HTTP/1 the connection ends with the body, over
/// HTTP/2 only the stream.
fn truncated(is_grpc: bool) -> Response<Body> {
    let response = Response::builder().status(StatusCode::OK);
    let response = if is_grpc {
        let message = Full::new(Bytes::from_static(&[0, 0, 0, 0, 9, 1]));
        response.header(header::CONTENT_TYPE, "application/grpc").body(Body::new(message))
    } else {
        let frames = [
            Ok(Frame::data(Bytes::from_static(&[0]))),
            Err(io::Error::other("the script ends the connection")),
        ];
        let body = StreamBody::new(futures_util::stream::iter(frames));
        response.header(header::CONTENT_LENGTH, 9).body(Body::new(body))
    };
    response.expect("a valid response")
}

/// Each frame has 3,200 empty messages.
fn endless_messages() -> Response<Body> {
    let frames = futures_util::stream::iter(0..1 << 18);
    let frames = frames.map(|_| Frame::data(Bytes::from_static(&[0; 5 * 3_200])));
    let status = HeaderMap::from_iter([(
        HeaderName::from_static("grpc-status"),
        HeaderValue::from_static("0"),
    )]);
    let end = futures_util::stream::iter([Frame::trailers(status)]);
    let body = StreamBody::new(frames.chain(end).map(Ok::<_, io::Error>));
    Response::builder()
        .header(header::CONTENT_TYPE, "application/grpc")
        .body(Body::new(body))
        .expect("a valid response")
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn flat(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        })
        .collect()
}
