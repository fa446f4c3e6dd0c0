//! A job drops its values in the order of the bare function.

use std::{
    cell::RefCell,
    fmt,
    future::{Future, pending},
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Waker},
};

use osapi_metrics::instrumented_job;

type Log = Rc<RefCell<Vec<&'static str>>>;

/// Records its drop.
struct Noted(&'static str, Log);

impl Drop for Noted {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

impl fmt::Debug for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

struct Pair {
    left: Noted,
    #[expect(dead_code, reason = "left out by patterns")]
    right: Noted,
}

/// Functions, bare and as jobs.
macro_rules! functions {
    ($module:ident: $(#[$job:meta])*) => {
        mod $module {
            use super::*;

            $(#[$job])*
            pub(super) fn sync(
                first: Noted,
                (second, _unused): (Noted, Noted),
                last: Noted,
            ) -> usize {
                let _local = Noted("local", Rc::clone(&first.1));
                first.0.len() + second.0.len() + last.0.len()
            }

            $(#[$job])*
            pub(super) async fn returning(first: Noted, second: Noted, _unused: Noted) -> usize {
                let _local = Noted("local", Rc::clone(&first.1));
                first.0.len() + second.0.len()
            }

            $(#[$job])*
            pub(super) async fn waiting(first: Noted, second: Noted, _unused: Noted) -> usize {
                let _local = Noted("local", Rc::clone(&first.1));
                pending::<()>().await;
                first.0.len() + second.0.len()
            }

            $(#[$job])*
            pub(super) fn patterns(
                first: Noted,
                _: Noted,
                _named: Noted,
                (second, _): (Noted, Noted),
                Pair { left, .. }: Pair,
                mut last: Noted,
            ) -> usize {
                last.0 = "changed";
                first.0.len() + second.0.len() + left.0.len()
            }

            $(#[$job])*
            pub(super) async fn waiting_patterns(
                first: Noted,
                _: Noted,
                [_, middle @ .., _]: [Noted; 4],
                Pair { ref left, right: _ }: Pair,
                last: Noted,
            ) -> usize {
                let _local = Noted("local", Rc::clone(&first.1));
                pending::<()>().await;
                first.0.len() + middle.len() + left.0.len() + last.0.len()
            }

            $(#[$job])*
            #[expect(unused_variables, reason = "a function need not use its arguments")]
            pub(super) fn unused(
                first: Noted,
                second: Noted,
                _third: Noted,
                fourth: Noted,
            ) -> usize {
                first.0.len()
            }

            $(#[$job])*
            pub(super) fn formatted(first: Noted, second: Noted) -> usize {
                format!("{second:?} {first:?}").len()
            }

            $(#[$job])*
            pub(super) fn boxed(
                first: Noted,
                (second, _): (Noted, Noted),
            ) -> Pin<Box<dyn Future<Output = usize>>> {
                let second = second.0.len();
                Box::pin(async move { first.0.len() + second })
            }

            impl Noted {
                $(#[$job])*
                pub(super) fn $module(self, other: Noted) -> usize {
                    self.0.len() + other.0.len()
                }
            }

            impl Pair {
                $(#[$job])*
                #[expect(unused_variables, reason = "a function need not use its arguments")]
                pub(super) fn $module(self, (first, _): (Noted, Noted), last: Noted) -> usize {
                    first.0.len()
                }
            }
        }
    };
}
functions!(bare:);
functions!(job: #[instrumented_job(name = "drop_order")]);

/// The values that a call drops, in order.
fn dropped<R>(call: impl FnOnce(&dyn Fn(&'static str) -> Noted) -> R) -> Vec<&'static str> {
    let log = Log::default();
    call(&|name| Noted(name, Rc::clone(&log)));
    log.take()
}

/// Polls a future once and drops it.
fn poll_once(future: impl Future<Output = usize>) {
    let _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
}

#[test]
fn a_job_drops_what_it_holds_in_the_order_of_the_bare_function() {
    macro_rules! both {
        ($note:ident => $module:ident $call:expr) => {{
            let bare = {
                use bare as $module;
                dropped(|$note| $call)
            };
            let job = {
                use job as $module;
                dropped(|$note| $call)
            };
            assert!(bare.len() > 1, "{bare:?}");
            assert_eq!(job, bare, "{}", stringify!($call));
        }};
    }
    both!(note => m m::sync(note("a"), (note("b"), note("unused")), note("c")));
    both!(note => m poll_once(m::returning(note("a"), note("b"), note("unused"))));
    both!(note => m poll_once(m::waiting(note("a"), note("b"), note("unused"))));
    both!(note => m drop(m::waiting(note("a"), note("b"), note("unused"))));
    both!(note => m m::patterns(
        note("a"),
        note("b"),
        note("c"),
        (note("d"), note("e")),
        Pair { left: note("f"), right: note("g") },
        note("h"),
    ));
    both!(note => m poll_once(m::waiting_patterns(
        note("a"),
        note("b"),
        [note("c"), note("d"), note("e"), note("f")],
        Pair { left: note("g"), right: note("h") },
        note("i"),
    )));
    both!(note => m m::unused(note("a"), note("b"), note("c"), note("d")));
    both!(note => m m::formatted(note("a"), note("b")));
    both!(note => m poll_once(m::boxed(note("a"), (note("b"), note("c")))));
    let pair = |note: &dyn Fn(&'static str) -> Noted| Pair { left: note("l"), right: note("r") };
    let (bare, job) = (
        dropped(|note| pair(note).bare((note("a"), note("b")), note("c"))),
        dropped(|note| pair(note).job((note("a"), note("b")), note("c"))),
    );
    assert_eq!(job, bare);
    let (bare, job) = (
        dropped(|note| note("self").bare(note("other"))),
        dropped(|note| note("self").job(note("other"))),
    );
    assert_eq!(job, bare);
}
