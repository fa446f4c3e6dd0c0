//! What the server pushes, and what the client reports.

use osapi_metrics::instrumentation::redis::ConnectionObserver;
use osapi_metrics_tests::servers;
use redis::{AsyncCommands, PushKind, cmd};
use tokio::sync::mpsc::unbounded_channel;

use super::{CONNECTED, DISCONNECTED, becomes, config, multiplexed, read_connection, within};

fn pushes(name: &'static str, kind: &str) -> (Option<f64>, Option<f64>) {
    let read = read_connection(name);
    let number = |metric| read.number(metric, &[("kind", kind)]);
    (number("osapi_redis_pushes_total"), number("osapi_redis_lost_pushes_total"))
}

#[tokio::test]
async fn messages_are_counted_and_a_disconnection_is_seen_without_a_command() {
    const NAME: &str = "pushed";
    let Some(mut server) = servers::redis() else { return };
    let url = format!("{}?protocol=resp3", server.url());
    let observer = ConnectionObserver::new(NAME);
    let (sender, mut receiver) = unbounded_channel();
    let config = config().set_push_sender(observer.pushes_to(sender));
    let mut connection = within(observer.connect(multiplexed(&url, config))).await.unwrap();

    connection.connection().subscribe("news").await.unwrap();
    connection.connection().psubscribe("n*").await.unwrap();
    connection.publish::<_, _, ()>("news", "one").await.unwrap();
    let mut kinds = Vec::new();
    while kinds.len() < 4 {
        kinds.push(within(receiver.recv()).await.unwrap().kind);
    }
    // The receiver has them all.
    for kind in [PushKind::Subscribe, PushKind::PSubscribe, PushKind::Message, PushKind::PMessage] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    assert_eq!(pushes(NAME, "message"), (Some(2.0), None));
    assert_eq!(pushes(NAME, "subscription"), (Some(2.0), None));
    assert_eq!(read_connection(NAME).links(), CONNECTED);

    drop(receiver);
    connection.publish::<_, _, ()>("news", "two").await.unwrap();
    becomes("two more", || pushes(NAME, "message").0 == Some(4.0)).await;
    assert_eq!(pushes(NAME, "message"), (Some(4.0), Some(2.0)));

    server.kill();
    becomes("the client reports it", || read_connection(NAME).links() == DISCONNECTED).await;
    assert_eq!(pushes(NAME, "disconnection").0, Some(1.0));
    assert_eq!(read_connection(NAME).changes(), (Some(1.0), None));
    // A command that fails afterwards is not another disconnection.
    cmd("PING").exec_async(&mut connection).await.unwrap_err();
    assert_eq!(read_connection(NAME).changes(), (Some(1.0), None));
}
