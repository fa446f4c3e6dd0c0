//! Functions that return futures without being `async`, handwritten and as macros generate them.

use std::{
    borrow::Cow,
    error::Error,
    fmt::Display,
    future::{Future, ready},
    marker::PhantomPinned,
    pin::Pin,
    rc::Rc,
    sync::Arc,
};

use async_recursion::async_recursion;
use async_trait::async_trait;
use futures_util::{
    FutureExt,
    future::{self, BoxFuture, LocalBoxFuture},
};
use osapi_metrics::instrumented_job;

use crate::run;

type Failure = Box<dyn Error + Send + Sync>;

#[instrumented_job(name = "returned_futures.plain")]
fn plain() -> impl Future<Output = u64> {
    async { 1 }
}

/// The signature alone determines the type of the error, which does not have a class.
#[instrumented_job(name = "returned_futures.inferred")]
fn inferred(ready_made: bool) -> impl Future<Output = Result<u64, PhantomPinned>> {
    let value = if ready_made { Ok(3) } else { Err(PhantomPinned) };
    ready(value.or(Ok(4)))
}

#[instrumented_job(name = "returned_futures.displayed")]
fn displayed(text: &str) -> impl Future<Output = impl Display> {
    let length = text.len();
    ready(length)
}

#[instrumented_job(name = "returned_futures.unit")]
fn unit(seen: &std::cell::Cell<u8>) -> impl Future<Output = ()> + '_ {
    async { seen.set(1) }
}

#[instrumented_job(name = "returned_futures.question_mark")]
fn question_mark(text: &str) -> impl Future<Output = Result<Box<str>, Failure>> + Send + use<'_> {
    async move {
        let number: u8 = ready(text).await.parse()?;
        if number == 0 {
            return Err("zero".into());
        }
        Ok(text.into())
    }
}

#[instrumented_job(name = "returned_futures.bounds")]
fn bounds<'a, T, F, const N: usize>(
    values: &'a [T; N],
    mut map: F,
) -> impl Future<Output = Vec<T>> + Send + use<'a, T, F, N>
where
    T: Clone + Send + Sync + 'a,
    F: FnMut(&T) -> T + Send,
{
    async move { values.iter().map(|value| map(ready(value).now_or_never().unwrap())).collect() }
}

#[instrumented_job(name = "returned_futures.argument")]
fn argument(
    future: impl Future<Output = u8> + Send,
    (one, Point { x, .. }): (u8, Point),
) -> impl Future<Output = impl Display> + Send {
    let sum = one + x;
    async move { future.await + sum }
}

struct Point {
    x: u8,
    _pin: PhantomPinned,
}

#[instrumented_job(name = "returned_futures.unpin")]
fn unpin(value: u8) -> impl Future<Output = u8> + Unpin + Send {
    ready(value)
}

#[instrumented_job(name = "returned_futures.full_paths")]
fn full_paths<'a>(
    text: &'a str,
) -> std::pin::Pin<
    std::boxed::Box<dyn std::future::Future<Output = std::borrow::Cow<'a, str>> + Send + 'a>,
> {
    std::boxed::Box::pin(async move { Cow::Borrowed(text) })
}

#[instrumented_job(name = "returned_futures.boxed_only")]
fn boxed_only(value: u8) -> Box<dyn Future<Output = u8> + Send + Unpin> {
    Box::new(ready(value))
}

#[instrumented_job(name = "returned_futures.alias_of_a_result")]
fn alias_of_a_result(fails: bool) -> BoxFuture<'static, std::io::Result<()>> {
    if fails {
        return Box::pin(async { Err(std::io::ErrorKind::NotFound.into()) });
    }
    future::ok(()).boxed()
}

#[instrumented_job(name = "returned_futures.local")]
fn local(count: Rc<u8>) -> LocalBoxFuture<'static, Rc<u8>> {
    Box::pin(async move { count })
}

#[instrumented_job(name = "returned_futures.delegated")]
fn delegated(text: &str) -> impl Future<Output = Result<Box<str>, Failure>> {
    question_mark(text)
}

#[instrumented_job(name = "returned_futures.in_a_block")]
fn in_a_block(step: u8) -> BoxFuture<'static, u8> {
    let twice = {
        fn twice(value: u8) -> u8 {
            value * 2
        }
        twice(step)
    };
    let future = async move { twice };
    match step {
        0 => Box::pin(future),
        _ => future.map(|twice| twice + 1).boxed(),
    }
}

