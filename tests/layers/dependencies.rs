use std::{collections::BTreeSet, process::Command};

/// The crates that a library takes on if it only declares metrics and records them.
const CORE: [&str; 22] = [
    "bitflags",
    "equivalent",
    "foldhash",
    // The trait of streams, which depends on nothing.
    "futures-core",
    "hashbrown",
    "humantime",
    "inventory",
    "libc",
    "once_cell",
    "osapi-metrics",
    "osapi-metrics-rules",
    "papaya",
    "pin-project-lite",
    "portable-atomic",
    "quanta",
    "raw-cpuid",
    "seize",
    "thiserror",
    "tracing",
    "tracing-core",
    // These two run in the compiler.
    "osapi-metrics-macros",
    "thiserror-impl",
];

/// The crates that the procedural macros are built with.
const MACROS: [&str; 4] = ["proc-macro2", "quote", "syn", "unicode-ident"];

#[test]
fn a_library_that_declares_metrics_depends_on_few_crates() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "osapi-metrics", "--no-default-features"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}", "--locked"])
        .current_dir(super::repository())
        .output()
        .expect("cargo runs the tests");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let names: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains("osapi-metrics-rules"), "{tree}");
    let known = |name: &&str| CORE.contains(name) || MACROS.contains(name);
    let others: Vec<_> = names.into_iter().filter(|name| !known(name)).collect();
    assert!(others.is_empty(), "the core depends on {others:?} too");
}
