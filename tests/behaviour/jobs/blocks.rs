//! The attribute on `impl` blocks: each method is a job.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use futures_util::{Stream, StreamExt, stream};
use osapi_metrics::{
    Counter, ErrorType, LabelSet, MetricSet, instrumented_job, jobs::JobDescriptor,
};

use super::{Ends, ends, errors::errors};
use crate::{RUNTIME, read, read_lines_with};

fn completed(completed: u64) -> Ends {
    Ends { completed, ..Ends::default() }
}

/// The handler of this name, which is the only one.
fn handler(job_name: &str) -> &'static JobDescriptor {
    let jobs: Vec<_> = RUNTIME.catalogue().jobs().filter(|job| job.name == job_name).collect();
    let [job] = jobs[..] else { panic!("{job_name}: {jobs:?}") };
    job
}

fn is_handler(job_name: &str) -> bool {
    RUNTIME.catalogue().jobs().any(|job| job.name == job_name)
}

#[derive(Debug, PartialEq)]
struct BlockQueue<T> {
    items: Vec<T>,
}

#[instrumented_job]
impl<T: Clone + fmt::Debug> BlockQueue<T>
where
    T: PartialEq,
{
    #![allow(clippy::unnecessary_wraps, reason = "a lint level of the whole block")]

    /// The most items.
    const LIMIT: usize = { 1 + 1 };

    fn new() -> Self {
        Self { items: Vec::with_capacity(Self::LIMIT) }
    }

    fn push(&mut self, item: T) -> Result<&mut Self, T> {
        if self.items.len() == Self::LIMIT {
            return Err(item);
        }
        self.items.push(item);
        Ok(self)
    }

    async fn take(mut self, wanted: &T) -> Option<T> {
        tokio::task::yield_now().await;
        let at = self.items.iter().position(|item| item == wanted)?;
        Some(self.items.swap_remove(at))
    }

    #[instrumented_job(name = "block.own_name")]
    fn map<U>(&self, map: impl Fn(&T) -> U) -> Vec<U> {
        self.items.iter().map(map).collect()
    }

    #[instrumented_job(skip)]
    fn len(&self) -> usize {
        self.items.len()
    }

    #[cfg(any())]
    fn of_another_configuration(&self) -> NoSuchType {}

    #[instrumented_job]
    #[must_use = "it is a number"]
    pub(self) fn r#loop(&self) -> usize {
        self.len()
    }
}

#[tokio::test]
async fn each_method_of_a_block_is_a_job() {
    let mut queue = BlockQueue::new();
    assert_eq!(queue.push("a").unwrap().push("b").unwrap().push("c"), Err("c"));
    assert_eq!(queue.map(|item| item.len()), [1, 1]);
    assert_eq!(queue.r#loop(), 2);
    assert_eq!(queue.take(&"b").await, Some("b"));
    assert_eq!(BlockQueue::<u8>::new().take(&1).await, None);

    assert_eq!(ends("block_queue.new"), completed(2));
    assert_eq!(ends("block_queue.push"), Ends { completed: 2, failed: 1, ..Ends::default() });
    assert_eq!(errors("block_queue.push", "other"), Some(1.0));
    assert_eq!(ends("block_queue.take"), completed(2));
    assert_eq!(ends("block_queue.loop"), completed(1));
    assert_eq!(ends("block.own_name"), completed(1));
    for no_job in ["block_queue.len", "block_queue.map", "block_queue.of_another_configuration"] {
        assert!(!is_handler(no_job), "{no_job}");
    }
    let push = handler("block_queue.push");
    let line =
        include_str!("blocks.rs").lines().position(|line| line.contains("fn push(")).unwrap();
    assert_eq!(usize::try_from(push.origin.line).unwrap(), line + 1, "{}", push.origin);
}

trait BlockWorker {
    type Output: Send;

    const NAME: &'static str;

    fn work(&mut self) -> Self::Output;

    fn name(&self) -> &'static str {
        Self::NAME
    }
}

#[derive(Debug)]
struct Cropper(u8);

#[instrumented_job]
impl Cropper {
    fn work(&self) -> u8 {
        self.0
    }
}

#[instrumented_job]
impl BlockWorker for Cropper {
    type Output = u8;

    const NAME: &'static str = "cropper";

    fn work(&mut self) -> Self::Output {
        self.0 += 1;
        self.0
    }
}

#[instrumented_job]
impl<T: BlockWorker, const N: usize> BlockWorker for [T; N] {
    type Output = Vec<T::Output>;

