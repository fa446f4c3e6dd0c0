//! Samples of the depth of a queue.

use std::time::Duration;

use osapi_metrics::instrumentation::{queue::Queue, sqlx::ObservedPool};
use osapi_metrics_tests::{logs, servers};

use super::{database, install, reading::read_queue};
use crate::postgres::{becomes, options};

const DEPTH: &str = "osapi_queue_depth";
const VISIBLE: &str = "osapi_queue_visible_depth";
const AGE: &str = "osapi_queue_oldest_age_seconds";
const SAMPLE_AGE: &str = "osapi_queue_sample_age_seconds";

const LONG: Duration = Duration::from_secs(3600);
const OFTEN: Duration = Duration::from_millis(20);

/// The depth and the visible depth of a queue.
fn depths(queue: &str) -> (Option<f64>, Option<f64>) {
    let read = read_queue(queue);
    (read.number(DEPTH), read.number(VISIBLE))
}

#[tokio::test]
async fn depth_and_age_are_those_of_the_queue() {
    let Some(database) = database("depths").await else { return };
    let queue = database.queue("depths").await;
    // An interval that no test reaches: each sampling takes one sample.
    let sampling = queue.sample(LONG);
    becomes("a sample", || depths("depths") == (Some(0.0), Some(0.0))).await;
    // An empty queue has no oldest message.
    assert_eq!(read_queue("depths").number(AGE), None);
    assert!(read_queue("depths").number(SAMPLE_AGE).unwrap() >= 0.0);
    drop(sampling);
    assert_eq!((depths("depths"), read_queue("depths").number(SAMPLE_AGE)), ((None, None), None));

    let ids = queue.send_batch(&[1, 2, 3]).await.unwrap();
    queue.send_with_delay(&4, LONG).await.unwrap();
    queue.read_id::<i32>(ids[0], LONG).await.unwrap();
    let older =
        "UPDATE pgmq.q_depths SET enqueued_at = now() - interval '1000 s' WHERE msg_id = $1";
    sqlx::query(older).bind(ids[1]).execute(&database.pool).await.unwrap();
    let _sampling = queue.sample(LONG);
    becomes("a sample", || depths("depths") == (Some(4.0), Some(2.0))).await;
    let age = read_queue("depths").number(AGE).unwrap();
    assert!((1000.0..2000.0).contains(&age), "{age}");
    assert_eq!(read_queue("depths").operations("sample"), Some(2));
}

#[tokio::test]
async fn a_server_that_is_away_leaves_the_depth_out_until_it_is_back() {
    const NAME: &str = "server_away";
    logs::logs();
    let Some(mut server) = servers::postgres() else { return };
    let pool = options(2).acquire_timeout(Duration::from_millis(100));
    let pool = pool.connect_lazy(&server.url()).unwrap();
    install(&pool).await;
    let queue = Queue::new(ObservedPool::new(pool, NAME), NAME).unwrap();
    queue.create().await.unwrap();
    queue.send(&1).await.unwrap();
    let _sampling = queue.sample(OFTEN);
    becomes("a sample", || depths(NAME) == (Some(1.0), Some(1.0))).await;

    server.kill();
    becomes("the sample is too old", || depths(NAME) == (None, None)).await;
    let read = read_queue(NAME);
    assert_eq!(read.number(AGE), None);
    // How old it is stays known.
    assert!(read.number(SAMPLE_AGE).unwrap() > 3.0 * OFTEN.as_secs_f64());
    becomes("several samples fail", || {
        let classes = ["pool_timed_out", "io", "operator_intervention", "timed_out", "protocol"];
        let read = read_queue(NAME);
        classes.iter().filter_map(|class| read.errors("sample", class)).sum::<f64>() >= 3.0
    })
    .await;

    server.start_again().unwrap();
    becomes("a sample", || depths(NAME) == (Some(1.0), Some(1.0))).await;
    becomes("the log has both changes", || logs::lines_about(NAME).len() >= 2).await;
    let lines = logs::lines_about(NAME);
    assert!(lines[0].contains("cannot be sampled"), "{lines:?}");
    assert!(lines[1].contains("can be sampled again"), "{lines:?}");
}
