//! Methods with every kind of `self`.

use std::{fmt::Debug, future::ready, pin::Pin, rc::Rc, sync::Arc};

use osapi_metrics::instrumented_job;

use crate::run;

#[derive(Clone, Debug, Default)]
struct Queue {
    items: Vec<u32>,
}

impl Queue {
    #[instrumented_job(name = "receivers.mutable_value")]
    fn mutable_value(mut self, item: u32) -> Self {
        self.items.push(item);
        self
    }

    #[instrumented_job(name = "receivers.pinned")]
    fn pinned(self: Pin<&mut Self>, item: u32) -> usize {
        let this = self.get_mut();
        this.items.push(item);
        this.items.len()
    }

    #[instrumented_job(name = "receivers.shared")]
    fn shared(self: Arc<Self>) -> Option<Arc<Self>> {
        (!self.items.is_empty()).then_some(self)
    }

    #[instrumented_job(name = "receivers.counted")]
    fn counted(self: &Rc<Self>) -> Rc<Self> {
        Rc::clone(self)
    }

    #[instrumented_job(name = "receivers.named_lifetime")]
    fn named_lifetime<'a>(&'a self, _other: &str) -> impl Debug + use<'a> {
        self.items.iter()
    }

    #[instrumented_job(name = "receivers.long_form")]
    #[expect(clippy::needless_arbitrary_self_type, reason = "there are such receivers")]
    fn long_form(self: &mut Self) -> Result<&mut u32, &'static str> {
        self.items.first_mut().ok_or("empty")
    }

    #[instrumented_job(name = "receivers.async_value")]
    async fn async_value(mut self, item: u32) -> Self {
        ready(()).await;
        self.items.push(item);
        self
    }

    #[instrumented_job(name = "receivers.async_pinned")]
    async fn async_pinned(mut self: Pin<&mut Self>, item: u32) -> usize {
        ready(()).await;
        self.items.push(item);
        self.items.len()
    }

    #[instrumented_job(name = "receivers.async_shared")]
    async fn async_shared(self: Arc<Self>) -> usize {
        ready(()).await;
        self.items.len()
    }

    #[instrumented_job(name = "receivers.async_boxed")]
    async fn async_boxed(self: Box<Self>) -> Vec<u32> {
        ready(()).await;
        self.items
    }

    #[instrumented_job(name = "receivers.async_reference")]
    async fn async_reference<'a>(&'a self, other: &'a [u32]) -> Option<&'a u32> {
        ready(()).await;
        self.items.iter().chain(other).max()
    }
}

#[test]
fn self_is_what_it_was() {
    let mut queue = Queue::default().mutable_value(2);
    assert_eq!(Pin::new(&mut queue).pinned(3), 2);
    assert_eq!(format!("{:?}", queue.named_lifetime("")), "Iter([2, 3])");
    *queue.long_form().unwrap() = 1;
    assert_eq!(Rc::new(queue.clone()).counted().items, [1, 3]);
    assert!(Arc::new(queue).shared().is_some());
}

#[test]
fn self_is_what_it_was_in_futures() {
    let mut queue = run(Queue::default().async_value(2));
    assert_eq!(run(Pin::new(&mut queue).async_pinned(3)), 2);
    assert_eq!(run(queue.async_reference(&[7])), Some(&7));
    assert_eq!(run(Arc::new(queue.clone()).async_shared()), 2);
    assert_eq!(run(Box::new(queue).async_boxed()), [2, 3]);
}
