//! Clients of the events: quick, slow, and gone.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream as BlockingStream},
};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Cluster, EventClient, client, simulation};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_receives_the_events_of_all_jobs_or_of_one() {
    let Some(cluster) = Cluster::start(&[&[]]).await else { return };
    let api = cluster.api();
    let mut all = EventClient::connect(&cluster.api, "").await;
    let first = api.submit(&simulation(60_000)).await;
    let mut one = EventClient::connect(&cluster.api, &format!("?job={first}")).await;
    api.has_state(&first, "running").await;
    assert_eq!(api.cancel(&first).await.0, 200);
    assert_eq!(all.states(&first).await, ["queued", "assigned", "running", "cancelled"]);
    let body = json!({"service": "simulation", "payload": {"millis": 400, "steps": 4}});
    let second = api.submit(&body).await;
    let mut progress = Vec::new();
    loop {
        let event = all.next().await;
        if event["id"] == second.as_str() {
            progress.push(event["progress"].as_u64().expect("a number"));
            if event["state"] == "completed" {
                break;
            }
        }
    }
    assert!(progress.is_sorted() && progress.len() > 4, "{progress:?}");
    let ends = one.states(&first).await;
    assert_eq!(ends.last().map(String::as_str), Some("cancelled"));
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

/// As RFC 6455 says, 4.2.1 and 4.4.
#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_with_a_wrong_key_or_version_is_refused() {
    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

    let Some(cluster) = Cluster::start(&[]).await else { return };
    for (key, version, status) in [
        (Some(KEY), "13", 101),
        (Some("+/+/+/+/+/+/+/+/+/+/+w=="), "13", 101),
        (None, "13", 400),
        (Some(""), "13", 400),
        (Some("x"), "13", 400),
        (Some("dGhlIHNhbXBsZSBub25jZQ"), "13", 400),
        (Some("dGhlIHNhbXBsZSBub25jZSE="), "13", 400),
        (Some("dGhlIHNhbXBsZSBub25j!Q=="), "13", 400),
        (Some("dGhlIHNhbXBsZSBub25jZSBt"), "13", 400),
        (Some(KEY), "8", 426),
        (Some(KEY), "", 426),
    ] {
        let request = client().get(cluster.api.url("/events"));
        let request = request.header("connection", "upgrade").header("upgrade", "websocket");
        let mut request = request.header("sec-websocket-version", version);
        if let Some(key) = key {
            request = request.header("sec-websocket-key", key);
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{key:?} {version}");
        if status == 101 {
            continue;
        }
        let is_asked_for = answer.headers().get("sec-websocket-version").map(|value| value == "13");
        assert_eq!(is_asked_for, (status == 426).then_some(true), "{key:?} {version}");
        let answer: Value = answer.json().await.expect("valid JSON");
        assert_eq!(answer["error"]["code"], "no_web_socket", "{answer}");
        assert!(answer["error"]["expected"].is_object(), "{answer}");
    }
    cluster.reaches("websocket_connections", &[], 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_may_offer_other_protocols_and_says_nothing_twice() {
    const HEAD: [(&str, &str); 4] = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    let Some(cluster) = Cluster::start(&[]).await else { return };
    for (header, value, status) in [
        ("upgrade", "h2c", 101),
        ("upgrade", "", 101),
        ("sec-websocket-version", "13", 400),
        ("sec-websocket-version", "8", 400),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==", 400),
        ("sec-websocket-key", "x", 400),
    ] {
        let mut request = client().get(cluster.api.url("/events"));
        for (name, value) in HEAD {
            request = request.header(name, value);
        }
        let answer = request.header(header, value).send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{header}: {value}");
    }
    for (upgrade, status) in [
        ("h2c, websocket", 101),
        ("WebSocket,foo/2", 101),
        ("websocket/13", 400),
        ("h2c, web socket", 400),
    ] {
        let mut request = client().get(cluster.api.url("/events"));
        for (name, value) in HEAD {
            request = request.header(name, if name == "upgrade" { upgrade } else { value });
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{upgrade}");
    }
}

/// The other half of the connections stays for requests.
#[tokio::test(flavor = "multi_thread")]
async fn clients_of_events_take_half_of_the_connections() {
    let api = ["--max-connections", "8"];
    let Some(cluster) = Cluster::start_with(&[], &api).await else { return };
    let mut clients = Vec::new();
    for _ in 0..4 {
        clients.push(EventClient::connect(&cluster.api, "").await);
    }
    let request = client().get(cluster.api.url("/events"));
    let request = request.header("connection", "upgrade").header("upgrade", "websocket");
    let request = request.header("sec-websocket-version", "13");
    let request = request.header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    let answer: Value = answer.json().await.expect("valid JSON");
    assert_eq!(answer["error"]["code"], "too_many_clients", "{answer}");
    cluster.reaches("websocket_connections", &[], 4.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_reads_is_disconnected_and_slows_nobody() {
    let api = ["--event-limit", "1s"];
    let Some(cluster) = Cluster::start_with(&[&["--slots", "32"]], &api).await else { return };
    let (api, address) = (cluster.api(), cluster.api.address());
    let deaf = tokio::task::spawn_blocking(move || deaf(address));
    let deaf = deaf.await.expect("connected");
    cluster.reaches("websocket_connections", &[], 1.0).await;
    // A client that reads all the time.
    let mut quick = EventClient::connect(&cluster.api, "").await;
    let quick = tokio::spawn(async move {
        loop {
            quick.next().await;
        }
    });
    // Far more than the buffers of both ends of a connection hold.
    let steps = json!({"service": "simulation", "payload": {"millis": 100, "steps": 1000}});
    let mut jobs = 0.0;
    while cluster.total("websocket_disconnects_total", &[r#"reason="too_slow""#]).await < 1.0 {
        let ids = api.submit_all(64, &steps).await;
        let records = api.all_over(&ids).await;
        assert!(records.iter().all(|record| record["state"] == "completed"));
        jobs += 64.0;
        assert!(jobs < 10_000.0, "the client is still there");
    }
    cluster.reaches("websocket_connections", &[], 1.0).await;
    assert!(!quick.is_finished(), "the other client is still there");
    quick.abort();
    drop(deaf);
}

/// A client of which nothing reads the socket after the upgrade.
fn deaf(address: SocketAddr) -> BlockingStream {
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
}

/// As RFC 6455 says, 7.4.1.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_follow_the_protocol_is_told_so() {
    const PROTOCOL: u16 = 1002;
    const INVALID: u16 = 1007;
    const SIZE: u16 = 1009;
    // The keys of the masks are zero.
    const FRAMES: [(&[u8], u16); 16] = [
        // Without a mask.
        (b"\x81\x02hi", PROTOCOL),
        (b"\x89\x00", PROTOCOL),
        // Opcodes that nobody has.
        (b"\x83\x80\0\0\0\0", PROTOCOL),
        (b"\x8b\x80\0\0\0\0", PROTOCOL),
        // Bits of extensions.
        (b"\xc1\x80\0\0\0\0", PROTOCOL),
        (b"\xa1\x80\0\0\0\0", PROTOCOL),
        (b"\x91\x80\0\0\0\0", PROTOCOL),
        // A ping in pieces.
        (b"\x09\x80\0\0\0\0", PROTOCOL),
        // A piece of nothing, and a text within a text.
        (b"\x80\x80\0\0\0\0", PROTOCOL),
        (b"\x01\x81\0\0\0\0a\x01\x81\0\0\0\0a", PROTOCOL),
        // A goodbye of one byte, and one whose reason is not UTF-8.
        (b"\x88\x81\0\0\0\0\x03", PROTOCOL),
        (b"\x88\x83\0\0\0\0\x03\xe8\xff", INVALID),
        (b"\x81\x82\0\0\0\0\xff\xfe", INVALID),
        (b"\x81\xfe\x10\x01\0\0\0\0", SIZE),
        (b"\x81\xff\0\0\x01\0\0\0\0\0\0\0\0\0", SIZE),
        (b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", SIZE),
    ];
    let Some(cluster) = Cluster::start(&[]).await else { return };
    let long_ping = [b"\x89\xfe\x00\x7e\0\0\0\0".as_slice(), &[b'x'; 126]].concat();
    let frames = FRAMES.map(|(frames, code)| (frames.to_vec(), code));
    for (frames, code) in frames.into_iter().chain([(long_ping, PROTOCOL)]) {
        let (address, sent) = (cluster.api.address(), frames.clone());
        let answer = tokio::task::spawn_blocking(move || {
            let mut stream = deaf(address);
            stream.write_all(&sent).expect("sent");
            let mut answer = Vec::new();
            // Everything up to the end of the connection.
            stream.read_to_end(&mut answer).map(|_| answer)
        });
        let answer = answer.await.expect("no panic").expect("an end in order");
        let head = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
        let frame = &answer[head + 4..];
        // Whole, a goodbye, with a code and a reason.
        assert_eq!(frame[0], 0x88, "{frames:x?}: {frame:x?}");
        assert_eq!(frame[1] as usize, frame.len() - 2, "{frames:x?}: {frame:x?}");
        assert_eq!(frame[2..4], code.to_be_bytes(), "{frames:x?}: {frame:x?}");
        assert!(std::str::from_utf8(&frame[4..]).is_ok_and(|reason| !reason.is_empty()));
    }
    cluster.reaches("websocket_connections", &[], 0.0).await;
}

/// The answers to pings that nobody reads take no memory.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_pings_and_never_reads_takes_no_memory() {
    const KIB: usize = 48 * 1_024;
    let Some(cluster) = Cluster::start(&[]).await else { return };
    let address = cluster.api.address();
    let mut deaf = deaf(address);
    cluster.reaches("websocket_connections", &[], 1.0).await;
    let before = cluster.api.resident_kib();
    let sent = tokio::task::spawn_blocking(move || {
        // Whole, masked with zeros, 125 bytes.
        let mut ping = vec![0x89, 0xfd, 0, 0, 0, 0];
        ping.resize(6 + 125, b'x');
        let pings = ping.repeat(1_000);
        // It may be disconnected before all are sent.
        for _ in 0..KIB * 1_024 / pings.len() {
            if deaf.write_all(&pings).is_err() {
                break;
            }
        }
        deaf
    });
    let _deaf = sent.await.expect("sent");
    let after = cluster.api.resident_kib();
    if let (Some(before), Some(after)) = (before, after) {
        assert!(after < before + 24 * 1_024, "{before} KiB grew to {after} KiB");
    }
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