#[derive(Clone, Default)]
struct Queue(Vec<u8>);

impl Queue {
    #[instrumented_job(name = "returned_futures.by_reference")]
    fn by_reference(&self) -> impl Future<Output = Option<&u8>> {
        async { self.0.first() }
    }

    #[instrumented_job(name = "returned_futures.by_mutable_reference")]
    fn by_mutable_reference<'a>(
        &'a mut self,
        items: &[u8],
    ) -> Pin<Box<dyn Future<Output = &'a mut Vec<u8>> + Send + 'a>> {
        self.0.extend(items);
        Box::pin(async move { &mut self.0 })
    }

    #[instrumented_job(name = "returned_futures.by_value")]
    fn by_value(mut self, item: u8) -> impl Future<Output = Self> + Send + 'static {
        async move {
            self.0.push(item);
            self
        }
    }

    #[instrumented_job(name = "returned_futures.shared")]
    fn shared(self: Arc<Self>) -> BoxFuture<'static, usize> {
        async move { self.0.len() }.boxed()
    }

    #[instrumented_job(name = "returned_futures.pinned")]
    fn pinned<'a>(self: Pin<&'a mut Self>) -> impl Future<Output = Pin<&'a mut Self>> + use<'a> {
        async move { self }
    }
}

trait Service<Request> {
    type Response;

    fn call(&mut self, request: Request) -> impl Future<Output = Self::Response> + Send;

    #[instrumented_job(name = "returned_futures.provided")]
    fn call_twice(&mut self, request: Request) -> impl Future<Output = [Self::Response; 2]> + Send
    where
        Self: Send,
        Request: Clone + Send,
        Self::Response: Send,
    {
        async move { [self.call(request.clone()).await, self.call(request).await] }
    }
}

impl Service<&str> for Queue {
    type Response = usize;

    #[instrumented_job(name = "returned_futures.service")]
    fn call(&mut self, request: &str) -> impl Future<Output = Self::Response> + Send {
        let length = request.len();
        async move {
            self.0.push(u8::try_from(length).unwrap());
            length
        }
    }
}

#[test]
fn futures_give_what_they_gave() {
    let seen = std::cell::Cell::new(0);
    assert_eq!(run(plain()), 1);
    assert_eq!(run(inferred(false)), Ok(4));
    assert_eq!(run(displayed("ab")).to_string(), "2");
    run(unit(&seen));
    assert_eq!(seen.get(), 1);
    assert_eq!(run(question_mark("1")).unwrap().as_ref(), "1");
    assert!(run(question_mark("0")).is_err() && run(delegated("x")).is_err());
    assert_eq!(run(bounds(&[1, 2], |value| value + 1)), [2, 3]);
    let point = Point { x: 2, _pin: PhantomPinned };
    assert_eq!(run(argument(ready(1), (3, point))).to_string(), "6");
    assert_eq!((run(unpin(1)), run(boxed_only(2))), (1, 2));
    assert_eq!(run(full_paths("text")), "text");
    assert!(run(alias_of_a_result(true)).is_err() && run(alias_of_a_result(false)).is_ok());
    assert_eq!(*run(local(Rc::new(3))), 3);
    assert_eq!((run(in_a_block(0)), run(in_a_block(1))), (0, 3));
    let mut queue = run(Queue::default().by_value(1));
    assert_eq!(run(queue.by_reference()), Some(&1));
    assert_eq!(run(queue.by_mutable_reference(&[2])).len(), 2);
    assert_eq!(run(queue.call_twice("abc")), [3, 3]);
    assert_eq!(run(Pin::new(&mut queue).pinned()).0, [1, 2, 3, 3]);
    assert_eq!(run(Arc::new(queue).shared()), 4);
}

#[test]
fn futures_keep_their_bounds() {
    fn is_send<F: Future + Send>(future: F) -> F {
        future
    }
    fn is_unpin<F: Future + Unpin>(future: F) -> F {
        future
    }
    fn is_static<F: Future + 'static>(future: F) -> F {
        future
    }
    let text = String::from("1");
    assert!(run(is_send(question_mark(&text))).is_ok());
    assert_eq!(run(is_unpin(is_send(unpin(1)))), 1);
    assert_eq!(run(is_static(Queue::default().by_value(1))).0, [1]);
    assert_eq!(run(is_send(bounds(&[text], String::clone))), ["1"]);
}

#[async_trait]
trait Handler: Send + Sync {
    async fn handle(&self, text: &str, times: usize) -> Result<String, Failure>;

