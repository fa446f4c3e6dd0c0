//! Messages that are sent, received, deleted and archived.

use std::time::{Duration, SystemTime};

use osapi_metrics::instrumentation::queue::Queue;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{AssertSqlSafe, Error};

use super::{CONNECTIONS, database, reading::read_queue};
use crate::postgres::{becomes, within};

const SENT: &str = "messaging_client_sent_messages_total";
const RECEIVED: &str = "messaging_client_consumed_messages_total";
const DELETED: &str = "osapi_queue_deleted_messages_total";
const ARCHIVED: &str = "osapi_queue_archived_messages_total";
const RETRIES: &str = "osapi_queue_retries_total";
const VISIBILITY_TIMEOUTS: &str = "osapi_queue_visibility_timeouts_total";

/// Longer than any test.
const LONG: Duration = Duration::from_secs(3600);

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Order {
    number: u32,
}

#[tokio::test]
async fn messages_are_counted_on_their_way() {
    let Some(database) = database("messages").await else { return };
    let queue = database.queue("messages").await;
    let before = SystemTime::now() - Duration::from_secs(1);
    let first = queue.send(&Order { number: 1 }).await.unwrap();
    let others = queue.send_batch(&[Order { number: 2 }, Order { number: 3 }]).await.unwrap();
    assert_eq!(others.len(), 2);
    assert!(queue.send_batch::<Order>(&[]).await.unwrap().is_empty());
    let late = queue.send_with_delay(&Order { number: 4 }, LONG).await.unwrap();
    assert_eq!(read_queue("messages").messages(SENT, "send"), Some(4.0));
    assert_eq!(read_queue("messages").operations("send"), Some(3));

    let received = queue.read::<Order>(LONG, 10).await.unwrap();
    let numbers: Vec<_> = received.iter().map(|m| m.body.as_ref().unwrap().number).collect();
    assert_eq!(numbers, [1, 2, 3]);
    let message = &received[0];
    assert_eq!((message.id, message.read_count), (first, 1));
    assert!(message.enqueued_at > before && message.enqueued_at < SystemTime::now() + LONG);
    let invisible = message.visible_at.duration_since(message.enqueued_at).unwrap();
    assert!(invisible >= LONG && invisible < LONG * 2, "{invisible:?}");
    // Nothing is visible, and nothing is received.
    assert!(queue.read::<Order>(LONG, 10).await.unwrap().is_empty());
    assert!(queue.read_id::<Order>(late, LONG).await.unwrap().is_none());

    assert!(queue.delete(first).await.unwrap());
    assert!(!queue.delete(first).await.unwrap());
    assert!(queue.archive(others[0]).await.unwrap());
    assert!(!queue.archive(others[0]).await.unwrap());

    let read = read_queue("messages");
    assert_eq!(read.messages(RECEIVED, "receive"), Some(3.0));
    assert_eq!(read.operations("receive"), Some(3));
    assert_eq!((read.number(DELETED), read.number(ARCHIVED)), (Some(1.0), Some(1.0)));
    assert_eq!((read.operations("delete"), read.operations("archive")), (Some(2), Some(2)));
    assert_eq!(read.number(RETRIES).unwrap_or(0.0).to_bits(), 0);
}

