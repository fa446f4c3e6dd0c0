//! The messages on the connection and their order, as a third client sees them, and the requests to
//! a server that comes back empty or that is full.

use std::fs;

use async_nats::{Message, Subscriber, jetstream};
use futures_util::StreamExt;
use osapi_metrics_tests::servers::NatsServer;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy},
    net::{TcpListener, TcpStream},
};
use tokio_util::task::AbortOnDropHandle;

use super::{
    nats::{connect, connected, ready},
    *,
};
use crate::broker::nats::{NatsBroker, RECORDS_BUCKET};

/// Shorter than the time after which an agent takes a request for lost, longer than a restart.
const BEFORE_A_REQUEST_IS_LOST: Duration = Duration::from_secs(25);

/// All messages to the server on these subjects, from now on.
async fn traffic(server: &NatsServer, subjects: &str) -> Subscriber {
    let client = async_nats::connect(server.url()).await.expect("connected");
    let traffic = client.subscribe(subjects.to_owned()).await.expect("subscribed");
    // The server handles subscriptions in order: an echo shows that it has the first one as well.
    let inbox = client.new_inbox();
    let mut echo = client.subscribe(inbox.clone()).await.expect("subscribed");
    client.publish(inbox, "".into()).await.expect("sent");
    next(&mut echo, |_| true).await;
    traffic
}

/// The next message for which `wanted` returns true.
async fn next(traffic: &mut Subscriber, wanted: impl Fn(&Message) -> bool) -> Message {
    let next = async {
        loop {
            let message = traffic.next().await.expect("connected");
            if wanted(&message) {
                return message;
            }
        }
    };
    timeout(PATIENCE, next).await.expect("a message within the time")
}

#[tokio::test]
async fn a_job_is_recorded_before_it_is_queued_under_its_id() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let mut traffic = traffic(&server, ">").await;
    let id = broker.submit().await;
    let (record, job) = (format!("$KV.{RECORDS_BUCKET}.{id}"), format!("osapi.jobs.{id}"));
    let is_either = |message: &Message| [&record, &job].contains(&&message.subject.to_string());
    assert_eq!(next(&mut traffic, is_either).await.subject.as_str(), record);
    let queued = next(&mut traffic, is_either).await;
    assert_eq!(queued.subject.as_str(), job);
    // The message id is the job's id, so a job that is sent twice is queued once.
    let headers = queued.headers.expect("headers");
    let message_id = headers.get("Nats-Msg-Id").expect("an id of the message");
    assert_eq!(message_id.as_str(), id.to_string());
}

#[tokio::test]
async fn the_server_gets_reports_that_a_job_still_runs() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let mut acknowledgements = traffic(&server, "$JS.ACK.>").await;
    broker.submit().await;
    let _delivery = broker.take("a1").await;
    let first = next(&mut acknowledgements, |_| true).await;
    assert_eq!(&*first.payload, b"+WPI");
}

#[tokio::test]
async fn the_end_of_a_job_is_announced() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let mut announcements = traffic(&server, "osapi.finished").await;
    let id = broker.submit().await;
    broker.take("a1").await.lease.finish(success()).await.expect("stored");
    let announced = next(&mut announcements, |_| true).await;
    assert_eq!(*announced.payload, *id.to_string().as_bytes());
}

#[tokio::test]
async fn a_job_that_a_full_queue_refuses_leaves_no_record() {
    let Some(server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let client = async_nats::connect(server.url()).await.expect("connected");
    let context = jetstream::new(client);
    let queue = context.get_stream("OSAPI_JOBS").await.expect("the queue");
    let mut config = queue.get_info().await.expect("the queue").config;
    config.max_messages = 1;
    context.update_stream(config).await.expect("a smaller queue");

    broker.submit().await;
    let refused = Job::new(Operation::NodeHostname);
    let id = refused.id;
    let error = broker.api.submit(refused).await.expect_err("the queue is full");
    assert!(matches!(error, BrokerError::QueueFull { .. }), "{error}");
    assert!(broker.api.record(id).await.expect("the broker is there").is_none());
}

#[tokio::test]
async fn a_server_that_comes_back_empty_is_prepared_again() {
    let Some(mut server) = servers::nats() else { return };
    let broker = connected(&server).await;
    server.kill();
    for stream in ["OSAPI_JOBS".to_owned(), format!("KV_{RECORDS_BUCKET}")] {
        fs::remove_dir_all(server.stream(&stream)).expect("removed");
    }
    server.start_again();
    let submitted = async {
        while broker.api.submit(Job::new(Operation::NodeHostname)).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, submitted).await.expect("accepted within the time");
    broker.take("a1").await.lease.finish(success()).await.expect("stored");
}

#[tokio::test]
async fn an_agent_asks_again_where_the_server_has_forgotten_its_request() {
    let Some(mut server) = servers::nats() else { return };
    let broker = connected(&server).await;
    let mut requests = traffic(&server, "$JS.API.CONSUMER.MSG.NEXT.>").await;
    let agent = Arc::clone(&broker.agent);
    let waiting = tokio::spawn(async move { agent.next("a1").await });
    next(&mut requests, |_| true).await;
    server.kill();
    server.start_again();
    let submitted = async {
        while broker.api.submit(Job::new(Operation::NodeHostname)).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, submitted).await.expect("accepted within the time");
    let delivery = timeout(BEFORE_A_REQUEST_IS_LOST, waiting).await;
    delivery.expect("delivered at once").expect("no panic").expect("open");
}

/// Passes on what one client sends, but no request for jobs until the consumer is deleted, and all
/// that the server sends.
async fn without_requests_for_jobs(mut client: TcpStream, mut server: TcpStream) {
    let (from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let requests = async {
        let mut from_client = BufReader::new(from_client);
        let (mut line, mut is_deleted) = (String::new(), false);
        while from_client.read_line(&mut line).await.is_ok_and(|bytes| bytes > 0) {
            let mut message = line.clone().into_bytes();
            if line.starts_with("PUB ") || line.starts_with("HPUB ") {
                let size = line.split_whitespace().next_back().and_then(|size| size.parse().ok());
                let mut payload = vec![0; size.unwrap_or(0_usize) + "\r\n".len()];
                from_client.read_exact(&mut payload).await.expect("a whole message");
                message.append(&mut payload);
            }
            is_deleted |= line.contains("$JS.API.CONSUMER.DELETE.");
            if (is_deleted || !line.contains("$JS.API.CONSUMER.MSG.NEXT."))
                && to_server.write_all(&message).await.is_err()
            {
                return;
            }
            line.clear();
        }
    };
    tokio::select! {
        () = requests => {}
        _ = copy(&mut from_server, &mut to_client) => {}
    }
}

/// As nats-server 2.9 has one, if it is made while another client makes the stream.
#[tokio::test]
async fn a_consumer_that_delivers_nothing_is_made_again() {
    let Some(server) = servers::nats() else { return };
    let api = connect(&server).await;
    ready(&api).await;
    let address = server.url().strip_prefix("nats://").expect("a URL").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("nats://{}", listener.local_addr().expect("an address"));
    let _proxy = AbortOnDropHandle::new(tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&address).await.expect("connected");
            tokio::spawn(without_requests_for_jobs(client, server));
        }
    }));
    let agent = NatsBroker::connect(url.parse().expect("a URL"), "test").await.expect("made");
    ready(&agent).await;
    let broker = BrokerPair { api: Arc::new(api), agent: Arc::new(agent) };
    broker.submit().await;
    broker.take("a1").await.lease.finish(success()).await.expect("stored");
}
