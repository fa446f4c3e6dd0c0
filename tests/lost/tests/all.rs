//! A linker that drops all registrations is found out, whatever the program uses.
#![cfg(loses_registrations)]

use std::process::Command;

#[test]
fn the_frameworks_own_sets_show_that_registrations_are_dropped() {
    let output = Command::new(env!("CARGO_BIN_EXE_all_lost")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let begin = "the linker has dropped the registrations of `JobMetrics` at ";
    assert!(said.starts_with(begin), "{said}");
    assert!(said.contains("`SelfMetrics` at "), "{said}");
}
