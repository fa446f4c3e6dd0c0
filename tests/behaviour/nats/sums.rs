//! Clients that share a name.

use async_nats::{Client, ConnectOptions, Event};
use osapi_metrics::instrumentation::nats;
use osapi_metrics_tests::servers;

use super::{
    connect,
    reading::{becomes, read, within},
};

pub(super) async fn publish(client: &Client, count: u64) {
    for _ in 0..count {
        client.publish("sums", "a message".into()).await.unwrap();
    }
    client.flush().await.unwrap();
}

#[tokio::test]
async fn clients_without_a_name_are_summed_up_and_connected_together() {
    let (Some(mut first_server), Some(second_server)) = (servers::nats(), servers::nats()) else {
        return;
    };
    let (first, second) = (connect(&first_server).await, connect(&second_server).await);
    // The younger observation must not hide the older one.
    let _first = nats::observe(&first);
    let _second = nats::observe_named(&second, "");
    publish(&first, 3).await;
    publish(&second, 4).await;
    assert_eq!((read("").connected, read("").sent_messages), (Some(1), Some(7)));

    first_server.kill();
    becomes("", |now| now.connected == Some(0)).await;
    first_server.start_again();
    becomes("", |now| now.connected == Some(1)).await;
    assert_eq!(read("").reconnects, Some(1));
}

#[tokio::test]
async fn a_sum_does_not_fall_when_a_client_leaves_it() {
    let Some(server) = servers::nats() else { return };
    let (leaving, staying) = (connect(&server).await, connect(&server).await);
    let observed = nats::observe_named(&leaving, "shared");
    let stays = nats::observe_named(&staying, "shared");
    publish(&leaving, 5).await;
    publish(&staying, 2).await;
    drop(observed);
    publish(&leaving, 10).await;
    assert_eq!(read("shared").sent_messages, Some(7));

    // Messages between the two observations are not counted.
    let observed = nats::observe_named(&leaving, "shared");
    publish(&leaving, 1).await;
    assert_eq!(read("shared").sent_messages, Some(8));
    drop((stays, observed));
    assert_eq!(read("shared").sent_messages, None);
}

#[tokio::test]
async fn clones_are_one_client() {
    let Some(server) = servers::nats() else { return };
    let client = connect(&server).await;
    let first = nats::observe_named(&client, "cloned");
    let second = nats::observe_named(&client.clone(), "cloned");
    publish(&client, 2).await;
    assert_eq!(read("cloned").sent_messages, Some(2));
    drop(first);
    publish(&client, 1).await;
    assert_eq!(read("cloned").sent_messages, Some(3));
    drop(second);
    assert_eq!(read("cloned").sent_messages, None);
}

#[tokio::test]
async fn an_observation_that_ends_lets_go_of_the_client() {
    let Some(server) = servers::nats() else { return };
    let (closed, mut event) = tokio::sync::mpsc::unbounded_channel();
    let options = ConnectOptions::new().event_callback(move |event| {
        let closed = closed.clone();
        async move {
            let _ = closed.send(event);
        }
    });
    let client = options.connect(server.url()).await.unwrap();
    let observation = nats::observe_named(&client, "released");
    drop(client);
    assert_eq!(read("released").connected, Some(1));

    drop(observation);
    while within(event.recv()).await.expect("the connection is closed") != Event::Closed {}
}