    async fn take(self: Arc<Self>, (one, other): (u8, u8)) -> u8;

    async fn grow(&mut self, by: u8) -> &mut u8;

    #[instrumented_job(name = "returned_futures.provided_boxed")]
    async fn handle_twice(&self, text: &str) -> Result<String, Failure> {
        let once = self.handle(text, 1).await?;
        if once.is_empty() {
            return Err("empty")?;
        }
        Ok(once + &self.handle(text, 2).await?)
    }

    #[instrumented_job(name = "returned_futures.nothing")]
    async fn nothing(&self) {}

    #[instrumented_job(name = "returned_futures.generic")]
    async fn generic<T>(
        &self,
        value: T,
        values: impl IntoIterator<Item = T> + Send + 'static,
    ) -> Vec<T>
    where
        T: Send + 'static,
        Self: Sized,
    {
        let mut all = vec![value];
        all.extend(values);
        all
    }
}

struct Repeater(u8);

#[async_trait]
impl Handler for Repeater {
    #[instrumented_job(
        name = "returned_futures.of_a_trait",
        queued_at = Some(std::time::Instant::now()),
    )]
    async fn handle(&self, text: &str, times: usize) -> Result<String, Failure> {
        let _: u8 = text.parse()?;
        Ok(text.repeat(times))
    }

    #[instrumented_job(name = "returned_futures.taken")]
    async fn take(self: Arc<Self>, (one, mut other): (u8, u8)) -> u8 {
        other += self.0;
        one + other
    }

    #[instrumented_job(name = "returned_futures.grown", output_size = |grown: &&mut u8| **grown)]
    async fn grow(&mut self, by: u8) -> &mut u8 {
        self.0 += by;
        &mut self.0
    }
}

#[async_trait(?Send)]
trait Local {
    async fn count(&self) -> Rc<u8>;
}

#[async_trait(?Send)]
impl<T: Copy + Into<u8>> Local for Rc<T> {
    #[instrumented_job(name = "returned_futures.not_send")]
    async fn count(&self) -> Rc<u8> {
        let here = Rc::clone(self);
        ready(()).await;
        Rc::new((*here).into())
    }
}

#[async_recursion]
#[instrumented_job(name = "returned_futures.recursive")]
async fn recursive<T>(depth: u8, value: &T) -> Option<T>
where
    T: Clone + Send + Sync,
{
    if depth == 0 { Some(value.clone()) } else { recursive(depth - 1, value).await }
}

#[async_recursion(?Send)]
#[instrumented_job(name = "returned_futures.recursive_here")]
async fn recursive_here(depth: u8, value: Rc<u8>) -> Rc<u8> {
    if depth == 0 { value } else { recursive_here(depth - 1, value).await }
}

#[test]
fn macros_that_box_futures_may_stand_above() {
    let mut handler = Repeater(1);
    assert_eq!(run(handler.handle_twice("1")).unwrap(), "111");
    assert!(run(handler.handle_twice("x")).is_err());
    run(handler.nothing());
    assert_eq!(run(handler.generic('a', ['b'])), ['a', 'b']);
    assert_eq!(*run(handler.grow(2)), 3);
    let object: Arc<dyn Handler> = Arc::new(handler);
    assert_eq!(run(object.take((1, 2))), 6);
    assert_eq!(*run(Rc::new(7).count()), 7);
    assert_eq!(run(recursive(3, &"a")), Some("a"));
    assert_eq!(*run(recursive_here(3, Rc::new(1))), 1);
}

/// An alias of the same name as another crate's, with other parameters.
mod alias {
    use super::*;

    type BoxFuture<'a, T, E = String> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

    #[instrumented_job(name = "returned_futures.alias")]
    fn whole_block(text: &str) -> BoxFuture<'_, usize> {
        Box::pin(async move { Ok(text.len()) })
    }

    #[instrumented_job(
        name = "returned_futures.aliased_error",
        error_type = |error: &u8| if *error > 0 { "some" } else { "none" },
    )]
    fn made_elsewhere<'a>(text: &'a str) -> BoxFuture<'a, usize, u8> {
        let future = ready(Ok(text.len()));
        Box::pin(future)
    }

    #[test]
    fn aliases_of_futures_have_any_parameters() {
        assert_eq!(run(whole_block("abc")), Ok(3));
        assert_eq!(run(made_elsewhere("abcd")), Ok(4));
    }
}
