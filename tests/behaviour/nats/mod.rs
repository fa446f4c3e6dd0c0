//! Metrics of NATS clients with a real `nats-server`, which is killed and started again.
//!
//! The metrics are global, so every test observes its clients under a name of its own.

mod own_set;
mod reading;
mod sums;

use std::{net::TcpListener, time::Duration};

use async_nats::{Client, ConnectOptions};
use futures_util::StreamExt;
use osapi_metrics::instrumentation::nats;
use osapi_metrics_tests::servers::{self, NatsServer};

use self::reading::{Reading, becomes, read, within};

async fn connect(server: &NatsServer) -> Client {
    let options = ConnectOptions::new().reconnect_delay_callback(|_| Duration::from_millis(20));
    options.connect(server.url()).await.unwrap()
}

#[tokio::test]
async fn a_killed_server_disconnects_and_a_new_one_reconnects() {
    let Some(mut server) = servers::nats() else { return };
    let client = connect(&server).await;
    nats::observe_named(&client, "killed").keep();
    assert_eq!((read("killed").connected, read("killed").reconnects), (Some(1), Some(0)));

    for reconnects in 1..=2 {
        server.kill();
        becomes("killed", |now| now.connected == Some(0)).await;
        assert_eq!(read("killed").reconnects, Some(reconnects - 1));

        server.start_again();
        becomes("killed", |now| now.connected == Some(1)).await;
        assert_eq!(read("killed").reconnects, Some(reconnects));
    }
}

#[tokio::test]
async fn messages_and_bytes_are_counted_both_ways() {
    const PAYLOAD: &[u8] = &[b'x'; 1000];
    let Some(server) = servers::nats() else { return };
    let (sender, receiver) = (connect(&server).await, connect(&server).await);
    let mut inbox = receiver.subscribe("counted").await.unwrap();
    // The message arrives once the server has the subscription. A flush does not wait for the
    // subscription.
    receiver.publish("counted", "ready".into()).await.unwrap();
    within(inbox.next()).await.unwrap();
    nats::observe_named(&sender, "sender").keep();
    nats::observe_named(&receiver, "receiver").keep();

    for _ in 0..7 {
        sender.publish("counted", PAYLOAD.into()).await.unwrap();
    }
    for _ in 0..7 {
        within(inbox.next()).await.unwrap();
    }
    let (of_sender, of_receiver) = (read("sender"), read("receiver"));
    assert_eq!((of_sender.sent_messages, of_sender.received_messages), (Some(7), Some(0)));
    assert_eq!((of_receiver.sent_messages, of_receiver.received_messages), (Some(0), Some(7)));
    assert!(
        of_sender.sent_bytes >= Some(7000) && of_sender.received_bytes < Some(1000),
        "{of_sender:?}"
    );
    assert!(of_receiver.received_bytes >= Some(7000) && of_receiver.sent_bytes < Some(1000));
    // The protocol adds less to seven messages than the size of another message.
    assert!(of_receiver.received_bytes < Some(8000), "{of_receiver:?}");

    let answering = tokio::spawn(async move {
        let question = inbox.next().await.unwrap();
        receiver.publish(question.reply.unwrap(), "answer".into()).await.unwrap();
    });
    within(sender.request("counted", "question".into())).await.unwrap();
    answering.await.unwrap();
    let (of_sender, of_receiver) = (read("sender"), read("receiver"));
    assert_eq!((of_sender.sent_messages, of_sender.received_messages), (Some(8), Some(1)));
    assert_eq!((of_receiver.sent_messages, of_receiver.received_messages), (Some(1), Some(8)));
}

#[tokio::test]
async fn the_counts_equal_the_statistics_of_the_client() {
    let Some(server) = servers::nats() else { return };
    let client = connect(&server).await;
    let before = Reading::of(&client.statistics());
    nats::observe_named(&client, "statistics").keep();
    let begun = Reading::of(&client.statistics());

    let mut inbox = client.subscribe("statistics").await.unwrap();
    client.publish("statistics", "one".into()).await.unwrap();
    within(inbox.next()).await.unwrap();
    client.force_reconnect().await.unwrap();
    becomes("statistics", |now| now.reconnects == Some(1)).await;

    // The server may send a ping at any time, which adds a few bytes in both directions.
    let least = Reading::of(&client.statistics()).since(&begun);
    let read = read("statistics");
    let most = Reading::of(&client.statistics()).since(&before);
    assert!(least.is_within(&read) && read.is_within(&most), "{least:?} {read:?} {most:?}");
}

#[tokio::test]
async fn a_client_that_never_had_a_connection_has_made_none_again() {
    // A port that accepts connections and never sends a greeting.
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let options = ConnectOptions::new().retry_on_initial_connect();
    let client = options.connect(silent.local_addr().unwrap().to_string()).await.unwrap();
    nats::observe_named(&client, "never").keep();
    let nothing = Reading { connected: Some(0), ..Reading::all(0) };
    assert_eq!(read("never"), nothing);
}

#[tokio::test]
async fn the_first_connection_is_not_one_that_was_made_again() {
    let Some(mut server) = servers::nats() else { return };
    server.kill();
    let options = ConnectOptions::new()
        .retry_on_initial_connect()
        .reconnect_delay_callback(|_| Duration::from_millis(20));
    let client = options.connect(server.url()).await.unwrap();
    nats::observe_named(&client, "late").keep();
    assert_eq!((read("late").connected, read("late").reconnects), (Some(0), Some(0)));

    server.start_again();
    becomes("late", |now| now.connected == Some(1)).await;
    assert_eq!(read("late").reconnects, Some(0));
}

#[tokio::test]
async fn a_client_that_was_drained_is_connected_no_more() {
    let Some(server) = servers::nats() else { return };
    let client = connect(&server).await;
    nats::observe_named(&client, "drained").keep();
    client.drain().await.unwrap();
    becomes("drained", |now| now.connected == Some(0)).await;
}

#[test]
fn a_client_whose_runtime_is_gone_is_connected_no_more() {
    let Some(server) = servers::nats() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let client = runtime.block_on(connect(&server));
    nats::observe_named(&client, "orphaned").keep();
    assert_eq!(read("orphaned").connected, Some(1));
    drop(runtime);
    assert_eq!(read("orphaned").connected, Some(0));
}

#[tokio::test]
async fn the_series_end_with_the_observation() {
    let Some(server) = servers::nats() else { return };
    let client = connect(&server).await;
    let observation = nats::observe_named(&client, "ended");
    client.publish("ended", "counted".into()).await.unwrap();
    client.flush().await.unwrap();
    assert_eq!((read("ended").connected, read("ended").sent_messages), (Some(1), Some(1)));
    drop(observation);
    assert_eq!(read("ended"), Reading::default());

    // A new observation begins at zero.
    let again = nats::observe_named(&client, "ended");
    assert_eq!(read("ended"), Reading { connected: Some(1), ..Reading::all(0) });
    drop(again);
}