#[tokio::test]
async fn a_message_that_comes_back_is_a_retry_and_a_visibility_timeout() {
    let Some(database) = database("retries").await else { return };
    let queue = database.queue("retries").await;
    let id = queue.send(&Order { number: 1 }).await.unwrap();
    let first = queue.read::<Order>(Duration::ZERO, 1).await.unwrap();
    assert_eq!(first[0].read_count, 1);
    // Its visibility has ended at once.
    let again = queue.read::<Order>(LONG, 1).await.unwrap();
    assert_eq!((again[0].id, again[0].read_count), (id, 2));
    let read = read_queue("retries");
    assert_eq!((read.number(RETRIES), read.number(VISIBILITY_TIMEOUTS)), (Some(1.0), Some(1.0)));

    // It stays invisible until the visibility is changed.
    assert!(queue.read_id::<Order>(id, LONG).await.unwrap().is_none());
    assert!(queue.extend(id, Duration::ZERO).await.unwrap());
    let third = queue.read_id::<Order>(id, LONG).await.unwrap().unwrap();
    assert_eq!((third.read_count, third.body.unwrap()), (3, Order { number: 1 }));
    assert_eq!(read_queue("retries").number(RETRIES), Some(2.0));
    assert!(queue.read::<Order>(LONG, 1).await.unwrap().is_empty());
    assert!(!queue.extend(id + 1, LONG).await.unwrap());
    assert!(queue.read_id::<Order>(id + 1, LONG).await.unwrap().is_none());
}

#[tokio::test]
async fn a_message_is_claimed_by_one_caller() {
    let Some(database) = database("claims").await else { return };
    let queue = database.queue("claims").await;
    let id = queue.send(&Order { number: 1 }).await.unwrap();
    let claim = || queue.read_id::<Order>(id, LONG);
    let mut other = database.pool.begin().await.unwrap();
    let lock = "SELECT 1 FROM pgmq.q_claims WHERE msg_id = $1 FOR UPDATE";
    sqlx::query(lock).bind(id).execute(&mut other).await.unwrap();
    // Another caller is receiving the message.
    assert!(within(claim()).await.unwrap().is_none());
    other.rollback().await.unwrap();

    let (a, b, c) = tokio::join!(claim(), claim(), claim());
    let claimed = [a, b, c].into_iter().filter_map(Result::unwrap).count();
    assert_eq!(claimed, 1);
    assert_eq!(read_queue("claims").messages(RECEIVED, "receive"), Some(1.0));
}

#[tokio::test]
async fn a_foreign_message_does_not_fail_its_batch() {
    let Some(database) = database("foreign_messages").await else { return };
    let queue = database.queue("foreign").await;
    queue.send(&Order { number: 1 }).await.unwrap();
    queue.send("not an order").await.unwrap();
    queue.send(&Option::<Order>::None).await.unwrap();
    let no_json = "INSERT INTO pgmq.q_foreign (vt, message) VALUES (now(), NULL)";
    sqlx::query(no_json).execute(&database.pool).await.unwrap();

    let received = queue.read::<Order>(LONG, 10).await.unwrap();
    let orders = received.iter().filter(|message| message.body.is_ok()).count();
    assert_eq!((received.len(), orders), (4, 1));
    assert_eq!(received[1].raw, "not an order");
    assert!(received[2].raw.is_null() && received[3].raw.is_null());
    let read = read_queue("foreign");
    assert_eq!(read.messages(RECEIVED, "receive"), Some(4.0));
    assert_eq!(read.errors("receive", "decode"), None);

    // The receiver decides what becomes of it.
    assert!(queue.reject(received[1].id).await.unwrap());
    assert!(!queue.reject(received[1].id).await.unwrap());
    let read = read_queue("foreign");
    assert_eq!(read.errors("receive", "rejected"), Some(1.0));
    assert_eq!(read.number("osapi_queue_archived_messages_total"), Some(1.0));
}

