//! Programs whose linker has dropped registrations, found out by the installation. Each test
//! program of this package is a process of its own, because the linker drops registrations of a
//! whole program.

#![cfg(loses_registrations)]

use std::process::Command;

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
    // The page of rules shows the message without the lines.
    let lines = [set, handler].map(|lost| format!(":{}", lost.origin.line));
    let said = lines.iter().fold(error.to_string(), |said, line| said.replacen(line, "", 1));
    let page = include_str!("../../../../docs/rules.md");
    assert!(page.lines().any(|line| line == said), "{said}");
}

/// Even if the program uses no set and no handler.
#[test]
fn the_frameworks_own_sets_show_that_registrations_are_dropped() {
    let output = Command::new(env!("CARGO_BIN_EXE_all_lost")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let begin = "the linker has dropped the registrations of `";
    assert!(said.starts_with(begin), "{said}");
    assert!(said.contains("`SelfMetrics` at "), "{said}");
}
