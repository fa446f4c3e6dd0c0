//! Clients that hang up, and clients that wait while the API stops.

#![expect(clippy::float_cmp, reason = "counts are whole numbers")]

use std::{net::SocketAddr, time::Duration};

use futures_util::{StreamExt, stream};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::support::{Cluster, Job, Program, Store, ends, until};

#[tokio::test(flavor = "multi_thread")]
async fn jobs_whose_clients_hang_up_are_counted_as_created_and_as_ended() {
    const CLIENTS: u64 = 200;
    const AT_ONCE: usize = 8;

    let Some(cluster) = Cluster::start(2).await else { return };
    let store = Store::open(&cluster.nats).await;
    let address = cluster.api.address().parse().expect("an address");
    stream::iter(0..CLIENTS)
        .map(|number| post_and_hang_up(address, Duration::from_millis(number % 5)))
        .buffer_unordered(AT_ONCE)
        .collect::<()>()
        .await;

    // The connection of this job is accepted after all of the connections above.
    let api = cluster.client();
    api.finished(&api.submit(&Job::wait(Duration::ZERO)).await).await;
    let mut counts = Counts::default();
    let settled = async || {
        counts = Counts::read(&cluster, &store).await;
        counts.unfinished == Some(0.0)
            && counts.created == counts.completed
            && counts.created == counts.stored
    };
    until("as many jobs end as are created", settled).await;
    assert!(counts.created > 1.0, "every client hung up before its job was accepted: {counts:?}");
}

/// Submits a job, and resets the connection after this time.
async fn post_and_hang_up(api: SocketAddr, after: Duration) {
    let mut stream = TcpStream::connect(api).await.expect("a connection");
    stream.set_zero_linger().expect("an open connection");
    stream.write_all(REQUEST).await.expect("a request");
    tokio::time::sleep(after).await;
}

const REQUEST: &[u8] = b"POST /jobs HTTP/1.1\r\nHost: osapi\r\n\
    Content-Type: application/json\r\nContent-Length: 30\r\n\r\n\
    {\"operation\": \"node.hostname\"}";

/// The numbers of jobs, from the processes and from the NATS server.
#[derive(Debug, Default)]
struct Counts {
    created: f64,
    completed: f64,
    unfinished: Option<f64>,
    /// The number of ends in the records.
    stored: f64,
}

impl Counts {
    async fn read(cluster: &Cluster, store: &Store) -> Self {
        let writes = store.writes().await;
        Self {
            created: cluster.total("osapi_jobs_created_total", &[]).await,
            completed: cluster.total("osapi_jobs_completed_total", &[]).await,
            unfinished: cluster.api.scrape().await.find("osapi_jobs_unfinished", &[]),
            stored: writes.values().map(|written| ends(written)).sum::<usize>() as f64,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_wait_get_an_answer_from_an_api_that_is_terminated() {
    const QUEUED: usize = 5;

    let Some(mut cluster) = Cluster::start(0).await else { return };
    let store = Store::open(&cluster.nats).await;
    let url = cluster.nats.url();
    let arguments = ["agent", "--nats", &url, "--name", "agent-1", "--concurrency", "1"];
    cluster.agents.push(Program::start(&arguments, &[]));
    let api = cluster.client();
    let mut ids = vec![api.submit(&Job::wait(Duration::from_secs(10))).await];
    api.run_by(&ids, "agent-1").await;
    // The queued jobs wait for the only worker.
    ids.extend(api.submit_all(QUEUED, |_| Job::wait(Duration::ZERO)).await);

    let clients: Vec<_> = ids
        .iter()
        .map(|id| {
            let (api, id) = (api.clone(), id.clone());
            tokio::spawn(async move { api.record_within(&id, "30s").await })
        })
        .collect();
    until("all clients wait", async || {
        let samples = cluster.api.scrape().await;
        samples.sum("http_server_active_requests", &[]) == clients.len() as f64
    })
    .await;
    cluster.api.signal("TERM");
    for (number, client) in clients.into_iter().enumerate() {
        let record = client.await.expect("the client gets an answer");
        let expected = if number == 0 { "running" } else { "queued" };
        assert_eq!(record["status"], expected, "{record}");
    }
    let status = cluster.api.ended().await;
    assert!(status.success(), "{status}");

    cluster.api = Program::start(&["api", "--nats", &url], &[]);
    cluster.api.is_ready().await;
    for record in cluster.client().all_finished(&ids).await {
        assert_eq!(record["status"], "completed", "{record}");
    }
    store.each_ended_once(&ids).await;
}
