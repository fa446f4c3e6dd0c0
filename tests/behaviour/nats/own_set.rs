//! Clients that are observed in a set of the service, under names of its own.

use osapi_metrics::{
    LabelSet, MetricSet, ObservableCounter, ObservableGauge,
    instrumentation::nats::{self, ClientLabels, NatsMetrics, NatsRoles},
};
use osapi_metrics_tests::servers;

use super::{
    connect,
    reading::{Reading, becomes, read},
    sums::publish,
};
use crate::read_lines_with;

#[derive(Clone, PartialEq, LabelSet)]
struct Link {
    #[label(max = 5)]
    link: &'static str,
}

/// The links of a shop.
#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = NatsRoles, labels = Link))]
struct ShopLinks {
    /// Whether the link is up.
    #[metric(on = connected)]
    link_up: ObservableGauge<Link>,
    /// Messages that were sent over the link.
    #[metric(unit = "{message}", on = sent_messages)]
    link_sent_messages_total: ObservableCounter<Link>,
}

/// The link of a shop that has one, without labels.
#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = NatsRoles))]
struct OneLink {
    /// Messages that were sent over the only link.
    #[metric(unit = "{message}", on = sent_messages)]
    only_link_sent_messages_total: ObservableCounter,
}

/// Whether the link is up, and the messages that were sent over it.
fn link(name: &str) -> (Option<f64>, Option<f64>) {
    let label = format!("link=\"{name}\"");
    let reading = read_lines_with(&label);
    let value = |metric: &str| reading.number(metric, &[("link", name)]);
    (value("shop_link_up"), value("shop_link_sent_messages_total"))
}

#[tokio::test]
async fn clients_with_equal_labels_share_the_series_of_a_set() {
    let (Some(mut killed), Some(server)) = (servers::nats(), servers::nats()) else { return };
    let (first, second) = (connect(&killed).await, connect(&server).await);
    let other = connect(&server).await;
    let observed = nats::observe_in::<ShopLinks>(&first, &Link { link: "orders" });
    let _second = nats::observe_in::<ShopLinks>(&second, &Link { link: "orders" });
    let _other = nats::observe_in::<ShopLinks>(&other, &Link { link: "audit" });
    publish(&first, 3).await;
    publish(&second, 4).await;
    publish(&other, 1).await;
    assert_eq!((link("orders"), link("audit")), ((Some(1.0), Some(7.0)), (Some(1.0), Some(1.0))));

    killed.kill();
    nats::observe_named(&first, "killed-in-a-set").keep();
    becomes("killed-in-a-set", |now| now.connected == Some(0)).await;
    assert_eq!((link("orders").0, link("audit").0), (Some(0.0), Some(1.0)));

    // The sum does not fall when a client leaves it.
    drop(observed);
    assert_eq!(link("orders"), (Some(1.0), Some(7.0)));
}

#[tokio::test]
async fn the_sets_of_a_client_have_series_of_their_own() {
    let Some(server) = servers::nats() else { return };
    let client = connect(&server).await;
    let labels = ClientLabels { client: Some("of-both-sets".into()) };
    let shipped = nats::observe_in::<NatsMetrics>(&client, &labels);
    let same = nats::observe_named(&client, "of-both-sets");
    let own = nats::observe_in::<ShopLinks>(&client, &Link { link: "both" });
    let only = nats::observe_in::<OneLink>(&client, &());
    publish(&client, 2).await;
    let only_sent = || {
        let name = "shop_only_link_sent_messages_total";
        read_lines_with(name).number(name, &[])
    };
    assert_eq!((link("both").1, only_sent()), (Some(2.0), Some(2.0)));
    let read_shipped = read("of-both-sets");
    assert_eq!((read_shipped.connected, read_shipped.sent_messages), (Some(1), Some(2)));

    drop((own, shipped));
    assert_eq!((link("both"), only_sent()), ((None, None), Some(2.0)));
    // The client is observed under this name once more.
    assert_eq!(read("of-both-sets").sent_messages, Some(2));
    drop((same, only));
    assert_eq!((read("of-both-sets"), only_sent()), (Reading::default(), None));
}
