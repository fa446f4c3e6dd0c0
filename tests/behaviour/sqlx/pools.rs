//! Callers that ask for connections.

use std::time::{Duration, Instant};

use osapi_metrics::instrumentation::sqlx::ObservedPool;
use sqlx::Error;

use crate::postgres::{becomes, options, read_pool, shared, within};

const WAIT: &str = "db_client_connection_wait_time_seconds";
const DIAL: &str = "db_client_connection_create_time_seconds";
const USE: &str = "db_client_connection_use_time_seconds";
const PENDING: &str = "db_client_connection_pending_requests";
const TIMEOUTS: &str = "db_client_connection_timeouts_total";
const FAILURES: &str = "osapi_db_connection_failures_total";

fn failures(pool: &'static str, class: &str) -> Option<f64> {
    read_pool(pool).number(FAILURES, &[("error_type", class)])
}

#[tokio::test]
async fn the_wait_is_measured_apart_from_the_dial_and_the_use() {
    const NAME: &str = "waits";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 1).await;

    let begun = Instant::now();
    let first = pool.acquire().await.unwrap();
    let dialled = begun.elapsed().as_secs_f64();
    let read = read_pool(NAME);
    assert_eq!((read.samples(DIAL, &[]), read.samples(WAIT, &[])), (Some(1), Some(1)));
    let (dial, wait) = (read.sum(DIAL, &[]).unwrap(), read.sum(WAIT, &[]).unwrap());
    assert!(dial > wait && dial + wait <= dialled, "{dial} {wait} {dialled}");

    let second = tokio::spawn({
        let pool = pool.clone();
        async move { drop(pool.acquire().await.unwrap()) }
    });
    becomes("a caller waits", || read_pool(NAME).number(PENDING, &[]) == Some(1.0)).await;
    let waiting = Instant::now();
    tokio::task::yield_now().await;
    let waited = waiting.elapsed().as_secs_f64();
    drop(first);
    within(second).await.unwrap();

    let read = read_pool(NAME);
    // The connection that came back was not dialled again.
    assert_eq!((read.samples(DIAL, &[]), read.samples(WAIT, &[])), (Some(1), Some(2)));
    assert_eq!((read.samples(USE, &[]), read.number(PENDING, &[])), (Some(2), Some(0.0)));
    assert!(read.sum(WAIT, &[]).unwrap() >= wait + waited);
    assert!(read.sum(USE, &[]).unwrap() >= waited);
}

#[tokio::test]
async fn a_caller_that_waits_too_long_is_a_timeout() {
    const NAME: &str = "timeouts";
    let Some(server) = shared() else { return };
    let short = options(1).acquire_timeout(Duration::from_millis(300));
    let pool = ObservedPool::new(server.plain(NAME, short).await, NAME);
    let held = pool.acquire().await.unwrap();

    let error = within(pool.acquire()).await.unwrap_err();
    assert!(matches!(error, Error::PoolTimedOut), "{error:?}");
    let error = within(sqlx::query("SELECT 1").execute(&pool)).await.unwrap_err();
    assert!(matches!(error, Error::PoolTimedOut), "{error:?}");

    let read = read_pool(NAME);
    assert_eq!(read.number(TIMEOUTS, &[]), Some(2.0));
    assert_eq!(failures(NAME, "pool_timed_out"), Some(2.0));
    assert_eq!((read.number(PENDING, &[]), read.samples(WAIT, &[])), (Some(0.0), Some(1)));
    // A query without a connection has no duration.
    assert_eq!(read.queries("SELECT", "pool_timed_out"), None);

    drop(held);
    within(sqlx::query("SELECT 1").execute(&pool)).await.unwrap();
}

