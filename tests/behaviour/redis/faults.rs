//! A server that is killed while it is used, and servers that refuse.

use osapi_common::redis::RedisOptions;
use osapi_metrics::instrumentation::redis::{ConnectionObserver, ObservedConnection, error_type};
use osapi_metrics_tests::servers;
use redis::{AsyncCommands, cmd};

use super::{
    CONNECTED, DISCONNECTED, PATIENCE, becomes, config, managed, multiplexed, read_connection,
    within,
};

/// The number of commands that wait for the server.
const WAITING: u32 = 20;

#[tokio::test]
async fn a_multiplexed_connection_breaks_once_and_stays_broken() {
    const NAME: &str = "broken";
    let Some(mut server) = servers::redis() else { return };
    let connection = multiplexed(&server.url(), config()).await.unwrap();
    let mut connection = ObservedConnection::new(connection, NAME);
    cmd("PING").exec_async(&mut connection).await.unwrap();
    assert_eq!(read_connection(NAME).links(), CONNECTED);

    let waiting: Vec<_> = (0..WAITING)
        .map(|_| {
            let mut connection = connection.clone();
            tokio::spawn(async move { connection.blpop::<_, ()>("nothing", 0.0).await })
        })
        .collect();
    becomes("all wait", || read_connection(NAME).in_flight() == Some(f64::from(WAITING))).await;
    server.kill();
    for waiting in waiting {
        let error = within(waiting).await.unwrap().unwrap_err();
        assert_eq!(error_type(&error), "connection_dropped", "{error}");
    }
    let read = read_connection(NAME);
    assert_eq!(read.operations("BLPOP", "connection_dropped"), u64::from(WAITING));
    assert_eq!((read.links(), read.in_flight()), (DISCONNECTED, Some(0.0)));
    assert_eq!(read.changes(), (Some(1.0), None));

    server.start_again().unwrap();
    cmd("PING").exec_async(&mut connection).await.unwrap_err();
    let read = read_connection(NAME);
    assert_eq!((read.links(), read.changes()), (DISCONNECTED, (Some(1.0), None)));
}

#[tokio::test]
async fn a_manager_that_connects_again_counts_once() {
    const NAME: &str = "managed";
    let Some(mut server) = servers::redis() else { return };
    let connection = managed(&server.url(), NAME).await;
    let read = read_connection(NAME);
    assert_eq!(read.links(), CONNECTED, "the observer has waited for the connection");
    let dials = read.histogram("db_client_connection_create_time_seconds", &[]);
    assert_eq!(dials.map(|(count, _)| count), Some(1));

    for round in 1..=2_u32 {
        let waiting: Vec<_> = (0..WAITING)
            .map(|_| {
                let mut connection = connection.clone();
                tokio::spawn(async move { connection.blpop::<_, ()>("nothing", 0.0).await })
            })
            .collect();
        becomes("all wait", || read_connection(NAME).in_flight() == Some(f64::from(WAITING))).await;
        server.kill();
        for waiting in waiting {
            within(waiting).await.unwrap().unwrap_err();
        }
        let read = read_connection(NAME);
        assert_eq!(read.links(), DISCONNECTED);
        assert_eq!(read.changes().0, Some(f64::from(round)));

        server.start_again().unwrap();
        let mut again = connection.clone();
        within(async {
            // The manager gives up after some attempts, and begins anew with the next command.
            while cmd("PING").exec_async(&mut again).await.is_err() {}
        })
        .await;
        let read = read_connection(NAME);
        assert_eq!(read.links(), CONNECTED);
        let rounds = Some(f64::from(round));
        assert_eq!(read.changes(), (rounds, rounds));
    }
}

#[tokio::test]
async fn a_server_that_is_gone_refuses_connections() {
    const NAME: &str = "gone";
    let Some(mut server) = servers::redis() else { return };
    server.kill();
    let url = server.url();
    let connecting = multiplexed(&url, config());
    let error = within(ConnectionObserver::new(NAME).connect(connecting)).await.unwrap_err();
    assert_eq!(error_type(&error), "connection_refused", "{error}");
    let read = read_connection(NAME);
    assert_eq!(read.failures("connection_refused"), Some(1.0));
    assert_eq!(read.histogram("db_client_connection_create_time_seconds", &[]), None);
    assert_eq!(read.links(), (None, None));
}

#[tokio::test]
async fn a_server_that_refuses_has_answered() {
    for (name, settings, class) in [
        ("replica", &[("replicaof", "127.0.0.1 1")][..], "READONLY"),
        ("full", &[("maxmemory", "1")], "OOM"),
        ("guarded", &[("requirepass", "secret")], "NOAUTH"),
        ("lonely", &[("min-replicas-to-write", "1")], "NOREPLICAS"),
    ] {
        let settings = settings.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let options = RedisOptions { settings: settings.collect(), ..RedisOptions::default() };
        let Some(server) = servers::redis_with(&options) else { return };
        let connection = multiplexed(&server.url(), config()).await.unwrap();
        let mut connection = ObservedConnection::new(connection, name);
        connection.set::<_, _, ()>("key", 1).await.unwrap_err();
        let read = read_connection(name);
        assert_eq!((read.operations("SET", class), read.links()), (1, CONNECTED), "{name}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_no_connection() {
    const NAME: &str = "password";
    let options = RedisOptions {
        settings: vec![("requirepass".into(), "secret".into())],
        ..RedisOptions::default()
    };
    let Some(server) = servers::redis_with(&options) else { return };
    let url = format!("{}?pass=wrong", server.url());
    let connecting = multiplexed(&url, config().set_connection_timeout(Some(PATIENCE)));
    ConnectionObserver::new(NAME).connect(connecting).await.unwrap_err();
    assert_eq!(read_connection(NAME).failures("authentication_failed"), Some(1.0));
}
