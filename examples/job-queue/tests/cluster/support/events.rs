//! Clients of the events.

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, protocol::CloseFrame},
};

use super::{Program, in_time};

/// A connection that receives events.
pub(crate) struct EventClient(WebSocketStream<TcpStream>);

impl EventClient {
    /// Connects to the events of a program; `query` is empty or begins with `?`.
    pub(crate) async fn connect(program: &Program, query: &str) -> Self {
        let address = program.address();
        let stream = TcpStream::connect(address).await.expect("a connection");
        let url = format!("ws://{address}/events{query}");
        let (socket, _) = client_async(url, stream).await.expect("an upgrade");
        Self(socket)
    }

    /// The next event.
    pub(crate) async fn next(&mut self) -> Value {
        in_time("an event", async {
            loop {
                match self.0.next().await.expect("an open connection").expect("a message") {
                    Message::Text(text) => {
                        return serde_json::from_str(&text).expect("valid JSON");
                    }
                    Message::Close(frame) => panic!("closed: {frame:?}"),
                    _ => {}
                }
            }
        })
        .await
    }

    /// The states of a job, in the order of its events, until it is over.
    pub(crate) async fn states(&mut self, id: &str) -> Vec<String> {
        let mut states: Vec<String> = Vec::new();
        loop {
            let event = self.next().await;
            if event["id"] != id {
                continue;
            }
            let state = event["state"].as_str().expect("a state").to_owned();
            let is_over = !["queued", "assigned", "running"].contains(&state.as_str());
            if states.last() != Some(&state) {
                states.push(state);
            }
            if is_over {
                return states;
            }
        }
    }

    /// Waits until the service closes the connection.
    pub(crate) async fn closed(&mut self) -> Option<CloseFrame> {
        in_time("the end of the connection", async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Close(frame))) => return frame,
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        })
        .await
    }

    /// Says goodbye, and waits until the service has said it too (RFC 6455, 5.5.1).
    pub(crate) async fn close(mut self) {
        self.0.close(None).await.expect("closed");
        in_time("the answer to the goodbye", async {
            while let Some(message) = self.0.next().await {
                message.expect("an end with a close frame");
            }
        })
        .await;
    }

    /// Sends a message.
    pub(crate) async fn send(&mut self, message: Message) {
        self.0.send(message).await.expect("sent");
    }
}
