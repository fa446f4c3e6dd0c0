//! What the compiler says of each mistake: one mistake a file, named after it, in a folder named
//! after its class.
//!
//! The expected messages beside the files are those of the toolchain that `rust-toolchain.toml`
//! pins. `TRYBUILD=overwrite cargo test -p osapi-metrics-tests --test ui` accepts new ones.

use std::{
    env,
    io::{self, Write},
    process::Command,
};

/// The folders of `ui/` whose files must not compile.
const CLASSES: [&str; 11] = [
    "name",
    "description",
    "unit",
    "buckets",
    "label",
    "unknown_key",
    "duplicate_key",
    "key_does_not_fit",
    "shape",
    "job",
    "several",
];

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    if let Some(reason) = reason_to_compare_nothing() {
        assert!(env::var_os("OSAPI_REQUIRE_UI").is_none_or(|required| required != "1"), "{reason}");
        // Not `println!`, whose output is only shown for tests that fail.
        let _ = writeln!(io::stdout(), "ui: {reason}");
        return;
    }
    for class in CLASSES {
        cases.compile_fail(format!("ui/{class}/*.rs"));
    }
}

/// Other compilers word their messages differently.
fn reason_to_compare_nothing() -> Option<String> {
    let pinned = pinned_version();
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = match Command::new(&rustc).arg("--version").output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(error) => format!("{} ({error})", rustc.display()),
    };
    let version = output.split_whitespace().nth(1);
    (version != Some(pinned)).then(|| {
        format!(
            "the expected messages are those of rustc {pinned}, this is {}: only what must \
             compile was compiled, nothing was compared",
            output.trim()
        )
    })
}

/// The channel of `rust-toolchain.toml`.
fn pinned_version() -> &'static str {
    include_str!("../rust-toolchain.toml")
        .lines()
        .find_map(|line| line.strip_prefix("channel = \"")?.strip_suffix('"'))
        .expect("rust-toolchain.toml pins a channel")
}
