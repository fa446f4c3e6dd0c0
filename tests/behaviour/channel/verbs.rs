use std::{panic::catch_unwind, time::Duration};

use osapi_metrics::instrumentation::channel::{self, Sender};
use tokio::sync::mpsc::error::{
    SendError,
    SendTimeoutError::{self, Closed},
    TrySendError,
};

#[tokio::test]
async fn errors_are_the_errors_of_tokio_and_have_the_message() {
    let (sender, receiver) = channel::channel(1, "errors");
    sender.send("first").await.unwrap();
    assert_eq!(sender.try_send("second"), Err(TrySendError::Full("second")));
    assert_eq!(sender.try_reserve().unwrap_err(), TrySendError::Full(()));
    drop(receiver);
    assert_eq!(sender.send("third").await, Err(SendError("third")));
    assert_eq!(sender.try_send("fourth"), Err(TrySendError::Closed("fourth")));
    let limited: Result<(), SendTimeoutError<&str>> =
        sender.send_timeout("fifth", Duration::from_secs(1)).await;
    assert_eq!(limited, Err(Closed("fifth")));
    assert_eq!(sender.reserve().await.unwrap_err(), SendError(()));
    assert_eq!(sender.reserve_many(1).await.unwrap_err(), SendError(()));
    assert_eq!(sender.clone().reserve_owned().await.unwrap_err(), SendError(()));
    assert!(sender.is_closed());
    sender.closed().await;
}

#[test]
fn a_failed_reservation_gives_the_sender_back() {
    let (sender, mut receiver) = channel::channel(1, "given back");
    sender.try_send(1).unwrap();
    let TrySendError::Full(sender) = sender.try_reserve_owned().unwrap_err() else {
        panic!("the channel is full");
    };
    assert_eq!(receiver.try_recv(), Ok(1));
    sender.try_send(2).unwrap();
    drop(receiver);
    assert!(matches!(sender.try_reserve_owned(), Err(TrySendError::Closed(_))));
}

#[test]
fn senders_know_their_channel() {
    let (sender, receiver) = channel::channel::<u8>(3, "known");
    let (other, _other) = channel::channel::<u8>(3, "known");
    let clone = sender.clone();
    assert!(sender.same_channel(&clone) && !sender.same_channel(&other));
    assert_eq!((sender.strong_count(), receiver.sender_strong_count()), (2, 2));
    assert_eq!((sender.capacity(), sender.max_capacity()), (3, 3));
    assert!(!sender.is_closed());
}

#[test]
fn a_channel_without_room_is_refused_as_by_tokio() {
    catch_unwind(|| channel::channel::<u8>(0, "nothing")).unwrap_err();
}

#[tokio::test]
async fn a_blocking_send_in_async_code_panics_although_there_is_room() {
    let (sender, _receiver) = channel::channel(1, "blocking");
    let sending = tokio::spawn(async move { sender.blocking_send(1) });
    assert!(sending.await.unwrap_err().is_panic());
}

#[test]
fn senders_go_wherever_those_of_tokio_go() {
    fn is_send_and_sync<T: Send + Sync + 'static>() {}
    fn is_send<T: Send>(_: T) {}
    // A message that is not `Sync`.
    is_send_and_sync::<Sender<std::cell::Cell<u8>>>();
    let (sender, _receiver) = channel::channel::<std::cell::Cell<u8>>(1, "sent");
    is_send(sender.send(std::cell::Cell::new(1)));
    is_send(sender.reserve_many(1));
    is_send(sender.clone().reserve_owned());
}
