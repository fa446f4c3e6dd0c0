//! A process that has no file descriptors left.

use std::{env, fs::File, process::Command};

use osapi_metrics_tests::reading::Reading;

use crate::{RUNTIME, take_turn};

/// The limit of the process of the test.
const LIMIT: u32 = 64;

#[test]
fn a_process_without_file_descriptors_is_read_still() {
    let script = format!("ulimit -n {LIMIT}; exec \"$0\" --ignored --exact \"$1\"");
    let name = "exhausted::all_file_descriptors_are_open";
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(env::current_exe().unwrap())
        .arg(name)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
}

#[test]
#[ignore = "runs in a process with few file descriptors, which the test above starts"]
fn all_file_descriptors_are_open() {
    let _turn = take_turn();
    let files: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    assert!(files.len() < LIMIT as usize);
    let reading = Reading::of(&RUNTIME);
    let number = |name| reading.number(name, &[]);
    assert_eq!(number("process_max_fds"), Some(f64::from(LIMIT)));
    assert!(number("process_memory_usage_bytes").is_some());
    assert!(number("process_thread_count").is_some());
    let opened = files.len() as f64;
    drop(files);
    let later = Reading::of(&RUNTIME).number("process_unix_file_descriptor_count", &[]);
    match number("process_unix_file_descriptor_count") {
        Some(count) => assert_eq!(later, Some(count - opened)),
        // A kernel before 6.2 counts them by opening a folder.
        None => assert!(number("process_reading_errors_total") > Some(0.0)),
    }
}
