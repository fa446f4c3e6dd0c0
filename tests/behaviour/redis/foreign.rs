//! Servers that are not Redis.

use std::{net::SocketAddr, time::Duration};

use osapi_metrics::instrumentation::redis::{ConnectionObserver, ObservedConnection, error_type};
use redis::{RedisConnectionInfo, aio::MultiplexedConnection, cmd};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex},
    net::TcpListener,
};

use super::{DISCONNECTED, config, multiplexed, read_connection, within};

const BAD_REQUEST: &[u8] = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n";

/// A server that answers each connection with the same bytes, whatever it is sent.
async fn server(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut connections = Vec::new();
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let _ = connection.read(&mut [0; 64]).await;
            connection.write_all(answer).await.unwrap();
            connections.push(connection);
        }
    });
    address
}

#[tokio::test]
async fn a_server_that_speaks_http_is_no_connection() {
    const NAME: &str = "http";
    let address = server(BAD_REQUEST).await;
    let url = format!("redis://{address}/?protocol=resp3");
    let connecting = multiplexed(&url, config());
    let error = within(ConnectionObserver::new(NAME).connect(connecting)).await.unwrap_err();
    assert_eq!(error_type(&error), "protocol", "{error}");
    let read = read_connection(NAME);
    assert_eq!((read.failures("protocol"), read.links()), (Some(1.0), (None, None)));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_a_timeout() {
    const NAME: &str = "silent";
    let address = server(b"").await;
    let url = format!("redis://{address}/?protocol=resp3");
    let short = config().set_connection_timeout(Some(Duration::from_millis(50)));
    let connecting = multiplexed(&url, short);
    let error = within(ConnectionObserver::new(NAME).connect(connecting)).await.unwrap_err();
    assert_eq!(error_type(&error), "timeout", "{error}");
    assert_eq!(read_connection(NAME).failures("timeout"), Some(1.0));
}

#[tokio::test]
async fn connecting_that_is_dropped_is_cancelled() {
    const NAME: &str = "impatient";
    let address = server(b"").await;
    let url = format!("redis://{address}/?protocol=resp3");
    let connecting = ConnectionObserver::new(NAME).connect(multiplexed(&url, config()));
    tokio::time::timeout(Duration::from_millis(50), connecting).await.unwrap_err();
    assert_eq!(read_connection(NAME).failures("cancelled"), Some(1.0));
}

#[tokio::test]
async fn an_answer_that_is_no_answer_breaks_the_connection() {
    const NAME: &str = "confused";
    let (client, mut server) = duplex(1024);
    tokio::spawn(async move {
        let mut bytes = [0; 256];
        // The client begins with a command that names its library, if with any.
        let mut answer: &[u8] = b"+OK\r\n+OK\r\n";
        while let Ok(1..) = server.read(&mut bytes).await {
            if server.write_all(answer).await.is_err() {
                return;
            }
            answer = BAD_REQUEST;
        }
    });
    let info = RedisConnectionInfo::default().set_skip_set_lib_name();
    let (connection, driver) =
        MultiplexedConnection::new_with_config(&info, client, config()).await.unwrap();
    tokio::spawn(driver);
    let mut connection = ObservedConnection::new(connection, NAME);
    cmd("PING").exec_async(&mut connection).await.unwrap();
    within(cmd("PING").exec_async(&mut connection)).await.ok();
    let error = within(cmd("PING").exec_async(&mut connection)).await.unwrap_err();
    assert!(["protocol", "connection_dropped"].contains(&error_type(&error)), "{error}");
    assert_eq!(read_connection(NAME).links(), DISCONNECTED);
}
