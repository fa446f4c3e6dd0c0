//! Clients that open connections and say nothing, or hardly anything.

use std::{
    io::Write,
    net::TcpStream,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::support::{Program, until};

/// Lets this process open as many files as the system allows, for tests that run at the same time.
/// Returns how many connections one test may take.
fn many_files() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("the soft limit can be raised to the hard one");
    let files = limit.current.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(0));
    files / 4
}

fn connect(program: &Program, connections: usize) -> Vec<TcpStream> {
    let address = program.address();
    (0..connections).map(|_| TcpStream::connect(address).expect("a connection")).collect()
}

/// How often the log has this text.
fn logged(program: &Program, text: &str) -> usize {
    program.said().matches(text).count()
}

const FULL: &str = "the limit of connections is reached";
const ROOM: &str = "there is room for further connections again";
const FAILING: &str = "connections cannot be accepted for now";
const ACCEPTED: &str = "connections are accepted again";

#[tokio::test]
async fn silent_clients_cost_a_wait_and_two_lines() {
    let program = Program::start(&["--head-timeout", "1s", "--max-connections", "200"], &[]);
    let silent = connect(&program, many_files().min(1_500));
    assert!(silent.len() > 200, "the limit of open files is too low for this test");
    assert_eq!(program.alive().await, 200);
    until("the log says that there is room", async || logged(&program, ROOM) > 0).await;
    assert_eq!(logged(&program, FULL), 1, "{}", program.said());
    assert_eq!(logged(&program, ROOM), 1, "{}", program.said());
    drop(silent);
    assert_eq!(program.alive().await, 200);
}

#[test]
fn clients_that_drip_heads_keep_nobody_out() {
    let program = Program::start(&["--head-timeout", "1s", "--max-connections", "50"], &[]);
    let mut dripping = connect(&program, many_files().min(150));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let is_over = AtomicBool::new(false);
    let alive = thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                for stream in &mut dripping {
                    // Fails for a connection that was closed.
                    let _ = stream.write_all(b"G");
                }
                thread::sleep(Duration::from_millis(100));
            }
        });
        let alive = runtime.expect("a runtime").block_on(program.alive());
        is_over.store(true, Ordering::Relaxed);
        alive
    });
    assert_eq!(alive, 200);
}

#[tokio::test]
async fn a_process_without_descriptors_recovers_and_says_so_once() {
    let nobody = "nats://127.0.0.1:1";
    for arguments in
        [&["--head-timeout", "1s"][..], &["agent", "--nats", nobody, "--head-timeout", "1s"]]
    {
        let program = Program::start_with_files(64, arguments);
        let silent = connect(&program, 100);
        until("the log says that there are none", async || logged(&program, FAILING) > 0).await;
        assert_eq!(program.alive().await, 200);
        until("the log says that there are some", async || logged(&program, ACCEPTED) > 0).await;
        assert_eq!(logged(&program, FAILING), 1, "{}", program.said());
        assert_eq!(logged(&program, ACCEPTED), 1, "{}", program.said());
        drop(silent);
        assert_eq!(program.alive().await, 200);
    }
}

#[test]
fn limits_out_of_their_range_are_named() {
    for (argument, value, expected) in [
        ("--max-connections", "0", "max_connections: `0` is out of its range, 1 to 1000000"),
        ("--head-timeout", "1ms", "head_timeout: `1ms` is out of its range, 10ms to 1h"),
        ("--idle-timeout", "2days", "idle_timeout: `2days` is out of its range, 10ms to 1day"),
    ] {
        let error = Program::refused(&[argument, value]);
        assert!(error.contains(expected), "{error}");
    }
}
