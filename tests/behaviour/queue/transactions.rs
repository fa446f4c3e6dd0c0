//! Messages that are sent and deleted in a transaction of the caller.

use std::time::Duration;

use super::{database, reading::read_queue};

const LONG: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_message_and_a_change_commit_together() {
    let Some(database) = database("together").await else { return };
    let queue = database.queue("together").await;
    sqlx::query("CREATE TABLE orders (x int)").execute(&database.pool).await.unwrap();

    let mut abandoned = database.pool.begin().await.unwrap();
    sqlx::query("INSERT INTO orders VALUES (1)").execute(&mut abandoned).await.unwrap();
    queue.send_on(abandoned.connection(), "abandoned").await.unwrap();
    abandoned.rollback().await.unwrap();
    assert!(queue.read::<String>(LONG, 10).await.unwrap().is_empty());

    let mut done = database.pool.begin().await.unwrap();
    sqlx::query("INSERT INTO orders VALUES (2)").execute(&mut done).await.unwrap();
    let id = queue.send_on(done.connection(), "done").await.unwrap();
    // Nobody else sees the message yet.
    assert!(queue.read::<String>(LONG, 10).await.unwrap().is_empty());
    done.commit().await.unwrap();
    let message = queue.read_id::<String>(id, LONG).await.unwrap().unwrap();
    assert_eq!(message.body.unwrap(), "done");

    let mut kept = database.pool.begin().await.unwrap();
    assert!(queue.delete_on(kept.connection(), id).await.unwrap());
    kept.rollback().await.unwrap();
    let mut archived = database.pool.begin().await.unwrap();
    assert!(queue.archive_on(archived.connection(), id).await.unwrap());
    archived.commit().await.unwrap();
    assert!(!queue.delete(id).await.unwrap());

    // Statements that succeeded, also in the transactions that were rolled back.
    let read = read_queue("together");
    assert_eq!(read.messages("messaging_client_sent_messages_total", "send"), Some(2.0));
    assert_eq!(read.number("osapi_queue_deleted_messages_total"), Some(1.0));
    assert_eq!(read.number("osapi_queue_archived_messages_total"), Some(1.0));
}
