//! Requests that the server refuses, and clients that are still sending then.

use super::*;

#[tokio::test]
async fn a_request_says_once_for_which_host_it_is() {
    let (address, _server, _) = serve(|_| {}).await;
    for (version, hosts, is_accepted) in [
        ("1.1", "", false),
        ("1.1", "Host: a\r\n", true),
        ("1.1", "Host: a.example:80\r\n", true),
        ("1.1", "Host: [::1]:80\r\n", true),
        ("1.1", "Host:\r\n", true),
        ("1.1", "Host: a\r\nHost: a\r\n", false),
        ("1.1", "Host: a\r\nhost: b\r\n", false),
        ("1.1", "Host: a b\r\n", false),
        ("1.1", "Host: a, b\r\n", false),
        ("1.1", "Host: user@a\r\n", false),
        ("1.1", "Host: a:port\r\n", false),
        ("1.1", "Host: http://a/\r\n", false),
        ("1.0", "", true),
        ("1.0", "Host: a\r\n", true),
        ("1.0", "Host: a\r\nHost: a\r\n", false),
        ("1.0", "Host: a/b\r\n", false),
    ] {
        let mut stream = connect(address).await;
        // A request that is refused is the last one of its connection.
        let last = if is_accepted { "Connection: close\r\n" } else { "" };
        let head = format!("GET / HTTP/{version}\r\n{hosts}{last}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = read_to_end(&mut stream).await;
        let expected = if is_accepted { "200 OK" } else { "400 Bad Request" };
        assert!(answer.contains(expected), "{head:?}: {answer:?}");
        assert!(is_accepted || answer.ends_with("\r\n\r\n"), "{head:?}: {answer:?}");
    }
}

/// What could be one request here and two requests for a proxy.
#[tokio::test]
async fn framing_that_others_may_read_otherwise_ends_the_connection() {
    let (address, _server, _) = serve(|_| {}).await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    for (framing, expected) in [
        ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "200 OK"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", "200 OK"),
        ("Content-Length: 0\r\nContent-Length: 4\r\n\r\n", "400 "),
        ("Content-Length: 0, 4\r\n\r\n", "400 "),
        ("Content-Length: +0\r\n\r\n", "400 "),
        ("Content-Length: -1\r\n\r\n", "400 "),
        ("Content-Length: 99999999999999999999\r\n\r\n", "4"),
        ("Content-Length : 0\r\n\r\n", "400 "),
        ("Transfer-Encoding: gzip\r\n\r\n", "400 "),
        ("Transfer-Encoding: chunked, gzip\r\n\r\n", "400 "),
        ("Transfer-Encoding: xchunked\r\n\r\n", "400 "),
        ("Transfer-Encoding\u{b}: chunked\r\n\r\n", "400 "),
        ("X: a\r\n Transfer-Encoding: chunked\r\n\r\n", "400 "),
        ("X: a\0b\r\n\r\n", "400 "),
    ] {
        let mut stream = connect(address).await;
        let request = format!("POST /read HTTP/1.1\r\nHost: a\r\n{framing}{smuggled}");
        stream.write_all(request.as_bytes()).await.unwrap();
        let answers = read_to_end(&mut stream).await;
        assert_eq!(answers.matches("HTTP/1.1 ").count(), 1, "{framing:?}: {answers:?}");
        assert!(answers.starts_with(&format!("HTTP/1.1 {expected}")), "{framing:?}: {answers:?}");
    }
}

/// The first line of each answer reaches a client that sends everything before it reads.
#[tokio::test]
async fn a_client_that_sends_on_gets_its_answer() {
    let (address, _server, _) = serve(|_| {}).await;
    let much = "x".repeat(16 * 1024 * 1024);
    let length = much.len();
    for (request, expected) in [
        (format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"), "200 OK"),
        (format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n"), "400 "),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: ".to_owned(), "431 "),
        ("GET /".to_owned(), "4"),
        ("malformed\0".to_owned(), "400 "),
    ] {
        let mut stream = connect(address).await;
        let (mut reading, mut writing) = stream.split();
        let sent = async {
            writing.write_all(request.as_bytes()).await?;
            writing.write_all(much.as_bytes()).await?;
            writing.shutdown().await
        };
        timeout(PATIENCE, sent).await.expect("the server reads on").unwrap();
        let mut answer = String::new();
        timeout(PATIENCE, reading.read_to_string(&mut answer)).await.unwrap().unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected}")), "{request:?}: {answer:?}");
    }
}

#[tokio::test]
async fn connections_that_wait_for_their_place_are_kept() {
    let somaxconn = std::fs::read_to_string("/proc/sys/net/core/somaxconn");
    let allowed: usize = somaxconn.map_or(0, |text| text.trim().parse().unwrap());
    let (address, _server, paths) = serve(|limits| limits.max_connections = 1).await;
    let mut first = connect(address).await;
    send(&mut first, "/wait").await;
    timeout(PATIENCE, paths.begun.notified()).await.unwrap();
    let mut waiting = Vec::new();
    for _ in 0..allowed.min(400) {
        waiting.push(timeout(PATIENCE, connect(address)).await.expect("a place in the queue"));
    }
    paths.go.notify_one();
    assert_answered(&mut first).await;
    drop(first);
    for mut stream in waiting {
        send(&mut stream, "/").await;
        assert_answered(&mut stream).await;
    }
}
