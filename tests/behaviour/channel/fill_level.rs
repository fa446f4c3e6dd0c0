use osapi_metrics::instrumentation::channel::{self, Sender};
use tokio::sync::mpsc::Receiver;

use super::{Shown, shown};

/// The level of a channel that is open and was never full.
fn level(used: f64, capacity: f64) -> Shown {
    let (capacity, used, usage) = (Some(capacity), Some(used), Some(used / capacity));
    Shown { capacity, used, usage, full: Some(0.0), waits: None }
}

/// What a channel shows that is closed and was never full.
fn nothing() -> Shown {
    Shown { full: Some(0.0), ..Shown::default() }
}

fn channel(name: &'static str) -> (Sender<u32>, Receiver<u32>) {
    channel::channel(4, name)
}

#[tokio::test]
async fn the_level_follows_the_messages() {
    let (sender, mut receiver) = channel("level");
    assert_eq!(shown("level"), level(0.0, 4.0));
    for message in 0..3 {
        sender.send(message).await.unwrap();
    }
    assert_eq!(shown("level"), level(3.0, 4.0));
    receiver.recv().await.unwrap();
    assert_eq!(shown("level"), level(2.0, 4.0));
    let permit = sender.reserve().await.unwrap();
    assert_eq!(shown("level"), level(3.0, 4.0));
    drop(permit);
    assert_eq!(shown("level"), level(2.0, 4.0));
}

#[tokio::test]
async fn an_observed_channel_closes_with_its_last_sender() {
    let (sender, mut receiver) = channel("no senders");
    let clone = sender.clone();
    drop(sender);
    assert_eq!(shown("no senders"), level(0.0, 4.0));
    clone.try_send(1).unwrap();
    drop(clone);
    assert_eq!(receiver.recv().await, Some(1));
    assert_eq!(receiver.recv().await, None);
    assert_eq!(shown("no senders"), nothing());
}

#[test]
fn the_series_end_with_the_last_sender_although_messages_are_left() {
    let (sender, mut receiver) = channel("left");
    sender.try_send(1).unwrap();
    let weak = sender.downgrade();
    drop(sender);
    assert_eq!(shown("left"), nothing());
    assert!(weak.upgrade().is_none());
    assert_eq!(receiver.try_recv(), Ok(1));
}

#[test]
fn the_series_end_when_the_receiver_closes() {
    let (sender, receiver) = channel("dropped receiver");
    drop(receiver);
    assert_eq!(shown("dropped receiver"), nothing());
    drop(sender);

    let (sender, mut receiver) = channel("closed receiver");
    sender.try_send(1).unwrap();
    receiver.close();
    assert_eq!(shown("closed receiver"), nothing());
    assert_eq!(receiver.try_recv(), Ok(1));
}

#[test]
fn a_weak_sender_leads_to_the_same_series() {
    let (sender, _receiver) = channel("weak sender");
    let weak = sender.downgrade();
    let upgraded = weak.upgrade().unwrap();
    drop(sender);
    upgraded.try_send(1).unwrap();
    assert_eq!(shown("weak sender"), level(1.0, 4.0));
}

#[test]
fn channels_of_one_name_are_summed_up() {
    let (first, _first) = channel::channel(4, "shared");
    let (second, _second) = channel::channel(12, "shared");
    first.try_send(1).unwrap();
    second.try_send(1).unwrap();
    second.try_send(2).unwrap();
    second.try_send(3).unwrap();
    let both = Shown { usage: Some(3.0 / 12.0), ..level(4.0, 16.0) };
    assert_eq!(shown("shared"), both);
    drop(second);
    assert_eq!(shown("shared"), level(1.0, 4.0));
}

#[test]
fn a_message_can_own_the_sender_of_an_observed_channel() {
    let (inner, _receiver) = channel("inner");
    let (outer, receiver) = channel::channel(1, "outer");
    outer.try_send(inner).unwrap();
    assert_eq!(shown("inner"), level(0.0, 4.0));
    drop((outer, receiver));
    assert_eq!(shown("inner"), nothing());
}
