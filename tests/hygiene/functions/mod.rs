//! Every kind of function can be a job, and does not change for its callers.

mod generic;
mod inferred;
mod neighbours;
mod receivers;
mod returned_futures;
mod traits;

use std::{
    borrow::Cow,
    fmt::{self, Display},
    future::Future,
    io,
    num::ParseIntError,
    rc::Rc,
    time::{Duration, SystemTime},
};

use osapi_metrics::instrumented_job;

use crate::run;

const MINUTE: Duration = Duration::from_secs(60);

#[instrumented_job(name = "functions.nothing")]
fn nothing() {}

#[instrumented_job(name = "functions.question_mark")]
fn question_mark(text: &str) -> Result<u32, ParseIntError> {
    let number: u32 = text.parse()?;
    if number == 0 {
        return Ok(1);
    }
    Ok(number)
}

#[instrumented_job(name = "functions.option")]
fn option(text: Option<&str>) -> Option<usize> {
    Some(text?.len())
}

#[instrumented_job(name = "functions.never")]
fn never(message: &str) -> ! {
    panic!("{message}")
}

#[instrumented_job(name = "functions.boxed_error")]
fn boxed_error(text: &str) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    Ok(text.parse()?)
}

#[instrumented_job(name = "functions.patterns")]
fn patterns(
    (first, mut second): (u32, u32),
    [.., last]: [u32; 3],
    Point { x, y: _ }: Point,
    _: &str,
) -> u32 {
    second += first;
    second + last + x
}

struct Point {
    x: u32,
    #[expect(dead_code, reason = "left out by the pattern")]
    y: u32,
}

#[instrumented_job(name = "functions.lifetimes")]
fn lifetimes<'a, 'b: 'a>(one: &'a str, other: &'b str) -> &'a str {
    if one.is_empty() { other } else { one }
}

#[instrumented_job(name = "functions.impl_trait")]
fn impl_trait(values: impl IntoIterator<Item = u32>) -> impl Into<u64> {
    values.into_iter().sum::<u32>()
}

#[instrumented_job(name = "functions.impl_display")]
fn impl_display(text: &str) -> Result<impl Display + use<'_>, fmt::Error> {
    if text.is_empty() {
        return Err(fmt::Error);
    }
    Ok(text)
}

#[instrumented_job(name = "functions.boxed_closure")]
fn boxed_closure(step: u32) -> Box<dyn Fn(u32) -> u32> {
    Box::new(move |value| value + step)
}

/// Has to be used.
#[instrumented_job(name = "functions.must_use")]
#[must_use]
#[inline]
fn must_use() -> u32 {
    1
}

#[instrumented_job(name = "functions.recursive")]
fn recursive(depth: u32) -> u32 {
    if depth == 0 { 0 } else { 1 + recursive(depth - 1) }
}

#[instrumented_job(name = "functions.consumed")]
fn consumed(text: String) -> Cow<'static, str> {
    Cow::Owned(text)
}

#[instrumented_job(name = "functions.asynchronous")]
async fn asynchronous(text: &str) -> Result<usize, io::Error> {
    let length = nested(text).await?;
    for _ in 0..3 {
        if length > 2 {
            return Ok(length);
        }
    }
    Err(io::ErrorKind::InvalidInput.into())
}

#[instrumented_job(name = "functions.nested", queued_at = std::time::SystemTime::now())]
async fn nested(text: &str) -> Result<usize, io::Error> {
    std::future::ready(()).await;
    Ok(text.len())
}

#[instrumented_job(name = "functions.async_impl_trait")]
async fn async_impl_trait(value: impl Into<u64> + Send) -> impl Display + Send {
    value.into()
}

#[instrumented_job(name = "functions.bounded")]
async fn bounded<'a, T, const N: usize>(values: &'a [T; N], of: usize) -> Option<&'a T>
where
    T: Clone + Sync,
{
    std::future::ready(()).await;
    values.get(of)
}

#[instrumented_job(name = "functions.not_send")]
async fn not_send(count: Rc<u32>) -> u32 {
    std::future::ready(()).await;
    *count
}

#[derive(Clone)]
struct Queue {
    items: Vec<u32>,
}

impl Queue {
    #[instrumented_job(name = "functions.associated")]
    fn associated(items: &[u32]) -> Self {
        Self { items: items.to_vec() }
    }

    #[instrumented_job(name = "functions.by_reference")]
    fn by_reference(&self) -> Option<&u32> {
        self.items.first()
    }

    #[instrumented_job(name = "functions.by_mutable_reference")]
    fn by_mutable_reference(&mut self, item: u32) -> &mut Vec<u32> {
        self.items.push(item);
        &mut self.items
    }

    #[instrumented_job(name = "functions.by_value", output_size = |items: &Vec<u32>| items.len())]
    fn by_value(self) -> Vec<u32> {
        self.items
    }

