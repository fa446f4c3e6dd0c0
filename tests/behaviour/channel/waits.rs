use std::{
    thread,
    time::{Duration, Instant},
};

use osapi_metrics::instrumentation::channel;
use tokio::{
    sync::mpsc::error::SendTimeoutError::Timeout,
    task::{coop, yield_now},
    time::timeout,
};

use super::{full_and_waits, seconds, shown};

/// The longest time that a test waits for another thread.
const PATIENCE: Duration = Duration::from_secs(60);

const NO_WAIT: (u64, f64) = (0, 0.0);

#[tokio::test]
async fn a_send_that_finds_room_is_not_recorded() {
    let (sender, _receiver) = channel::channel(10, "room");
    sender.send(1).await.unwrap();
    sender.try_send(2).unwrap();
    sender.send_timeout(3, Duration::ZERO).await.unwrap();
    sender.reserve().await.unwrap().send(4);
    sender.try_reserve().unwrap().send(5);
    sender.reserve_many(2).await.unwrap().for_each(|permit| permit.send(6));
    sender.try_reserve_many(1).unwrap().for_each(|permit| permit.send(7));
    let sender = sender.reserve_owned().await.unwrap().send(8);
    let sender = sender.try_reserve_owned().unwrap().release();
    thread::spawn(move || sender.blocking_send(9).unwrap()).join().unwrap();
    assert_eq!(full_and_waits("room"), (0.0, NO_WAIT));
}

#[tokio::test(start_paused = true)]
async fn a_send_that_waits_is_counted_with_its_time() {
    let (sender, mut receiver) = channel::channel(1, "waiting");
    sender.send(1).await.unwrap();
    let sending = tokio::spawn(async move { sender.send(2).await });
    seconds(3).await;
    // It is full already, and the wait is not over.
    assert_eq!(full_and_waits("waiting"), (1.0, NO_WAIT));
    assert_eq!(receiver.recv().await, Some(1));
    sending.await.unwrap().unwrap();
    assert_eq!(receiver.recv().await, Some(2));
    assert_eq!(full_and_waits("waiting"), (1.0, (1, 3.0)));
}

