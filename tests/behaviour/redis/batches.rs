//! Pipelines and transactions.

use redis::{AsyncCommands, RedisResult, Value, aio::transaction_async, cmd, pipe};

use super::{CONNECTED, becomes, read_connection, shared, within};

const SIZE: &str = "osapi_redis_batch_size";

#[tokio::test]
async fn a_pipeline_is_one_operation_with_its_commands() {
    const NAME: &str = "pipelines";
    let Some(server) = shared() else { return };
    let mut connection = server.observed(NAME).await;
    let mut pipeline = pipe();
    pipeline.set("pipelines:a", 1).ignore().incr("pipelines:a", 1).incr("pipelines:a", 1);
    pipeline.cmd("NOSUCHCOMMAND").lpush("pipelines:a", 1).cmd("get").arg("pipelines:a");
    pipeline.query_async::<()>(&mut connection).await.unwrap_err();
    pipe().cmd("PING").cmd("PING").exec_async(&mut connection).await.unwrap();

    let read = read_connection(NAME);
    // The class of the first command that failed.
    assert_eq!(read.operations("PIPELINE", "ERR"), 1);
    assert_eq!(read.operations("PIPELINE", ""), 1);
    assert_eq!(read.histogram(SIZE, &[("batch", "pipeline")]), Some((2, 8.0)));
    assert_eq!(read.batched("SET", ""), Some(1.0));
    assert_eq!(read.batched("INCRBY", ""), Some(2.0));
    assert_eq!(read.batched("OTHER", "ERR"), Some(1.0));
    assert_eq!(read.batched("LPUSH", "WRONGTYPE"), Some(1.0));
    assert_eq!(read.batched("GET", ""), Some(1.0));
    assert_eq!(read.batched("PING", ""), Some(2.0));
    // The commands of a batch are no operations of their own.
    assert_eq!((read.operations("PING", ""), read.operations("SET", "")), (0, 0));
    assert_eq!(read.links(), CONNECTED);
}

#[tokio::test]
async fn a_transaction_is_one_operation_with_its_commands() {
    const NAME: &str = "transactions";
    let Some(server) = shared() else { return };
    let mut connection = server.observed(NAME).await;
    let mut transaction = pipe();
    transaction.atomic().set("transactions:a", "x").ignore().get("transactions:a");
    let (got,): (String,) = transaction.query_async(&mut connection).await.unwrap();
    assert_eq!(got, "x");
    // A command that fails does not undo the others.
    transaction.lpush("transactions:a", 1);
    transaction.query_async::<()>(&mut connection).await.unwrap_err();

    let read = read_connection(NAME);
    assert_eq!((read.operations("MULTI", ""), read.operations("MULTI", "WRONGTYPE")), (1, 1));
    assert_eq!(read.histogram(SIZE, &[("batch", "transaction")]), Some((2, 5.0)));
    assert_eq!((read.batched("SET", ""), read.batched("GET", "")), (Some(2.0), Some(2.0)));
    assert_eq!(read.batched("LPUSH", "WRONGTYPE"), Some(1.0));
}

#[tokio::test]
async fn a_transaction_that_the_server_refuses_is_aborted_as_a_whole() {
    const NAME: &str = "refused";
    let Some(server) = shared() else { return };
    let mut connection = server.observed(NAME).await;
    let mut transaction = pipe();
    transaction.atomic().set("refused:a", 1).cmd("NOSUCHCOMMAND");
    transaction.query_async::<()>(&mut connection).await.unwrap_err();
    let read = read_connection(NAME);
    assert_eq!(read.operations("MULTI", "EXECABORT"), 1);
    assert_eq!(read.batched("SET", "EXECABORT"), Some(1.0));
    assert_eq!(read.batched("OTHER", "EXECABORT"), Some(1.0));
}

#[tokio::test]
async fn a_transaction_whose_key_has_changed_is_aborted_and_tried_again() {
    const NAME: &str = "watched";
    let Some(server) = shared() else { return };
    let connection = server.observed(NAME).await;
    let mut other = server.plain().await;
    let mut first = true;
    let key = "watched:a";
    let (set,): (i64,) =
        within(transaction_async(connection, &[key], |mut connection, mut pipe| {
            let disturb = std::mem::take(&mut first);
            let mut other = other.clone();
            async move {
                if disturb {
                    other.set::<_, _, ()>(key, 7).await?;
                }
                pipe.set(key, 8).ignore().get(key).query_async(&mut connection).await
            }
        }))
        .await
        .unwrap();
    assert_eq!((set, other.get(key).await.unwrap()), (8, 8));

    let read = read_connection(NAME);
    assert_eq!((read.operations("MULTI", "aborted"), read.operations("MULTI", "")), (1, 1));
    assert_eq!((read.batched("SET", "aborted"), read.batched("SET", "")), (Some(1.0), Some(1.0)));
    assert_eq!((read.operations("WATCH", ""), read.operations("UNWATCH", "")), (2, 2));
}

#[tokio::test]
async fn a_batch_that_is_dropped_is_cancelled_with_its_commands() {
    const NAME: &str = "dropped_batch";
    let Some(server) = shared() else { return };
    let connection = server.observed(NAME).await;
    let waiting = tokio::spawn({
        let mut connection = connection.clone();
        async move {
            let mut pipeline = pipe();
            pipeline.cmd("PING").cmd("BLPOP").arg("dropped_batch:nothing").arg(0);
            let _: RedisResult<Value> = pipeline.query_async(&mut connection).await;
        }
    });
    becomes("a batch runs", || read_connection(NAME).in_flight() == Some(1.0)).await;
    waiting.abort();
    within(waiting).await.unwrap_err();
    let read = read_connection(NAME);
    assert_eq!((read.operations("PIPELINE", "cancelled"), read.in_flight()), (1, Some(0.0)));
    assert_eq!(read.batched("PING", "cancelled"), Some(1.0));
    assert_eq!(read.batched("BLPOP", "cancelled"), Some(1.0));
}

#[tokio::test]
async fn multi_as_a_command_is_a_command() {
    const NAME: &str = "by_hand";
    let Some(server) = shared() else { return };
    let mut connection = server.observed(NAME).await;
    for command in ["MULTI", "PING", "EXEC"] {
        cmd(command).exec_async(&mut connection).await.unwrap();
        assert_eq!(read_connection(NAME).operations(command, ""), 1);
    }
    assert_eq!(read_connection(NAME).histogram(SIZE, &[("batch", "transaction")]), None);
}
