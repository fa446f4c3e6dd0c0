//! Other attributes, macros and functions beside a job.

use std::panic::catch_unwind;

use osapi_metrics::{JobMetrics, instrumented_job};

use crate::run;

/// A documented function under `deny(missing_docs)`.
///
/// # Errors
///
/// If the number is 0.
#[cfg_attr(all(), doc = "Conditionally documented.")]
#[cfg_attr(any(), doc = "No such thing", no_such_attribute)]
#[instrumented_job(name = "neighbours.documented")]
#[allow(clippy::unnecessary_wraps, clippy::needless_return)]
#[must_use = "it is a result twice"]
#[inline(never)]
#[cold]
pub(crate) fn documented(#[allow(unused_variables)] number: u32) -> Option<u32> {
    return Some(1);
}

#[cfg_attr(all(), instrumented_job(name = "neighbours.conditional"))]
async fn conditional() -> u32 {
    2
}

#[cfg_attr(any(), instrumented_job(name = "neighbours.never"))]
fn not_instrumented() -> u32 {
    3
}

#[instrumented_job]
fn r#type(r#match: u32, r#fn: &str) -> (u32, &str) {
    (r#match, r#fn)
}

#[instrumented_job]
async fn r#loop(r#in: u32) -> u32 {
    r#in
}

mod written_by_macros {
    use osapi_metrics::instrumented_job;

    macro_rules! job {
        (
            $(#[$attribute:meta])*
            $visibility:vis fn $name:ident($($argument:ident: $ty:ty),*) -> $output:ty $body:block
        ) => {
            $(#[$attribute])*
            #[instrumented_job]
            $visibility fn $name($($argument: $ty),*) -> $output $body
        };
    }
    job! {
        /// Documented.
        #[must_use = "it is new"]
        pub(super) fn neighbours_of_a_macro(
            text: &str, times: usize
        ) -> Result<String, &'static str> {
            if text.is_empty() {
                return Err("empty");
            }
            Ok(text.repeat(times))
        }
    }

    macro_rules! methods {
        ($ty:ident { $($name:ident = $text:literal: $value:expr),* $(,)? }) => {
            impl $ty {$(
                #[instrumented_job(name = $text, output_size = |output: &usize| *output)]
                pub(super) async fn $name(&self) -> usize {
                    let value: usize = $value;
                    value + self.0
                }
            )*}
        };
    }
    pub(super) struct Number(pub(super) usize);
    methods! { Number { one = "neighbours.one": 1, two = "neighbours.two": 2 } }

    macro_rules! name {
        () => {
            "neighbours.named_by_a_macro"
        };
    }
    macro_rules! queued {
        () => {
            Some(std::time::SystemTime::now())
        };
    }
    #[instrumented_job(name = "neighbours.macro_in_arguments", queued_at = queued!())]
    pub(super) fn macro_in_arguments() -> &'static str {
        name!()
    }
}

#[instrumented_job(name = "neighbours.outside")]
fn outside(depth: u32) -> u32 {
    #[instrumented_job(name = "neighbours.inside")]
    fn inside(depth: u32) -> u32 {
        #[instrumented_job(name = "neighbours.innermost")]
        async fn innermost() -> u32 {
            1
        }
        if depth == 0 { run(innermost()) } else { outside(depth - 1) }
    }
    struct Local(u32);
    impl Local {
        #[instrumented_job(name = "neighbours.of_a_local_type")]
        fn value(&self) -> u32 {
            self.0
        }
    }
    inside(depth) + Local(1).value()
}

#[instrumented_job(name = "neighbours.never_returns")]
async fn never_returns() -> ! {
    std::future::ready(()).await;
    panic!("as asked")
}

#[test]
fn neighbours_stay() {
    assert_eq!(documented(0), Some(1));
    assert_eq!((run(conditional()), not_instrumented()), (2, 3));
    assert_eq!(r#type(1, "a"), (1, "a"));
    assert_eq!(run(r#loop(1)), 1);
    assert_eq!(written_by_macros::neighbours_of_a_macro("ab", 2).as_deref(), Ok("abab"));
    let number = written_by_macros::Number(10);
    assert_eq!((run(number.one()), run(number.two())), (11, 12));
    assert_eq!(written_by_macros::macro_in_arguments(), "neighbours.named_by_a_macro");
    assert_eq!(outside(2), 4);
    assert!(catch_unwind(|| run(never_returns())).is_err());
}

#[instrumented_job(name = "neighbours.main_below")]
#[tokio::main(flavor = "current_thread")]
async fn main_below(text: &str) -> Result<usize, std::num::ParseIntError> {
    tokio::task::yield_now().await;
    text.parse()
}

#[tokio::main(flavor = "current_thread")]
#[instrumented_job(name = "neighbours.main_above")]
async fn main_above(text: &str) -> Result<usize, std::num::ParseIntError> {
    tokio::task::yield_now().await;
    text.parse()
}

#[test]
fn a_job_can_be_the_main_function_of_a_runtime() {
    assert_eq!((main_below("1"), main_above("2")), (Ok(1), Ok(2)));
    assert!(main_below("x").is_err() && main_above("x").is_err());
}

#[instrumented_job(name = "neighbours.test_below")]
#[tokio::test]
async fn a_job_can_be_a_test_of_a_runtime() {
    tokio::task::yield_now().await;
    JobMetrics::global().created("neighbours.test_below").inc();
}

#[tokio::test]
#[instrumented_job(name = "neighbours.test_above")]
async fn a_test_of_a_runtime_can_be_a_job() -> Result<(), std::num::ParseIntError> {
    tokio::task::yield_now().await;
    let _: u32 = "1".parse()?;
    Ok(())
}

#[instrumented_job(name = "neighbours.plain_test")]
#[test]
fn a_plain_test_can_be_a_job() {
    assert_eq!(not_instrumented(), 3);
}

#[instrumented_job(name = "neighbours.conditional_argument")]
fn conditional_argument(number: u32, #[cfg(any())] absent: u32) -> u32 {
    #[cfg(any())]
    return number + absent;
    number
}

#[test]
fn arguments_can_be_there_under_a_condition() {
    assert_eq!(conditional_argument(1), 1);
}
