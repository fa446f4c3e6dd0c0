//! Makes the linker drop the registrations of sets and handlers, which a linker may also do by
//! itself: the registrations of this package in its tests, and of the framework too in its program.

use std::{env, fs, path::PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(loses_registrations)");
    let target = |key: &str| env::var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    // The script needs a linker that is compatible with GNU ld, and a section of ELF files.
    if target("OS") != "linux" || target("ARCH") != "x86_64" {
        return;
    }
    println!("cargo::rustc-cfg=loses_registrations");
    println!("cargo::rustc-link-arg-tests={}", losing("libosapi_metrics_lost_tests"));
    println!("cargo::rustc-link-arg-bins={}", losing("libosapi_metrics"));
}

/// The linker argument that drops the registrations of libraries whose names begin with `library`.
fn losing(library: &str) -> String {
    let script = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it")).join(library);
    let sections = format!("*{library}*:*(.init_array .init_array.*)");
    let text = format!("SECTIONS {{ /DISCARD/ : {{ {sections} }} }} INSERT BEFORE .init_array;\n");
    fs::write(&script, text).expect("the folder is there");
    format!("-Wl,-T,{}", script.display())
}
