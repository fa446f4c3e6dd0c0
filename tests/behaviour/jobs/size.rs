//! The difference between the size of the future of a job and the size of the future of a bare
//! function.
//!
//! The difference is the same whatever the function takes, borrows or holds across its awaits. A
//! function that returns an async block, which macros make of async functions too, stores its
//! arguments once more in the block, as the future of an async function does anyway. So does an
//! async function with an unused argument whose name begins with `_`: the argument is dropped with
//! the job.

use std::{future::Future, pin::Pin};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use osapi_metrics::instrumented_job;

use super::steps::wait;

/// The number of bytes that a job may add to the future of the function: labels, times, slots.
const GROWTH: usize = 128;

/// Functions, bare and as jobs.
macro_rules! functions {
    ($module:ident: $(#[$job:meta])*) => {
        mod $module {
            use super::*;

            $(#[$job])*
            pub(super) async fn nothing() -> usize {
                0
            }

            $(#[$job])*
            pub(super) async fn one_await() -> usize {
                wait(1).await;
                1
            }

            $(#[$job])*
            pub(super) async fn large(argument: [u8; 1024]) -> usize {
                wait(1).await;
                argument.len()
            }

            $(#[$job])*
            pub(super) async fn large_and_unused(_argument: [u8; 1024]) -> usize {
                wait(1).await;
                1
            }

            $(#[$job])*
            pub(super) async fn borrowed(argument: &[u8; 1024]) -> usize {
                wait(1).await;
                argument.len()
            }

            $(#[$job])*
            pub(super) async fn held(argument: u8) -> usize {
                let buffer = [argument; 4096];
                wait(1).await;
                buffer.len()
            }

            $(#[$job])*
            pub(super) fn block(argument: [u8; 1024]) -> impl Future<Output = usize> {
                async move {
                    wait(1).await;
                    argument.len()
                }
            }

            $(#[$job])*
            pub(super) fn boxed(argument: &[u8; 1024]) -> BoxFuture<'_, usize> {
                Box::pin(async move {
                    let buffer = [argument[0]; 4096];
                    wait(1).await;
                    buffer.len() + argument.len()
                })
            }

            $(#[$job])*
            pub(super) fn made(argument: [u8; 1024]) -> BoxFuture<'static, usize> {
                let future = made_elsewhere(argument);
                Box::pin(future)
            }

            #[async_trait]
            pub(super) trait Trait {
                async fn method(&self, argument: [u8; 1024]) -> usize;

                $(#[$job])*
                async fn provided(&self) -> usize {
                    wait(1).await;
                    1
                }
            }

            #[async_trait]
            impl Trait for () {
                $(#[$job])*
                async fn method(&self, argument: [u8; 1024]) -> usize {
                    wait(1).await;
                    argument.len()
                }
            }

            pub(super) fn method(argument: [u8; 1024]) -> BoxFuture<'static, usize> {
                Trait::method(&(), argument)
            }

            pub(super) fn provided() -> BoxFuture<'static, usize> {
                Trait::provided(&())
            }

            $(#[$job])*
            pub(super) async fn large_and_held(argument: [u8; 1024]) -> usize {
                let buffer = [argument; 4];
                wait(1).await;
                buffer.len() + argument.len()
            }
        }
    };
}
functions!(bare:);
functions!(jobs: #[instrumented_job(name = "size", queued_at = std::time::SystemTime::now())]);

#[expect(clippy::large_types_passed_by_value, reason = "as in the jobs")]
async fn made_elsewhere(argument: [u8; 1024]) -> usize {
    wait(1).await;
    argument.len()
}

#[expect(clippy::needless_pass_by_value, reason = "which is dropped here")]
fn size<F: Future>(future: F) -> usize {
    size_of_val(&future)
}

#[expect(clippy::needless_pass_by_value, reason = "which is dropped here")]
fn size_in_box<F: Future + ?Sized>(future: Pin<Box<F>>) -> usize {
    size_of_val(&*future)
}

#[test]
fn the_future_of_a_job_is_larger_by_a_constant() {
    macro_rules! growth {
        ($size:ident: $($function:ident($($argument:expr)?)),*) => {
            vec![$((
                stringify!($function),
                $size(jobs::$function($($argument)?)), $size(bare::$function($($argument)?)),
            )),*]
        };
    }
    let large = [0; 1024];
    let growths = [
        growth![size: nothing(), one_await(), large(large)],
        growth![size: borrowed(&large), held(1), large_and_held(large)],
        growth![size_in_box: boxed(&large), made(large), provided()],
    ];
    for (function, job, bare) in growths.concat() {
        assert!(job <= bare + GROWTH, "{function}: {job} instead of {bare}");
    }
    let taken_again =
        [growth![size: block(large), large_and_unused(large)], growth![size_in_box: method(large)]];
    for (function, job, bare) in taken_again.concat() {
        let arguments = size_of_val(&large);
        assert!(job <= bare + arguments + GROWTH, "{function}: {job} instead of {bare}");
    }
}
