//! The compiler's message for each mistake. Each file has one mistake and is named after it; each
//! folder is named after the class of its mistakes.
//!
//! The expected messages beside the files are messages of the toolchain that `rust-toolchain.toml`
//! pins. `TRYBUILD=overwrite cargo test -p osapi-metrics-ui-tests` accepts new ones.

mod page;

use std::{
    env, fs,
    io::{self, Write},
    process::Command,
};

/// The folders whose files must not compile.
const CLASSES: [&str; 15] = [
    "name",
    "description",
    "unit",
    "buckets",
    "threshold",
    "label",
    "unknown_key",
    "duplicate_key",
    "key_does_not_fit",
    "shape",
    "job",
    "role",
    "group",
    "unused",
    "several",
];

#[test]
fn mistakes_are_explained() {
    // Separate cases, because trybuild compiles files one by one where some must not compile.
    trybuild::TestCases::new().pass("pass/*.rs");
    if let Some(reason) = reason_to_compare_nothing() {
        assert!(env::var_os("OSAPI_REQUIRE_UI").is_none_or(|required| required != "1"), "{reason}");
        // The output of `println!` is only shown for tests that fail.
        let _ = writeln!(io::stdout(), "ui: {reason}");
        return;
    }
    let cases = trybuild::TestCases::new();
    for class in CLASSES {
        cases.compile_fail(format!("{class}/*.rs"));
    }
}

/// Each mistake is one error and no warning, except for mistakes that two places make together.
#[test]
fn errors_do_not_multiply() {
    for class in CLASSES.into_iter().filter(|class| *class != "several") {
        for file in fs::read_dir(class).expect("the folder is there") {
            let path = file.expect("the folder can be read").path();
            if path.extension().is_none_or(|extension| extension != "stderr") {
                continue;
            }
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            // The last mistake is reported for the signature and for the returned future.
            let two_places = class == "duplicate_key"
                || stem.starts_with("n9_")
                || stem == "n11_old_name_of_two_metrics"
                || stem == "l2_key_twice"
                || stem == "l2_key_twice_with_exemplar"
                || stem == "impl_future_of_another_type";
            let output = fs::read_to_string(&path).expect("the file can be read");
            let count = |of: &str| output.lines().filter(|line| line.starts_with(of)).count();
            assert_eq!(count("error"), 1 + usize::from(two_places), "{}", path.display());
            assert_eq!(count("warning"), 0, "{}", path.display());
            // The compiler quotes the standard library only where its sources are installed.
            assert!(!output.contains("$RUST/"), "depends on rust-src: {}", path.display());
        }
    }
}

/// Other versions of the compiler have other messages.
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
            "the expected messages are messages of rustc {pinned}, this is {}: only what must \
             compile was compiled, nothing was compared",
            output.trim()
        )
    })
}

/// The channel of `rust-toolchain.toml`.
fn pinned_version() -> &'static str {
    include_str!("../../rust-toolchain.toml")
        .lines()
        .find_map(|line| line.strip_prefix("channel = \"")?.strip_suffix('"'))
        .expect("rust-toolchain.toml pins a channel")
}
