//! `GET /events`: the events of jobs, over WebSocket.
//!
//! Each event is one text message in JSON. A client that does not read fast enough misses events,
//! and `{"missed": 12}` says how many; one that reads nothing at all, or is gone, is disconnected.
//! No client slows the queue or another client down.

use std::{
    error::Error as _,
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Bytes,
    extract::{
        FromRequestParts, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code},
    },
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
        request::Parts,
    },
    response::Response,
};
use osapi_common::http::{QueryParameters, RequestQuery};
use osapi_metrics::{http::ServerLimits, instruments::CounterSeries};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::{Instant, interval_at, timeout},
};
use tracing::debug;
use tungstenite::{Error, error::ProtocolError};

use super::{Api, error::ApiError, jobs::parse_id};
use crate::{
    job::JobId,
    metrics::{ApiMetrics, DisconnectReason},
    queue::JobEvent,
};

/// The limits of connections with events.
#[derive(Clone, Debug)]
pub struct EventLimits {
    /// The most connections, within half of those of the server; more are refused.
    pub connections: usize,
    /// How long a client may take to accept a message.
    pub send: Duration,
    /// How often a silent client is asked whether it is there. One that does not answer until the
    /// next question is disconnected.
    pub ping: Duration,
    open: Arc<AtomicUsize>,
}

impl EventLimits {
    /// The limits of one process.
    pub fn new(connections: usize, send: Duration, ping: Duration) -> Self {
        Self { connections, send, ping, open: Arc::default() }
    }

    /// These limits, with at most half of the server's connections: the other half is for requests,
    /// also while clients of events stay for days.
    pub(crate) fn within(self, server: &ServerLimits) -> Self {
        let connections = self.connections.min(server.max_connections.div_ceil(2));
        Self { connections, ..self }
    }
}

impl Default for EventLimits {
    fn default() -> Self {
        Self::new(1_000, Duration::from_secs(10), Duration::from_secs(20))
    }
}

/// The query of `GET /events`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventsQuery {
    /// The job whose events are sent; all jobs without it.
    job: Option<String>,
}

impl RequestQuery for EventsQuery {
    fn expected() -> Value {
        json!({"job": "the id of the job whose events are sent; all jobs without it"})
    }
}

/// Takes a connection and sends events until the client goes or the service stops.
pub(super) async fn events(
    State(api): State<Api>,
    QueryParameters(query): QueryParameters<EventsQuery>,
    handshake: Result<Handshake, ApiError>,
) -> Result<Response, ApiError> {
    let Handshake(upgrade) = handshake?;
    let job = query.job.as_deref().map(parse_id).transpose()?;
    let place = Place::take(&api.limits)?;
    // From here on, so that a client that submits after the answer misses nothing.
    let events = api.queue.events();
    let upgrade = upgrade
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_UNSENT);
    Ok(upgrade.on_upgrade(async move |socket| {
        let _place = place;
        Connection::new(socket, events, job, api).run().await;
    }))
}

/// A request for a WebSocket, as RFC 6455 has it in 4.2.1 and 11.3.
pub(super) struct Handshake(WebSocketUpgrade);

impl<S: Send + Sync> FromRequestParts<S> for Handshake {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        if is_offered(&parts.headers) {
            // axum takes no list of protocols.
            parts.headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        }
        let upgrade = WebSocketUpgrade::from_request_parts(parts, state).await?;
        let once = |header: HeaderName| {
            let mut values = parts.headers.get_all(&header).iter();
            match (values.next(), values.next()) {
                (_, Some(_)) => Err(ApiError::RepeatedWebSocketHeader { header }),
                (first, None) => Ok(first),
            }
        };
        once(SEC_WEBSOCKET_VERSION)?;
        match once(SEC_WEBSOCKET_KEY)? {
            Some(key) if is_key(key.as_bytes()) => Ok(Self(upgrade)),
            _ => Err(ApiError::BadWebSocketKey),
        }
    }
}

/// Whether WebSocket is among the protocols that a client offers.
fn is_offered(headers: &HeaderMap) -> bool {
    let offers = headers.get_all(UPGRADE).iter().filter_map(|value| value.to_str().ok());
    offers.flat_map(|list| list.split(',')).any(|it| it.trim().eq_ignore_ascii_case("websocket"))
}

/// Whether a key is 16 bytes in base64 (RFC 6455, 4.2.1). axum takes every text.
fn is_key(key: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    key.strip_suffix(b"==").is_some_and(|digits| digits.len() == 22 && digits.iter().all(is_digit))
}

/// Clients have nothing to say but answers to pings.
const MAX_MESSAGE: usize = 4_096;

/// The most bytes that wait for a client: the answers to the pings of one that does not read them,
/// and one event behind them.
const MAX_UNSENT: usize = 64 << 10;

/// One of the connections that a process may have.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(limits: &EventLimits) -> Result<Self, ApiError> {
        let open = Arc::clone(&limits.open);
        if open.fetch_add(1, Ordering::Relaxed) < limits.connections {
            return Ok(Self(open));
        }
        open.fetch_sub(1, Ordering::Relaxed);
        Err(ApiError::TooManyClients { connections: limits.connections })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The goodbye to a client that does not follow the protocol (RFC 6455, 7.4.1); `None` if the
