//! What is used before the installation is an error of it.
#![cfg(loses_registrations)]

use osapi_metrics::InstallError;
use osapi_metrics_lost_tests::{LostMetrics, install, lost_handler};

#[test]
fn an_installation_names_the_registrations_that_are_missed() {
    LostMetrics::global().things_lost_total.inc();
    lost_handler();
    lost_handler();
    let error = install().unwrap_err();
    let InstallError::LostRegistrations { lost } = &error else { panic!("{error:?}") };
    let [set, handler] = &lost[..] else { panic!("{lost:?}") };
    assert_eq!((set.name, handler.name), ("LostMetrics", "lost.handler"));
    assert_eq!(set.origin, LostMetrics::DESCRIPTORS[0].origin);
    assert!(handler.origin.file.ends_with("src/lib.rs") && handler.origin.line > set.origin.line);
    let sentence = format!(
        "the linker has dropped the registrations of `LostMetrics` at {}, `lost.handler` at {}; link \
         their crates as a whole",
        set.origin, handler.origin
    );
    assert!(error.to_string().starts_with(&sentence), "{error}");
}