#[tokio::test(start_paused = true)]
async fn a_send_that_is_cancelled_is_counted_with_its_time() {
    let (sender, mut receiver) = channel::channel(1, "cancelled");
    sender.send(1).await.unwrap();
    timeout(Duration::from_secs(2), sender.send(2)).await.unwrap_err();
    assert_eq!(full_and_waits("cancelled"), (1.0, (1, 2.0)));
    assert_eq!(receiver.recv().await, Some(1));
    receiver.try_recv().unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_send_that_waits_for_a_closed_receiver_is_counted_with_its_time() {
    let (sender, receiver) = channel::channel(1, "closed meanwhile");
    sender.send(1).await.unwrap();
    let sending = tokio::spawn(async move { sender.send(2).await });
    seconds(4).await;
    drop(receiver);
    assert_eq!(sending.await.unwrap().unwrap_err().0, 2);
    assert_eq!(full_and_waits("closed meanwhile"), (1.0, (1, 4.0)));
}

#[tokio::test(start_paused = true)]
async fn a_send_with_a_time_limit_is_counted_once() {
    let (sender, mut receiver) = channel::channel(1, "limited");
    sender.send(1).await.unwrap();
    let limited = sender.send_timeout(2, Duration::from_secs(5)).await;
    assert_eq!(limited, Err(Timeout(2)));
    assert_eq!(full_and_waits("limited"), (1.0, (1, 5.0)));
    let at_once = sender.send_timeout(3, Duration::ZERO).await;
    assert_eq!(at_once, Err(Timeout(3)));
    assert_eq!(full_and_waits("limited"), (2.0, (2, 5.0)));

    let sending = tokio::spawn(async move { sender.send_timeout(4, Duration::from_secs(9)).await });
    seconds(1).await;
    assert_eq!(receiver.recv().await, Some(1));
    sending.await.unwrap().unwrap();
    assert_eq!(receiver.recv().await, Some(4));
    assert_eq!(full_and_waits("limited"), (3.0, (3, 6.0)));
}

#[tokio::test]
async fn an_attempt_that_finds_it_full_is_counted_and_has_not_waited() {
    let (sender, _receiver) = channel::channel(2, "attempts");
    sender.try_send(1).unwrap();
    sender.try_reserve_many(2).unwrap_err();
    sender.try_send(2).unwrap();
    sender.try_send(3).unwrap_err();
    sender.try_reserve().unwrap_err();
    sender.try_reserve_owned().unwrap_err();
    assert_eq!(full_and_waits("attempts"), (4.0, NO_WAIT));
}

#[tokio::test]
async fn an_attempt_that_finds_it_closed_is_not_counted_as_full() {
    let (sender, receiver) = channel::channel(1, "closed attempts");
    sender.try_send(1).unwrap();
    drop(receiver);
    sender.try_send(2).unwrap_err();
    sender.try_reserve().unwrap_err();
    sender.send(3).await.unwrap_err();
    sender.reserve().await.unwrap_err();
    let sender = sender.try_reserve_owned().unwrap_err().into_inner();
    thread::spawn(move || sender.blocking_send(4).unwrap_err()).join().unwrap();
    assert_eq!(full_and_waits("closed attempts"), (0.0, NO_WAIT));
}

#[tokio::test(start_paused = true)]
async fn reservations_that_wait_are_counted_with_their_time() {
    let (sender, mut receiver) = channel::channel(2, "reserved");
    sender.send(1).await.unwrap();
    sender.send(2).await.unwrap();
    let reserving = tokio::spawn(async move {
        sender.reserve().await.unwrap().send(3);
        sender.reserve_many(2).await.unwrap().for_each(|permit| permit.send(4));
        sender.reserve_owned().await.unwrap().send(5)
    });
    for _ in 0..4 {
        seconds(1).await;
        receiver.recv().await.unwrap();
    }
    reserving.await.unwrap();
    // One second for the first, two for the next two, which need room for both, one for the last.
    assert_eq!(full_and_waits("reserved"), (3.0, (3, 4.0)));
}

#[test]
fn a_thread_that_waits_is_counted() {
    let (sender, mut receiver) = channel::channel(1, "thread");
    sender.try_send(1).unwrap();
    let sending = thread::spawn(move || sender.blocking_send(2).unwrap());
    let deadline = Instant::now() + PATIENCE;
    while full_and_waits("thread").0 < 1.0 {
        assert!(Instant::now() < deadline, "{:?}", shown("thread"));
        thread::yield_now();
    }
    assert_eq!(receiver.blocking_recv(), Some(1));
    sending.join().unwrap();
    assert_eq!(receiver.blocking_recv(), Some(2));
    let (full, (waits, _)) = full_and_waits("thread");
    assert_eq!((full, waits), (1.0, 1));
}

#[tokio::test]
async fn a_task_without_budget_yields_and_does_not_wait_for_room() {
    let (sender, _receiver) = channel::channel(1000, "budget");
    let yields = tokio::spawn(async move {
        let mut yields = 0;
        for message in 0..1000 {
            if !coop::has_budget_remaining() {
                yields += 1;
            }
            // Sends begin with an odd and with an even rest of the budget.
            if message % 100 == 0 {
                coop::consume_budget().await;
            }
            sender.send(message).await.unwrap();
        }
        sender.try_send(0).unwrap_err();
        yields
    });
    // The budget of a task is much less than the number of messages.
    assert!(yields.await.unwrap() > 0);
    assert_eq!(full_and_waits("budget"), (1.0, NO_WAIT));
}

#[tokio::test(start_paused = true)]
async fn a_send_without_budget_that_then_finds_it_full_waits_from_there() {
    let (sender, mut receiver) = channel::channel(1, "late");
    sender.send(1).await.unwrap();
    let sending = tokio::spawn(async move {
        while coop::has_budget_remaining() {
            coop::consume_budget().await;
        }
        sender.send(2).await
    });
    yield_now().await;
    seconds(2).await;
    assert_eq!(receiver.recv().await, Some(1));
    sending.await.unwrap().unwrap();
    assert_eq!(full_and_waits("late"), (1.0, (1, 2.0)));
}
