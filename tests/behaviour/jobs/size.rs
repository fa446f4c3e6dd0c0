//! How much larger the future of a job is than that of a bare function.
//!
//! The difference is the same whatever the function takes, borrows or holds across its awaits: the
//! compiler copies no argument that it does not copy for the bare function.

use osapi_metrics::instrumented_job;

use super::steps::wait;

/// What a job is allowed to keep beside the function's own future: labels, times, slots.
const GROWTH: usize = 128;

/// The same functions, bare and as jobs.
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

#[test]
fn the_future_of_a_job_is_larger_by_a_constant() {
    let large = [0; 1024];
    macro_rules! growth {
        ($($function:ident($($argument:expr)?)),*) => {
            [$((
                stringify!($function),
                size_of_val(&jobs::$function($($argument)?))
                    .checked_sub(size_of_val(&bare::$function($($argument)?)))
                    .unwrap(),
            )),*]
        };
    }
    let growths = growth![
        nothing(),
        one_await(),
        large(large),
        large_and_unused(large),
        borrowed(&large),
        held(1),
        large_and_held(large)
    ];
    for (function, growth) in growths {
        assert!(growth <= GROWTH, "{function}: {growth}");
    }
}
