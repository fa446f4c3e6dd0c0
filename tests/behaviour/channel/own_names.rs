use osapi_metrics::{
    Counter, Histogram, LabelSet, LabelValue, MetricSet, ObservableGauge,
    instrumentation::channel::{ChannelRoles, channel_in},
};

use super::seconds;
use crate::read;

#[derive(Clone, Copy, Debug, LabelValue)]
enum Component {
    Orchestration,
    Worker,
}

#[derive(Clone, Debug, LabelSet)]
struct ChannelLabels {
    #[label(max = 20)]
    channel: &'static str,
    component: Component,
}

/// The channels of a service with names of its own.
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "mpsc_channel",
    roles(of = ChannelRoles, labels = ChannelLabels),
    allow(non_base_units)
)]
struct MpscChannels {
    /// Share of the channel's capacity that is used.
    #[metric(unit = "%", on = usage)]
    usage_percent: ObservableGauge<ChannelLabels>,
    /// Messages that the channel can hold.
    #[metric(on = capacity)]
    capacity: ObservableGauge<ChannelLabels, u64>,
    /// Sends that found the channel full.
    #[metric(unit = "{event}", on = full)]
    full_events_total: Counter<ChannelLabels>,
}

#[tokio::test]
async fn a_service_records_its_own_names_and_labels() {
    let labels = |component| ChannelLabels { channel: "commands", component };
    let (commands, _commands) = channel_in::<MpscChannels, _>(8, &labels(Component::Orchestration));
    let (_results, _worker) = channel_in::<MpscChannels, u8>(50, &labels(Component::Worker));
    for command in 0..6 {
        commands.send(command).await.unwrap();
    }
    commands.try_send(6).unwrap();
    commands.try_send(7).unwrap();
    commands.try_send(8).unwrap_err();

    let reading = read();
    let number = |metric: &str, component: &str| {
        let labels = [("channel", "commands"), ("component", component)];
        reading.number(&format!("mpsc_channel_{metric}"), &labels)
    };
    assert_eq!(number("usage_percent", "orchestration"), Some(100.0));
    assert_eq!(number("capacity", "orchestration"), Some(8.0));
    assert_eq!(number("full_events_total", "orchestration"), Some(1.0));
    assert_eq!(number("usage_percent", "worker"), Some(0.0));
    assert_eq!(number("capacity", "worker"), Some(50.0));
    assert_eq!(number("full_events_total", "worker"), Some(0.0));
    // The metrics that come with the instrumentation have no series of these channels.
    let shipped = reading.label_values("osapi_channel_capacity", "channel");
    assert!(!shipped.contains(&"commands".to_owned()));
}

/// The one channel of a program.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "letterbox", roles(of = ChannelRoles), allow(non_base_units))]
struct Letterbox {
    /// Time that letters waited.
    #[metric(unit = "ms", buckets = [1, 1000], on = wait)]
    wait_milliseconds: Histogram,
}

#[tokio::test(start_paused = true)]
async fn a_set_without_labels_has_the_unit_that_it_declares() {
    let (sender, mut receiver) = channel_in::<Letterbox, _>(1, &());
    sender.send(1).await.unwrap();
    let sending = tokio::spawn(async move { sender.send(2).await });
    seconds(2).await;
    receiver.recv().await.unwrap();
    sending.await.unwrap().unwrap();
    let waits = read().histogram("letterbox_wait_milliseconds", &[]).unwrap();
    assert_eq!((waits.count, waits.sum), (1, 2000.0));
}