    #[instrumented_job(name = "functions.by_box")]
    fn by_box(self: Box<Self>) -> usize {
        self.items.len()
    }

    #[instrumented_job(name = "functions.async_method")]
    async fn async_method(&mut self, item: u32) -> usize {
        std::future::ready(()).await;
        self.items.push(item);
        self.items.len()
    }
}

trait Work {
    type Output;

    fn work(&self, by: u32) -> Self::Output;

    #[instrumented_job(name = "functions.provided")]
    fn provided(&self) -> Self::Output {
        self.work(2)
    }

    fn work_later(&mut self) -> impl Future<Output = usize> + Send;
}

impl Work for Queue {
    type Output = Vec<u32>;

    #[instrumented_job(name = "functions.of_a_trait")]
    fn work(&self, by: u32) -> Self::Output {
        self.items.iter().map(|item| item * by).collect()
    }

    #[instrumented_job(name = "functions.async_of_a_trait")]
    async fn work_later(&mut self) -> usize {
        std::future::ready(()).await;
        self.items.len()
    }
}

macro_rules! jobs {
    ($($function:ident, $name:literal, $queued_at:expr, $ty:ty, $value:expr;)*) => {$(
        #[instrumented_job(name = $name, queued_at = $queued_at, output_size = |of: &$ty| *of)]
        fn $function(value: $ty) -> $ty {
            let given = $value;
            value + given
        }
    )*};
}
jobs! {
    by_macro, "functions.by_macro", Some(SystemTime::now()), u32, 1;
    by_macro_too, "functions.by_macro_too", SystemTime::now() - MINUTE, u64, 2;
}

#[instrumented_job(name = "functions.operators", queued_at = SystemTime::now() - MINUTE)]
fn operators() {}

struct Letter {
    queued_at: SystemTime,
    text: String,
}

// `queued_at` reads the argument before the body moves it.
#[instrumented_job(name = "functions.taken", queued_at = letter.queued_at)]
fn taken(letter: Letter) -> String {
    letter.text
}

#[instrumented_job(name = "functions.taken_async", queued_at = letter.queued_at)]
async fn taken_async(letter: Letter) -> String {
    let taken = letter;
    std::future::ready(()).await;
    taken.text
}

#[instrumented_job(name = "functions.items")]
fn items_first() -> u32 {
    const ONE: u32 = 1;
    ONE
}

#[test]
fn functions_return_what_they_returned() {
    nothing();
    assert_eq!(question_mark("0"), Ok(1));
    assert!(question_mark("zero").is_err());
    assert_eq!((option(Some("two")), option(None)), (Some(3), None));
    assert!(std::panic::catch_unwind(|| never("for the test")).is_err());
    assert!(boxed_error("two").is_err());
    assert_eq!(patterns((1, 2), [0, 0, 3], Point { x: 4, y: 5 }, "six"), 10);
    assert_eq!(lifetimes("", "other"), "other");
    assert_eq!(impl_trait([1, 2]).into(), 3);
    assert_eq!(impl_display("text").map(|text| text.to_string()).as_deref(), Ok("text"));
    assert_eq!(boxed_closure(1)(2), 3);
    assert_eq!(must_use(), 1);
    assert_eq!(recursive(3), 3);
    assert_eq!(consumed("text".to_owned()), "text");
    assert_eq!((by_macro(1), by_macro_too(1)), (2, 3));
    operators();
    let letter = || Letter { queued_at: SystemTime::now() - MINUTE, text: "text".to_owned() };
    assert_eq!((taken(letter()).as_str(), run(taken_async(letter())).as_str()), ("text", "text"));
    assert_eq!(items_first(), 1);
}

#[test]
fn methods_return_what_they_returned() {
    let mut queue = Queue::associated(&[1, 2]);
    assert_eq!(queue.by_reference(), Some(&1));
    assert_eq!(queue.by_mutable_reference(3).len(), 3);
    assert_eq!(run(queue.async_method(4)), 4);
    assert_eq!(queue.provided(), [2, 4, 6, 8]);
    assert_eq!(run(queue.work_later()), 4);
    assert_eq!(Box::new(queue.clone()).by_box(), 4);
    assert_eq!(queue.by_value(), [1, 2, 3, 4]);
}

#[test]
fn futures_return_what_they_returned() {
    assert_eq!(run(asynchronous("text")).ok(), Some(4));
    assert_eq!(run(async_impl_trait(1_u32)).to_string(), "1");
    assert_eq!(run(bounded(&[1, 2], 1)), Some(&2));
    assert_eq!(run(not_send(Rc::new(5))), 5);
}

#[test]
fn futures_stay_send() {
    fn assert_send(_: impl Send) {}

    let mut queue = Queue::associated(&[]);
    assert_send(asynchronous("text"));
    assert_send(async_impl_trait(1_u32));
    assert_send(bounded(&[1, 2], 1));
    assert_send(queue.async_method(1));
    assert_send(queue.work_later());
}
