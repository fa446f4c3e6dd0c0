//! Single commands, by how they end.

use std::time::{Duration, Instant};

use osapi_metrics::instrumentation::redis::{ObservedConnection, error_type};
use redis::{AsyncCommands, RedisResult, Script, cmd};

use super::{CONNECTED, becomes, config, multiplexed, read_connection, shared, within};

#[tokio::test]
async fn a_command_has_its_name_and_its_time() {
    const NAME: &str = "named";
    let Some(server) = shared() else { return };
    let mut connection = server.observed(NAME).await;
    assert_eq!(read_connection(NAME).links(), (None, None), "nothing has shown the state");

    let begun = Instant::now();
    connection.set::<_, _, ()>("named:key", "value").await.unwrap();
    assert_eq!(connection.get::<_, String>("named:key").await.unwrap(), "value");
    cmd("client").arg("info").exec_async(&mut connection.clone()).await.unwrap();
    let elapsed = begun.elapsed().as_secs_f64();

    let read = read_connection(NAME);
    for name in ["SET", "GET", "CLIENT"] {
        assert_eq!(read.operations(name, ""), 1, "{name}");
        let labels = [("db_system_name", "redis"), ("db_operation_name", name)];
        let (_, sum) = read.histogram("db_client_operation_duration_seconds", &labels).unwrap();
        assert!(sum > 0.0 && sum < elapsed, "{name}: {sum} of {elapsed}");
    }
    assert_eq!((read.links(), read.in_flight()), (CONNECTED, Some(0.0)));
    assert_eq!(read.changes(), (None, None));
}

#[tokio::test]
async fn commands_without_a_known_name_share_a_series() {
    const NAME: &str = "unknown_names";
    let Some(server) = shared() else { return };
    let mut connection = server.observed(NAME).await;
    for number in 0..300 {
        let unknown = cmd(&format!("UNKNOWN{number}")).exec_async(&mut connection).await;
        assert_eq!(error_type(&unknown.unwrap_err()), "ERR");
    }
    let read = read_connection(NAME);
    assert_eq!(read.operations("OTHER", "ERR"), 300);
    let names = "db_client_operation_duration_seconds";
    assert_eq!(read.reading.label_values(names, "db_operation_name"), ["OTHER"]);
}

#[tokio::test]
async fn an_error_of_the_server_has_its_code_and_leaves_the_connection() {
    const NAME: &str = "codes";
    let Some(server) = shared() else { return };
    let mut connection = server.observed(NAME).await;
    connection.set::<_, _, ()>("codes:text", "text").await.unwrap();
    connection.lpush::<_, _, ()>("codes:text", 1).await.unwrap_err();
    connection.incr::<_, _, i64>("codes:text", 1).await.unwrap_err();
    // The code of a script is not one of Redis.
    let own = Script::new("return redis.error_reply('MYCODE ' .. ARGV[1])");
    own.arg(1).invoke_async::<()>(&mut connection).await.unwrap_err();

    let read = read_connection(NAME);
    assert_eq!(read.operations("LPUSH", "WRONGTYPE"), 1);
    assert_eq!(read.operations("INCRBY", "ERR"), 1);
    assert_eq!(read.operations("EVALSHA", "database"), 1);
    assert_eq!(read.links(), CONNECTED);
}

#[tokio::test]
async fn a_script_that_the_server_does_not_know_is_loaded() {
    const NAME: &str = "scripts";
    let Some(server) = shared() else { return };
    let mut connection = server.observed(NAME).await;
    let script = Script::new("return ARGV[1] + 40 -- of the test of scripts");
    for _ in 0..2 {
        assert_eq!(script.arg(2).invoke_async::<i64>(&mut connection).await.unwrap(), 42);
    }
    let read = read_connection(NAME);
    assert_eq!(read.operations("EVALSHA", "NOSCRIPT"), 1);
    assert_eq!(read.operations("SCRIPT", ""), 1);
    assert_eq!(read.operations("EVALSHA", ""), 2);
}

