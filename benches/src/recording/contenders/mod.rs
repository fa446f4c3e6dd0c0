//! Each library does each case as its documentation recommends, in the fastest way that a user
//! would write. A library with a fast way that needs care (keep a handle) and a convenient way
//! (look the series up at each call) has a contender for both.

mod autometrics;
mod client;
mod clock;
mod measured;
mod metrics;
mod nm;
mod opentelemetry;
mod osapi;
mod prometheus;
mod prometheus_client;
mod vise;
mod workload;

pub(crate) use nm::LIBRARY as NM;
pub(crate) use osapi::HANDLE;

use crate::recording::{case::Case, contender::Contender};

/// All contenders of a case.
pub(super) fn of(case: Case) -> Vec<Contender> {
    let libraries = [
        clock::contenders,
        osapi::contenders,
        opentelemetry::contenders,
        prometheus::contenders,
        prometheus_client::contenders,
        measured::contenders,
        metrics::contenders,
        autometrics::contenders,
        vise::contenders,
        nm::contenders,
    ];
    libraries.into_iter().flat_map(|contenders| contenders(case)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Case, of};
    use crate::runtime;

    #[test]
    fn every_contender_records_each_operation_once() {
        let _alone = runtime::only_one_runtime();
        for case in Case::ALL {
            for contender in of(case) {
                contender.run(case.name(), 2, 25).unwrap();
            }
        }
    }
}
