//! Clients of the events: quick, slow, and gone.

use std::net::TcpStream as BlockingStream;

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Cluster, EventClient, simulation};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_receives_the_events_of_all_jobs_or_of_one() {
    let Some(cluster) = Cluster::start(&[&[]]).await else { return };
    let api = cluster.api();
    let mut all = EventClient::connect(&cluster.api, "").await;
    let first = api.submit(&simulation(300)).await;
    let mut one = EventClient::connect(&cluster.api, &format!("?job={first}")).await;
    let body = json!({"service": "simulation", "payload": {"millis": 400, "steps": 4}});
    let second = api.submit(&body).await;
    // Both run at the same time.
    let (mut states, mut progress, mut completed) = (Vec::new(), Vec::new(), 0);
    while completed < 2 {
        let event = all.next().await;
        let state = event["state"].as_str().expect("a state").to_owned();
        completed += usize::from(state == "completed");
        if event["id"] == second.as_str() {
            progress.push(event["progress"].as_u64().expect("a number"));
        } else if event["id"] == first.as_str() && states.last() != Some(&state) {
            states.push(state);
        }
    }
    assert_eq!(states, ["queued", "assigned", "running", "completed"]);
    assert!(progress.is_sorted() && progress.len() > 4, "{progress:?}");
    let ends = one.states(&first).await;
    assert_eq!(ends.last().map(String::as_str), Some("completed"));
    // What a client says is of no interest, as long as it is not too much.
    one.send(Message::Text("hello".into())).await;
    one.close().await;
    cluster.reaches("websocket_connections", &[], 1.0).await;
    cluster.reaches("websocket_disconnects_total", &[r#"reason="closed""#], 1.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_vanishes_is_not_counted_for_ever() {
    let Some(cluster) = Cluster::start(&[]).await else { return };
    let clients = [
        EventClient::connect(&cluster.api, "").await,
        EventClient::connect(&cluster.api, "").await,
    ];
    cluster.reaches("websocket_connections", &[], 2.0).await;
    // The connections break without a goodbye.
    drop(clients);
    cluster.reaches("websocket_connections", &[], 0.0).await;
    cluster.reaches("websocket_disconnects_total", &[r#"reason="vanished""#], 2.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_reads_is_disconnected_and_slows_nobody() {
    let api = ["--event-limit", "1s"];
    let Some(cluster) = Cluster::start_with(&[&["--slots", "32"]], &api).await else { return };
    let (api, address) = (cluster.api(), cluster.api.address());
    // A client of which nothing reads the socket after the upgrade.
    let deaf = tokio::task::spawn_blocking(move || {
        use std::io::{Read as _, Write as _};
        let mut stream = BlockingStream::connect(address).expect("a connection");
        let upgrade = format!(
            "GET /events HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(upgrade.as_bytes()).expect("sent");
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 101");
        stream
    });
    let deaf = deaf.await.expect("connected");
    cluster.reaches("websocket_connections", &[], 1.0).await;
    let mut quick = EventClient::connect(&cluster.api, "").await;
    // Far more than the buffers of both ends of a connection hold.
    let steps = json!({"service": "simulation", "payload": {"millis": 100, "steps": 1000}});
    let mut jobs = 0.0;
    while cluster.total("websocket_disconnects_total", &[r#"reason="too_slow""#]).await < 1.0 {
        let ids = api.submit_all(64, &steps).await;
        let records = api.all_over(&ids).await;
        assert!(records.iter().all(|record| record["state"] == "completed"));
        jobs += 64.0;
        assert!(jobs < 10_000.0, "the client is still there");
        // The other client reads all the time.
        assert!(quick.next().await.is_object());
    }
    cluster.reaches("websocket_connections", &[], 1.0).await;
    drop(deaf);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_told_that_the_service_stops() {
    let Some(mut cluster) = Cluster::start(&[]).await else { return };
    let mut client = EventClient::connect(&cluster.api, "").await;
    cluster.reaches("websocket_connections", &[], 1.0).await;
    let (status, frame) = tokio::join!(cluster.api.terminate(), client.closed());
    assert!(status.success());
    assert_eq!(frame.expect("a goodbye").reason.as_str(), "the service stops");
}