/// What PostgreSQL takes for JSON or a time, and nothing here can hold.
#[tokio::test]
async fn a_message_beyond_all_limits_does_not_fail_its_batch() {
    let Some(database) = database("limits_of_messages").await else { return };
    let queue = database.queue("limits").await;
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    // A list in lists, each of which is a text in the next one: read as JSON, deeper than a stack.
    let reserved = (0..10).fold("1".to_owned(), |list, _| {
        let text = json!({"$serde_json::private::RawValue": list});
        format!("{}{text}{}", "[".repeat(100), "]".repeat(100))
    });
    for (time, message) in [
        ("now()", r#"{"number": 1e999}"#),
        ("now()", &deep),
        ("now()", r#"{"number": {"$serde_json::private::RawValue": "9"}}"#),
        ("now()", &reserved),
        ("'infinity'", r#"{"number": 1}"#),
        ("'-infinity'", r#"{"number": 2}"#),
        ("'294276-12-31'", r#"{"number": 3}"#),
        ("'4713-01-01 BC'", r#"{"number": 4}"#),
        ("now()", r#"{"number": 5}"#),
    ] {
        let insert = format!(
            "INSERT INTO pgmq.q_limits (enqueued_at, vt, message) \
             VALUES ({time}, now() - interval '1 s', '{message}')"
        );
        sqlx::query(AssertSqlSafe(insert)).execute(&database.pool).await.unwrap();
    }
    let sampling = queue.sample(LONG);
    becomes("a sample", || sampling.latest().is_some_and(|sample| sample.depth == 9)).await;
    let received = queue.read::<Order>(LONG, 10).await.unwrap();
    let numbers: Vec<_> =
        received.iter().map(|message| message.body.as_ref().ok().map(|it| it.number)).collect();
    assert_eq!(numbers, [None, None, None, None, Some(1), Some(2), Some(3), Some(4), Some(5)]);
    assert_eq!(received[0].raw, r#"{"number": 1e999}"#.replace("1e999", &format!("1{:0<999}", "")));
    assert_eq!(received[1].raw, *deep);
    for message in &received[2..4] {
        assert!(
            message.raw.as_str().is_some_and(|text| text.contains("::RawValue")),
            "{message:?}"
        );
        let error = message.body.as_ref().expect_err("reserved").to_string();
        assert!(error.contains("is reserved"), "{error}");
    }
    assert_eq!(received[4].enqueued_at, SystemTime::UNIX_EPOCH);
    assert!(received[6].enqueued_at > received[8].enqueued_at);
    assert!(received[7].enqueued_at < SystemTime::UNIX_EPOCH);
    assert_eq!(read_queue("limits").errors("receive", "decode"), None);
}

#[tokio::test]
async fn errors_count_by_operation_and_class() {
    let Some(database) = database("failures").await else { return };
    let missing = Queue::new(database.pool.clone(), "no_queue").unwrap();
    missing.send(&1).await.unwrap_err();
    missing.read::<i32>(LONG, 1).await.unwrap_err();
    missing.read_id::<i32>(1, LONG).await.unwrap_err();
    missing.delete(1).await.unwrap_err();
    missing.archive(1).await.unwrap_err();
    missing.extend(1, LONG).await.unwrap_err();
    let read = read_queue("no_queue");
    for (operation, errors) in
        [("send", 1.0), ("receive", 2.0), ("delete", 1.0), ("archive", 1.0), ("extend", 1.0)]
    {
        assert_eq!(read.errors(operation, "undefined_table"), Some(errors), "{operation}");
        assert_eq!(read.operations(operation), None, "{operation}");
    }

    let queue = database.queue("not_json").await;
    let keys = std::collections::BTreeMap::from([((1, 2), 3)]);
    let error = queue.send(&keys).await.unwrap_err();
    assert!(matches!(error, Error::Encode(_)), "{error:?}");
    assert_eq!(read_queue("not_json").errors("send", "encode"), Some(1.0));

    let mut held = Vec::new();
    for _ in 0..CONNECTIONS {
        held.push(within(database.pool.acquire()).await.unwrap());
    }
    let mut sending = Box::pin(queue.send(&1));
    assert!(futures_util::poll!(&mut sending).is_pending());
    drop(sending);
    assert_eq!(read_queue("not_json").errors("send", "cancelled"), Some(1.0));

    drop(held);
    within(database.pool.close()).await;
    queue.send(&1).await.unwrap_err();
    assert_eq!(read_queue("not_json").errors("send", "pool_closed"), Some(1.0));
    assert_eq!(read_queue("not_json").messages(SENT, "send").unwrap_or(0.0).to_bits(), 0);
}