    const NAME: &'static str = T::NAME;

    fn work(&mut self) -> Self::Output {
        self.iter_mut().map(T::work).collect()
    }
}

#[instrumented_job(prefix = "block.boxed")]
impl<T: BlockWorker + ?Sized> BlockWorker for Box<T> {
    type Output = T::Output;

    const NAME: &'static str = T::NAME;

    fn work(&mut self) -> T::Output {
        (**self).work()
    }

    fn name(&self) -> &'static str {
        T::name(self)
    }
}

/// Blocks with methods of one name have jobs of different names.
#[test]
fn a_block_of_a_trait_has_names_of_its_own() {
    assert_eq!(Cropper(1).work(), 1);
    let mut croppers = [Box::new(Cropper(1)), Box::new(Cropper(2))];
    assert_eq!(croppers.work(), [2, 3]);
    assert_eq!(croppers[0].name(), "cropper");
    for (job_name, number) in [
        ("cropper.work", 1),
        ("cropper.block_worker.work", 2),
        ("block_worker.work", 1),
        ("block.boxed.work", 2),
        ("block.boxed.name", 1),
    ] {
        assert_eq!(ends(job_name), completed(number), "{job_name}");
    }
    assert!(!is_handler("cropper.block_worker.name"), "a method that the trait provides");
}

#[async_trait]
trait Handler: Send + Sync {
    async fn handle(&mut self, text: &str) -> Result<usize, std::num::ParseIntError>;

    async fn rest(self: Box<Self>) -> String;
}

#[derive(Default)]
struct Inside(String);

#[async_trait]
#[instrumented_job]
impl Handler for Inside {
    async fn handle(&mut self, text: &str) -> Result<usize, std::num::ParseIntError> {
        tokio::task::yield_now().await;
        self.0.push_str(text);
        Ok(self.0.len() + text.parse::<usize>()?)
    }

    async fn rest(mut self: Box<Self>) -> String {
        std::mem::take(&mut self.0)
    }
}

#[derive(Default)]
struct Outside(String);

#[instrumented_job]
#[async_trait]
impl Handler for Outside {
    async fn handle(&mut self, text: &str) -> Result<usize, std::num::ParseIntError> {
        tokio::task::yield_now().await;
        self.0.push_str(text);
        Ok(self.0.len() + text.parse::<usize>()?)
    }

    async fn rest(mut self: Box<Self>) -> String {
        std::mem::take(&mut self.0)
    }
}

#[tokio::test]
async fn the_attribute_and_async_trait_go_in_any_order() {
    let handlers: [Box<dyn Handler>; 2] = [Box::<Inside>::default(), Box::<Outside>::default()];
    for mut handler in handlers {
        assert_eq!(handler.handle("5").await, Ok(6));
        assert!(handler.handle("x").await.is_err());
        drop(handler.handle("y"));
        assert_eq!(handler.rest().await, "5x");
    }
    for job_name in ["inside.handler.handle", "outside.handler.handle"] {
        let expected = Ends { completed: 1, failed: 1, ..Ends::default() };
        assert_eq!(ends(job_name), expected, "{job_name}");
        assert_eq!(errors(job_name, "invalid_data"), Some(1.0), "{job_name}");
    }
    assert_eq!(ends("inside.handler.rest"), completed(1));
    assert_eq!(ends("outside.handler.rest"), completed(1));
}

#[derive(Debug, ErrorType)]
enum StoreError {
    Full,
    Snoozed,
}

struct Store;

/// The closures are those of the methods that return a `Result`, `item_errors` is that of the
/// stream, and each method can have another value.
#[instrumented_job(
    prefix = "block.store",
    error_type = |error: &StoreError| format!("block_{}", error.error_type()),
    ok_if = |error| matches!(error, StoreError::Snoozed),
    item_errors,
    slo(latency = "10m", target = 0.9),
    queued_at = SystemTime::now() - Duration::from_secs(7200),
)]
impl Store {
    fn put(error: Option<StoreError>) -> Result<(), StoreError> {
        error.map_or(Ok(()), Err)
    }

    fn count() -> usize {
        1
    }

    fn wait() {}

    #[instrumented_job(error_type = |_| "method", output_size = |bytes: &Vec<u8>| bytes.len())]
    async fn get(error: Option<StoreError>) -> Result<Vec<u8>, StoreError> {
        error.map_or(Ok(vec![1, 2]), Err)
    }