/// connection is broken.
fn mistake(error: &axum::Error) -> Option<CloseFrame> {
    let error = error.source()?.downcast_ref()?;
    let (code, reason) = match error {
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => return None,
        Error::Protocol(_) => (close_code::PROTOCOL, "a frame is none of the protocol"),
        Error::Utf8(_) => (close_code::INVALID, "a text is not UTF-8"),
        Error::Capacity(_) => (close_code::SIZE, "a message is too large"),
        _ => return None,
    };
    Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) })
}

struct Connection {
    socket: WebSocket,
    events: broadcast::Receiver<JobEvent>,
    job: Option<JobId>,
    api: Api,
    /// The series are found once for a connection, not for each event.
    sent: CounterSeries,
    missed: CounterSeries,
    is_answered: bool,
}

impl Connection {
    fn new(
        socket: WebSocket,
        events: broadcast::Receiver<JobEvent>,
        job: Option<JobId>,
        api: Api,
    ) -> Self {
        let metrics = ApiMetrics::global();
        let (sent, missed) = (metrics.events_sent(), metrics.events_missed());
        Self { socket, events, job, api, sent, missed, is_answered: true }
    }

    async fn run(mut self) {
        let is_recorded = self.api.is_recorded;
        let _connected = is_recorded.then(|| ApiMetrics::global().connected());
        let reason = self.serve().await;
        if is_recorded {
            ApiMetrics::global().disconnected(reason);
        }
        debug!(?reason, "a client of events has gone");
    }

    async fn serve(&mut self) -> DisconnectReason {
        let stop = self.api.stop.clone();
        let ping = self.api.limits.ping;
        let mut pings = interval_at(Instant::now() + ping, ping);
        loop {
            let next = tokio::select! {
                biased;
                () = stop.cancelled() => self.close("the service stops").await,
                event = self.events.recv() => self.event(event).await,
                message = self.socket.recv() => self.message(message.as_ref()).await,
                _ = pings.tick() => self.ping().await,
            };
            if let ControlFlow::Break(reason) = next {
                return reason;
            }
        }
    }

    async fn event(&mut self, event: Result<JobEvent, RecvError>) -> ControlFlow<DisconnectReason> {
        let text = match event {
            Ok(event) if self.job.is_none_or(|job| job == event.id) => {
                serde_json::to_string(&event)
            }
            Ok(_) => return ControlFlow::Continue(()),
            Err(RecvError::Lagged(missed)) => {
                if self.api.is_recorded {
                    self.missed.add(missed);
                }
                Ok(format!(r#"{{"missed": {missed}}}"#))
            }
            Err(RecvError::Closed) => return self.close("the queue has ended").await,
        };
        match text {
            Ok(text) => {
                self.send(Message::Text(text.into())).await?;
                if self.api.is_recorded {
                    self.sent.inc();
                }
                ControlFlow::Continue(())
            }
            // An event is made of texts and numbers.
            Err(_) => ControlFlow::Continue(()),
        }
    }

    async fn message(
        &mut self,
        message: Option<&Result<Message, axum::Error>>,
    ) -> ControlFlow<DisconnectReason> {
        match message {
            Some(Ok(Message::Close(_))) => {
                // The next read sends the answer to it, without which a client takes the connection
                // for one that broke off.
                let _ = timeout(self.api.limits.send, self.socket.recv()).await;
                ControlFlow::Break(DisconnectReason::Closed)
            }
            // Whatever a client says, it is there.
            Some(Ok(_)) => {
                self.is_answered = true;
                ControlFlow::Continue(())
            }
            Some(Err(error)) => {
                if let Some(mistake) = mistake(error) {
                    let _ = self.send(Message::Close(Some(mistake))).await;
                }
                ControlFlow::Break(DisconnectReason::Vanished)
            }
            None => ControlFlow::Break(DisconnectReason::Vanished),
        }
    }

    async fn ping(&mut self) -> ControlFlow<DisconnectReason> {
        if !std::mem::replace(&mut self.is_answered, false) {
            return ControlFlow::Break(DisconnectReason::Vanished);
        }
        self.send(Message::Ping(Bytes::new())).await
    }

    async fn send(&mut self, message: Message) -> ControlFlow<DisconnectReason> {
        match timeout(self.api.limits.send, self.socket.send(message)).await {
            Ok(Ok(())) => ControlFlow::Continue(()),
            Ok(Err(_)) => ControlFlow::Break(DisconnectReason::Vanished),
            Err(_) => ControlFlow::Break(DisconnectReason::TooSlow),
        }
    }

    /// Says goodbye because of this process.
    async fn close(&mut self, reason: &'static str) -> ControlFlow<DisconnectReason> {
        let frame = CloseFrame { code: close_code::AWAY, reason: Utf8Bytes::from_static(reason) };
        self.send(Message::Close(Some(frame))).await?;
        ControlFlow::Break(DisconnectReason::Stopped)
    }
}
