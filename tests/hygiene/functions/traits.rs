//! Methods of traits, declared, provided and implemented.

use std::{
    fmt::Debug,
    future::{Future, ready},
    sync::Arc,
};

use osapi_metrics::instrumented_job;

use crate::run;

trait Handler {
    type Job: Clone + Debug + Send + Sync;
    type Error: From<&'static str> + Send;

    const NAME: &'static str;

    fn prepare(&mut self, job: &Self::Job) -> Result<(), Self::Error>;

    async fn handle(&self, job: Self::Job) -> Result<usize, Self::Error>;

    fn handle_and_send(&self, job: Self::Job) -> impl Future<Output = usize> + Send;

    #[instrumented_job(name = "traits.provided")]
    fn provided(job: &Self::Job) -> Option<(Self::Job, &'static str)>
    where
        Self: Sized,
    {
        (!Self::NAME.is_empty()).then(|| (job.clone(), Self::NAME))
    }

    #[instrumented_job(name = "traits.provided_async")]
    async fn provided_async(&self, job: Self::Job) -> Result<usize, Self::Error> {
        let once = self.handle(job.clone()).await?;
        if once == 0 {
            return Err("empty".into());
        }
        Ok(once + self.handle(job).await?)
    }
}

#[derive(Debug, Default)]
struct Counting {
    prepared: usize,
}

impl Handler for Counting {
    type Job = Arc<str>;
    type Error = String;

    const NAME: &'static str = "counting";

    #[instrumented_job(name = "traits.prepare")]
    fn prepare(&mut self, job: &Self::Job) -> Result<(), Self::Error> {
        if job.is_empty() {
            return Err("nothing to count")?;
        }
        self.prepared += 1;
        Ok(())
    }

    #[instrumented_job(name = "traits.handle")]
    async fn handle(&self, job: Self::Job) -> Result<usize, Self::Error> {
        ready(()).await;
        Ok(job.len())
    }

    #[instrumented_job(name = "traits.handle_and_send")]
    async fn handle_and_send(&self, job: Self::Job) -> usize {
        ready(()).await;
        self.prepared + job.len()
    }
}

trait Visit<T: ?Sized> {
    fn visit(&mut self, value: &T) -> &mut Self;
}

impl<T: ?Sized, V: for<'a> FnMut(&'a T)> Visit<T> for V {
    #[instrumented_job(name = "traits.blanket")]
    fn visit(&mut self, value: &T) -> &mut Self {
        self(value);
        self
    }
}

trait Shape {
    fn corners(&self) -> u32;

    #[instrumented_job(name = "traits.of_an_object")]
    fn describe(&self) -> String {
        format!("{} corners", self.corners())
    }
}

impl Shape for u32 {
    #[instrumented_job(name = "traits.corners")]
    fn corners(&self) -> u32 {
        *self
    }
}

impl Default for Box<dyn Shape> {
    #[instrumented_job(name = "traits.default")]
    fn default() -> Self {
        Self::from(Box::new(4))
    }
}

#[test]
fn methods_of_traits_are_what_they_were() {
    let mut counting = Counting::default();
    assert_eq!(counting.prepare(&"".into()).unwrap_err(), "nothing to count");
    assert_eq!(counting.prepare(&"ab".into()), Ok(()));
    assert_eq!(Counting::provided(&"ab".into()), Some(("ab".into(), "counting")));
    assert_eq!(run(counting.handle("ab".into())), Ok(2));
    assert_eq!(run(counting.handle_and_send("ab".into())), 3);
    assert_eq!(run(counting.provided_async("ab".into())), Ok(4));
    assert_eq!(run(counting.provided_async("".into())), Err("empty".to_owned()));
    let mut seen = Vec::new();
    (|text: &str| seen.push(text.len())).visit("a").visit("bc");
    assert_eq!(seen, [1, 2]);
    assert_eq!(<Box<dyn Shape>>::default().describe(), "4 corners");
}