    #[instrumented_job(slo(latency = "5ms", target = 0.5), name = "block.store_items")]
    fn items(error: StoreError) -> impl Stream<Item = Result<u8, StoreError>> + use<> {
        stream::iter([Ok(1), Err(StoreError::Snoozed), Err(error)])
    }
}

#[tokio::test]
async fn methods_inherit_the_keys_that_fit_them() {
    for error in [None, Some(StoreError::Full), Some(StoreError::Snoozed)] {
        drop(Store::put(error));
    }
    Store::wait();
    assert_eq!(Store::count(), 1);
    assert_eq!(Store::get(None).await.unwrap(), [1, 2]);
    Store::get(Some(StoreError::Full)).await.unwrap_err();
    Store::items(StoreError::Full).collect::<Vec<_>>().await;

    let expected = Ends { completed: 2, failed: 1, ..Ends::default() };
    assert_eq!(ends("block.store.put"), expected);
    assert_eq!(errors("block.store.put", "block_full"), Some(1.0));
    assert_eq!(errors("block.store.get", "method"), Some(1.0));
    assert_eq!(ends("block.store_items"), Ends { failed: 1, ..Ends::default() });
    assert_eq!(errors("block.store_items", "block_full"), Some(1.0));
    let of_errors = ["error_type", "ok_if", "queued_at", "slo"];
    for (job_name, keys) in [
        ("block.store.put", &of_errors[..]),
        ("block.store.count", &["queued_at", "slo"]),
        ("block.store.wait", &["queued_at", "slo"]),
        ("block.store.get", &["error_type", "ok_if", "queued_at", "output_size", "slo"]),
        ("block.store_items", &of_errors[..]),
    ] {
        assert_eq!(handler(job_name).keys, keys, "{job_name}");
        let name = [("job_name", job_name)];
        let waits = read().histogram("osapi_job_queue_wait_seconds", &name).unwrap();
        assert!(waits.count > 0 && waits.sum > 7000.0, "{job_name}: {waits:?}");
    }
    assert_eq!(handler("block.store.put").slo.unwrap().latency, Duration::from_secs(600));
    assert_eq!(handler("block.store_items").slo.unwrap().latency, Duration::from_millis(5));
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct StepLabels {
    urgent: bool,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "blocks", job(labels = StepLabels))]
struct StepMetrics {
    /// Steps done.
    #[metric(on = completed)]
    steps_done_total: Counter<StepLabels>,
}

struct Steps {
    urgent: bool,
}

#[instrumented_job(metrics = StepMetrics, labels = StepLabels { urgent: self.urgent })]
impl Steps {
    fn one(&self) {}

    async fn another(&self) {}

    #[instrumented_job(labels = StepLabels { urgent: true })]
    fn by_itself() {}
}

#[tokio::test]
async fn a_block_has_labels_in_another_set() {
    for urgent in [false, true] {
        let steps = Steps { urgent };
        steps.one();
        steps.another().await;
    }
    Steps::by_itself();
    let reading = read_lines_with("blocks_steps_done_total");
    let done = |urgent| reading.number("blocks_steps_done_total", &[("urgent", urgent)]);
    assert_eq!((done("false"), done("true")), (Some(2.0), Some(3.0)));
    assert_eq!(handler("steps.by_itself").set, "StepMetrics");
}

macro_rules! counting {
    ($ty:ident $body:tt) => {
        struct $ty;

        #[instrumented_job(prefix = "block.macro")]
        impl $ty $body
    };
}

counting! {
    Counting {
        fn count(self) -> u8 {
            3
        }
    }
}

macro_rules! methods {
    ($ty:ty { $($visibility:vis fn $name:ident() -> $output:ty $body:block)* }) => {
        #[instrumented_job]
        impl $ty {
            $($visibility fn $name() -> $output $body)*
        }
    };
}

struct Generated<T>(T);

methods! {
    Generated<u8> {
        pub(crate) fn one() -> u8 { 1 }
        fn two() -> Option<u8> { Some(2) }
    }
}

#[test]
fn blocks_can_be_written_by_macros() {
    let _ = Generated(0);
    assert_eq!((Counting.count(), Generated::<u8>::one()), (3, 1));
    assert_eq!(Generated::<u8>::two(), Some(2));
    for job_name in ["block.macro.count", "generated_u8.one", "generated_u8.two"] {
        assert_eq!(ends(job_name), completed(1), "{job_name}");
    }
}