#[tokio::test]
async fn a_cancelled_caller_leaves_its_place_to_the_next() {
    const NAME: &str = "cancelled_callers";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 1).await;
    for cancelled in 1..=3_u32 {
        let held = within(pool.acquire()).await.unwrap();
        let caller = tokio::spawn({
            let pool = pool.clone();
            async move { drop(pool.acquire().await) }
        });
        becomes("a caller waits", || read_pool(NAME).number(PENDING, &[]) == Some(1.0)).await;
        caller.abort();
        assert!(within(caller).await.unwrap_err().is_cancelled());
        assert_eq!(failures(NAME, "cancelled"), Some(cancelled.into()));
        assert_eq!(read_pool(NAME).number(PENDING, &[]), Some(0.0));
        drop(held);
    }
    // Cancelled at each of its first steps, also while it dials or tests a connection.
    for steps in 0..40 {
        let mut acquire = Box::pin(pool.acquire());
        for _ in 0..steps {
            if futures_util::poll!(&mut acquire).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    let mut held = within(pool.acquire()).await.unwrap();
    within(sqlx::query("SELECT 1").execute(&mut held)).await.unwrap();
    assert_eq!(read_pool(NAME).connections("used"), Some(1.0));
}

#[tokio::test]
async fn connections_are_counted_by_state_until_the_pool_is_gone() {
    const NAME: &str = "states";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 3).await;
    let states = || (read_pool(NAME).connections("used"), read_pool(NAME).connections("idle"));
    assert_eq!(states(), (Some(0.0), Some(0.0)));
    assert_eq!(read_pool(NAME).number("db_client_connection_max", &[]), Some(3.0));

    let (first, second) = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
    assert_eq!(states(), (Some(2.0), Some(0.0)));
    drop(first);
    becomes("a connection is idle", || states() == (Some(1.0), Some(1.0))).await;
    second.close().await.unwrap();
    becomes("a connection is closed", || states() == (Some(0.0), Some(1.0))).await;

    let clone = pool.clone();
    drop(pool);
    assert_eq!(states(), (Some(0.0), Some(1.0)));
    drop(clone);
    assert_eq!(states(), (None, None));
}

#[tokio::test]
async fn pools_of_one_name_are_added_up() {
    const NAME: &str = "added";
    let Some(server) = shared() else { return };
    let (one, other) = (server.pool(NAME, 1).await, server.pool(NAME, 2).await);
    let held = (one.acquire().await.unwrap(), other.acquire().await.unwrap());
    assert_eq!(read_pool(NAME).connections("used"), Some(2.0));
    assert_eq!(read_pool(NAME).number("db_client_connection_max", &[]), Some(3.0));
    drop(held);
}

#[tokio::test]
async fn a_closed_pool_refuses_all_callers_and_has_no_connections() {
    const NAME: &str = "closed";
    let Some(server) = shared() else { return };
    let pool = server.pool(NAME, 1).await;
    let held = pool.acquire().await.unwrap();
    let waiting = tokio::spawn({
        let pool = pool.clone();
        async move { pool.acquire().await.map(drop) }
    });
    becomes("a caller waits", || read_pool(NAME).number(PENDING, &[]) == Some(1.0)).await;
    let closing = tokio::spawn({
        let pool = pool.clone();
        async move { pool.close().await }
    });
    let refused = within(waiting).await.unwrap();
    assert!(matches!(refused, Err(Error::PoolClosed)), "{refused:?}");
    assert!(matches!(pool.acquire().await, Err(Error::PoolClosed)));
    assert_eq!(failures(NAME, "pool_closed"), Some(2.0));
    assert_eq!(read_pool(NAME).connections("used"), None);
    drop(held);
    within(closing).await.unwrap();
}

#[tokio::test]
async fn a_dial_that_fails_has_the_class_of_its_error() {
    const NAME: &str = "missing_database";
    let Some(server) = shared() else { return };
    let url = server.url_of("missing", "postgres");
    let pool = ObservedPool::new(options(1).connect_lazy(&url).unwrap(), NAME);
    within(pool.acquire()).await.unwrap_err();
    assert_eq!(failures(NAME, "invalid_catalog_name"), Some(1.0));
    // A failed dial is no connection that was created.
    assert_eq!(read_pool(NAME).samples(DIAL, &[]), None);
}
