//! A service's own names for what is measured.

use osapi_metrics::{
    Counter, Histogram, LabelSet, MetricSet, ObservableGauge,
    instrumentation::{
        database::Operation,
        redis::{ObservedConnection, RedisRoles},
    },
    roles::RoleLabels,
};
use redis::{AsyncCommands, pipe};

use super::shared;
use crate::read;

/// The queue of a service, under the names of its dashboards.
#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = RedisRoles))]
struct ShopQueue {
    /// Commands, by name and whether they succeeded.
    #[metric(name = "shop.redis.commands.total", unit = "{command}", on = commands)]
    commands: Counter<CommandLabels>,
    /// Time of commands and batches in milliseconds.
    #[metric(
        name = "shop.redis.duration",
        buckets = [1, 5, 10, 50, 100],
        records_in = "ms",
        on = operation_duration,
    )]
    duration: Histogram,
    /// Whether there is a connection.
    #[metric(name = "shop.redis.connected", on = connected)]
    connected: ObservableGauge<(), u64>,
    /// Operations without an answer.
    #[metric(name = "shop.redis.in_flight", on = in_flight)]
    in_flight: ObservableGauge<(), u64>,
}

#[derive(LabelSet)]
struct CommandLabels {
    #[label(max = 100)]
    command: &'static str,
    success: bool,
}

impl RoleLabels<(), Operation> for CommandLabels {
    fn role_labels((): &(), operation: &Operation) -> Self {
        Self { command: operation.name, success: operation.error_type.is_none() }
    }
}

#[tokio::test]
async fn a_set_of_a_service_records_under_its_own_names() {
    let Some(server) = shared() else { return };
    let connection = server.plain().await;
    let mut connection = ObservedConnection::new_in::<ShopQueue>(connection, &());
    assert_eq!(read().number("shop_redis_connected", &[]), None);
    connection.set::<_, _, ()>("own:key", "text").await.unwrap();
    connection.lpush::<_, _, ()>("own:key", 1).await.unwrap_err();
    pipe().get("own:key").get("own:key").exec_async(&mut connection).await.unwrap();

    let read = read();
    for (command, success, expected) in
        [("SET", "true", 1.0), ("LPUSH", "false", 1.0), ("GET", "true", 2.0)]
    {
        let labels = [("command", command), ("success", success)];
        assert_eq!(read.number("shop_redis_commands_total", &labels), Some(expected), "{command}");
    }
    let duration = read.histogram("shop_redis_duration", &[]).unwrap();
    assert_eq!(duration.count, 3);
    assert!(duration.sum > 0.0, "{duration:?}");
    assert_eq!(read.number("shop_redis_connected", &[]), Some(1.0));
    assert_eq!(read.number("shop_redis_in_flight", &[]), Some(0.0));
}