#[tokio::test]
async fn an_answer_of_another_type_is_an_answer() {
    const NAME: &str = "types";
    let Some(server) = shared() else { return };
    let mut connection = server.observed(NAME).await;
    connection.set::<_, _, ()>("types:key", "text").await.unwrap();
    let number: RedisResult<i64> = connection.get("types:key").await;
    // The client has one error for it and for a breach of the protocol.
    assert_eq!(error_type(&number.unwrap_err()), "protocol");
    let read = read_connection(NAME);
    assert_eq!((read.operations("GET", ""), read.operations("GET", "protocol")), (1, 0));
    assert_eq!(read.links(), CONNECTED);
}

#[tokio::test]
async fn a_timeout_shows_nothing_of_the_connection() {
    const NAME: &str = "late";
    let Some(server) = shared() else { return };
    let short = config().set_response_timeout(Some(Duration::from_millis(50)));
    let connection = multiplexed(&server.url, short).await.unwrap();
    let mut connection = ObservedConnection::new(connection, NAME);
    let late: RedisResult<()> = within(connection.blpop("late:nothing", 0.0)).await;
    assert_eq!(error_type(&late.unwrap_err()), "timeout");
    let read = read_connection(NAME);
    assert_eq!(read.operations("BLPOP", "timeout"), 1);
    assert_eq!(read.links(), (None, None));
}

#[tokio::test]
async fn a_command_that_is_dropped_is_cancelled() {
    const NAME: &str = "dropped";
    let Some(server) = shared() else { return };
    let connection = server.observed(NAME).await;
    let waiting = tokio::spawn({
        let mut connection = connection.clone();
        async move { connection.blpop::<_, ()>("dropped:nothing", 0.0).await }
    });
    becomes("a command runs", || read_connection(NAME).in_flight() == Some(1.0)).await;
    waiting.abort();
    within(waiting).await.unwrap_err();
    let read = read_connection(NAME);
    assert_eq!((read.operations("BLPOP", "cancelled"), read.in_flight()), (1, Some(0.0)));
    assert_eq!(read.links(), (None, None));
}

#[tokio::test]
async fn a_command_that_does_not_begin_is_not_recorded() {
    const NAME: &str = "lazy";
    let Some(server) = shared() else { return };
    let mut connection = server.observed(NAME).await;
    drop(connection.get::<_, ()>("lazy:key"));
    let read = read_connection(NAME);
    assert_eq!((read.operations("GET", "cancelled"), read.in_flight()), (0, Some(0.0)));
}

#[tokio::test]
async fn a_command_without_an_answer_shows_nothing_of_the_connection() {
    const NAME: &str = "unanswered";
    let Some(server) = shared() else { return };
    let mut connection = server.observed(NAME).await;
    cmd("PING").set_no_response(true).exec_async(&mut connection).await.unwrap();
    let read = read_connection(NAME);
    assert_eq!((read.operations("PING", ""), read.links()), (1, (None, None)));
    cmd("PING").exec_async(&mut connection).await.unwrap();
    let read = read_connection(NAME);
    assert_eq!((read.operations("PING", ""), read.links()), (2, CONNECTED));
}

#[tokio::test]
async fn the_series_that_are_read_end_with_the_last_clone() {
    const NAME: &str = "ending";
    let Some(server) = shared() else { return };
    let mut first = server.observed(NAME).await;
    let mut second = server.observed(NAME).await;
    for connection in [&mut first, &mut second] {
        cmd("PING").exec_async(connection).await.unwrap();
    }
    // Connections of one name are added up.
    assert_eq!(read_connection(NAME).links(), (Some(2.0), Some(0.0)));
    let clone = second.clone();
    drop((first, second));
    assert_eq!(read_connection(NAME).links(), CONNECTED);
    drop(clone);
    let read = read_connection(NAME);
    assert_eq!((read.links(), read.in_flight()), ((None, None), None));
    assert_eq!(read.operations("PING", ""), 2);
}
