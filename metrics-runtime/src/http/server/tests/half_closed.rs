//! Clients that have closed their side, and clients that are gone.

use super::*;

#[tokio::test]
async fn a_client_that_has_closed_its_side_is_answered() {
    let (address, _server, paths) = serve(|_| {}).await;
    for _ in 0..50 {
        let mut stream = connect(address).await;
        send(&mut stream, "/wait").await;
        stream.shutdown().await.unwrap();
        timeout(PATIENCE, paths.begun.notified()).await.unwrap();
        paths.go.notify_one();
        assert_answered(&mut stream).await;
        assert_eq!(read_to_end(&mut stream).await, "");
    }
}

#[tokio::test]
async fn several_requests_and_bodies_before_the_end_are_answered() {
    let (address, _server, _) = serve(|_| {}).await;
    let mut stream = connect(address).await;
    let requests = "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody\
        POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
        4\r\nbody\r\n0\r\nX-Trailer: a\r\n\r\n\
        GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    stream.write_all(requests.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let answers = read_to_end(&mut stream).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 3, "{answers}");
}

#[tokio::test]
async fn a_request_that_is_cut_off_is_not_taken_for_whole() {
    let (address, _server, _) = serve(|_| {}).await;
    for body in ["Content-Length: 5\r\n\r\nbody", "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n"]
    {
        let mut stream = connect(address).await;
        let request = format!("POST /read HTTP/1.1\r\nHost: a\r\n{body}");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let answer = read_to_end(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
}

/// The client is not missed while the service works, and the write of the answer fails.
#[tokio::test]
async fn a_client_that_is_gone_leaves_its_place() {
    let (address, _server, paths) = serve(|limits| limits.max_connections = 1).await;
    for path in ["/wait", "/stream"] {
        let mut gone = connect(address).await;
        send(&mut gone, path).await;
        timeout(PATIENCE, paths.begun.notified()).await.unwrap();
        if path == "/stream" {
            gone.read_exact(&mut [0; 100]).await.unwrap();
        }
        drop(gone);
        if path == "/stream" {
            timeout(PATIENCE, paths.go.notified()).await.expect("the body is kept");
        } else {
            paths.go.notify_one();
        }
        let mut next = connect(address).await;
        send(&mut next, "/").await;
        assert_answered(&mut next).await;
    }
}
