//! NATS servers that osapi cannot use, and what the log says of them. `src/broker/tests/` has what
//! the broker says of each.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use osapi_metrics_tests::servers;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Program, client, until};

const TROUBLE: &str = "trying again";

fn logged(program: &Program, text: &str) -> usize {
    program.said().matches(text).count()
}

/// A server that greets each client, and closes the connection as soon as it is made. Returns its
/// address and the number of its connections.
fn dropping_server() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let connections = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&connections);
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            count.fetch_add(1, Ordering::Relaxed);
            // Fails where the client is gone.
            let _ = greet(client);
        }
    });
    (address, connections)
}

fn greet(mut client: TcpStream) -> std::io::Result<()> {
    let info = json!({
        "server_id": "S", "server_name": "S", "version": "2.9.10", "go": "go1.19", "host": "h",
        "port": 1, "headers": true, "max_payload": 1_048_576, "proto": 1, "jetstream": true,
    });
    write!(client, "INFO {info}\r\n")?;
    for line in BufReader::new(client.try_clone()?).lines() {
        if line?.starts_with("PING") {
            return client.write_all(b"PONG\r\n");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_says_again_and_again_that_it_stops_is_logged_once() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let (client, _) = listener.accept()?;
        greet(client.try_clone()?)?;
        let info = json!({"server_id": "S", "max_payload": 1_048_576, "ldm": true});
        (&client).write_all(format!("INFO {info}\r\n").repeat(50).as_bytes())
    });
    let api = Program::start(&["api", "--nats", &format!("nats://{address}")], &[]);
    until("the connection is lost", async || logged(&api, TROUBLE) > 0).await;
    assert_eq!(logged(&api, "the NATS server is about to stop"), 1, "{}", api.said());
}

/// The pauses between the connections are tested where they are made, in `src/broker/nats/`.
#[tokio::test]
async fn a_server_that_drops_each_connection_is_tried_again_and_logged_once() {
    let (address, connections) = dropping_server();
    let api = Program::start(&["api", "--nats", &format!("nats://{address}")], &[]);
    until("it connects again and again", async || connections.load(Ordering::Relaxed) > 5).await;
    let (status, reason) = api.ready().await;
    assert_eq!(status, 503, "{reason}");
    assert_eq!(logged(&api, TROUBLE), 1, "{}", api.said());
    assert_eq!(logged(&api, "connected to NATS"), 0, "{}", api.said());
}

#[tokio::test]
async fn the_whole_cause_of_a_failed_connection_is_shown() {
    // A server that is no NATS server.
    let stranger = TcpListener::bind("127.0.0.1:0").expect("a port");
    let strange = stranger.local_addr().expect("an address");
    thread::spawn(move || {
        for mut client in stranger.incoming().map_while(Result::ok) {
            let _ = client.write_all(b"220 mail.example.org ESMTP\r\n");
        }
    });
    for (url, cause) in [
        ("nats://127.0.0.1:1".to_owned(), "Connection refused"),
        ("nats://no-such-host.invalid".to_owned(), "DNS error: failed to lookup"),
        (format!("nats://{strange}"), "invalid server operation: '220"),
        ("nats://127.0.0.1:1,nats://127.0.0.2:1".to_owned(), "127.0.0.2: IO error: Connection"),
    ] {
        let api = Program::start(&["api", "--nats", &url], &[]);
        until(cause, async || api.ready().await.1.contains(cause)).await;
        let request = client().post(api.url("/jobs")).json(&json!({"operation": "node.load"}));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 503);
        let answer: Value = answer.json().await.expect("valid JSON");
        assert_eq!(answer["error"]["code"], "broker_away", "{answer}");
        assert!(answer["error"]["message"].as_str().expect("a text").contains(cause), "{answer}");
        until("the log has it", async || logged(&api, cause) > 0).await;
    }
}

/// Each heartbeat of the agent is refused, and each probe of the API.
#[tokio::test]
async fn a_right_that_is_refused_again_and_again_is_logged_once() {
    let folder = TempDir::new().expect("a temporary folder");
    let config = folder.path().join("nats.conf");
    let users = r#"authorization { users: [
        { user: agent, password: p, permissions: { publish: { deny: "osapi.agents" } } }
        { user: api, password: p, permissions: { publish: { deny: "osapi.jobs.>" } } }
    ] }"#;
    std::fs::write(&config, users).expect("written");
    let arguments = ["--config", config.to_str().expect("a text")];
    let Some(nats) = servers::nats_with(&arguments) else { return };
    let url = |user: &str| format!("nats://{user}:p@{}", nats.address());
    let api = Program::start(&["api", "--nats", &url("api")], &[]);
    let agent = Program::start(&["agent", "--nats", &url("agent"), "--name", "a"], &[]);

    for (program, code, right) in [
        (&api, Some("broker_refuses"), "no permission to publish to `osapi.jobs.*`"),
        (&agent, None, "no permission to publish to `osapi.agents`"),
    ] {
        until(right, async || program.ready().await.1.contains(right)).await;
        let sent = async || program.scrape().await.sum("osapi_nats_sent_messages_total", &[]);
        let before = sent().await;
        until("much more was sent", async || sent().await > before + 15.0).await;
        assert_eq!(program.ready().await.0, 503);
        assert_eq!(logged(program, TROUBLE), 1, "{}", program.said());
        assert_eq!(logged(program, right), 1, "{}", program.said());
        if let Some(code) = code {
            let request = client().post(program.url("/jobs"));
            let request = request.json(&json!({"operation": "node.load"}));
            let answer: Value =
                request.send().await.expect("an answer").json().await.expect("valid JSON");
            assert_eq!(answer["error"]["code"], code, "{answer}");
        }
    }
}
