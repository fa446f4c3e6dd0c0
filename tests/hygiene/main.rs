//! Rule J3: generated code compiles beside names that equal its own or hide the prelude, compiles
//! under any lint level, and does not change functions. A crate of its own, because lint levels
//! concern a whole crate.

#![deny(warnings, clippy::pedantic)]
#![forbid(unsafe_code)]

mod functions;
mod lints;
mod names;
mod no_prelude;
mod shadowed_prelude;

use std::{future::Future, pin::pin, task::Context, task::Poll, task::Waker};

use osapi_metrics::roles::RecordRoles;

/// Runs a future that does not wait.
fn run<F: Future>(future: F) -> F::Output {
    let Poll::Ready(output) = pin!(future).poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the future waits for something");
    };
    output
}

macro_rules! of_each_edition {
    ($($edition:ident)*) => {$({
        use $edition::{
            MailMetrics, Outcome, PoolsMetrics, StepError, StepLabels, StepMetrics, Steps, read,
            step,
        };

        assert!(matches!(step(true), Ok(1)));
        assert!(matches!(step(false), Err(StepError::Late)));
        assert!(matches!(run(read("no such file".as_ref())), Err(StepError::Io(_))));
        assert!(matches!(Steps.first(false), Err(StepError::Unchanged)));
        assert!(matches!(run(Steps.second("no such file".as_ref())), Err(StepError::Io(_))));
        assert_eq!(Steps.count(), 2);
        let labels = StepLabels { outcome: Outcome::Done, queue: "mail" };
        StepMetrics::global().steps_total.with(labels).inc();
        let roles = RecordRoles::roles(MailMetrics::global(), &Outcome::Done);
        roles.sent.inc(&());
        roles.send_time.record(&(), 0.5);
        PoolsMetrics::global().second.sockets_opened_total.inc();
        assert_eq!(PoolsMetrics::DESCRIPTORS[1].name, "edition_pools_other_sockets_opened_total");
        let package = StepMetrics::DESCRIPTORS[0].origin.package;
        assert_eq!(package.replace('-', "_"), stringify!($edition));
    })*};
}

#[test]
fn every_edition_with_another_name_of_the_crate() {
    of_each_edition! {
        osapi_metrics_edition2018
        osapi_metrics_edition2021
        osapi_metrics_edition2024
    }
}
