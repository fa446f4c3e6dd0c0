//! What keeps job-queue from starting: one sentence with the remedy, exit status 1, and nothing
//! started.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    process::{Output, Stdio},
    thread,
};

use osapi_metrics_tests::servers::ServerProcess;

use crate::support::Program;

/// Runs it to its end.
fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_job-queue"));
    command.args(arguments).args(["--listen", "127.0.0.1:0"]).envs(variables.iter().copied());
    command.stdout(Stdio::piped()).output().expect("the program can be run")
}

/// Checks that it does not start, for a reason with these words.
fn refuses(arguments: &[&str], variables: &[(&str, &str)], code: i32, words: &[&str]) {
    let Output { status, stdout, stderr } = run(arguments, variables);
    let stderr = String::from_utf8(stderr).expect("UTF-8");
    assert_eq!(status.code(), Some(code), "{arguments:?}: {stderr}");
    assert!(stdout.is_empty(), "{}", String::from_utf8_lossy(&stdout));
    assert!(words.iter().all(|word| stderr.contains(word)), "{words:?} in {stderr}");
    assert!(!stderr.contains("secret"), "passwords are not shown: {stderr}");
}

#[test]
fn mistakes_of_the_command_line_are_named() {
    for (arguments, words) in [
        (&["worker", "--connector", "video"][..], &["simulation, hash, compress, image"][..]),
        (&["worker", "--capability", "size"], &["a key, `=` and a value"]),
        (&["worker", "--capability", "a b=1"], &["`a b` is not a key"]),
        (&["worker", "--slots", "0"], &["--slots"]),
        (&["worker", "--name", ""], &["1 to 64 bytes"]),
        (&["worker", "--capability", "size=4294967296"], &["from 0 to 4294967295"]),
        (&["worker", "--capability", "size=-1"], &["from 0 to 4294967295"]),
        (&["worker", "--api", "127.0.0.1:8070"], &["--api"]),
        (&["worker", "--api", "http://[::1"], &["invalid IPv6 address"]),
        (&["--queue-memory", "1"], &["expected a whole number from 2 to 1048576"]),
        (&["--queue-memory", "1048577"], &["expected a whole number from 2 to 1048576"]),
        (&["--queue-memory", "5", "--redis", "redis://h"], &["cannot be used with '--redis"]),
    ] {
        refuses(arguments, &[], 2, words);
    }
    let twice = ["worker", "--capability", "a=1", "--capability", "a=2"];
    refuses(&twice, &[], 1, &["--capability a is given twice"]);
}

#[test]
fn mistakes_of_the_environment_are_named() {
    for (variable, value, words) in [
        ("ENABLE_JOB_METRICS", "maybe", &["ENABLE_JOB_METRICS", "`true` or `false`"][..]),
        ("METRICS_COLLECTION_INTERVAL", "often", &["METRICS_COLLECTION_INTERVAL"]),
        ("DASH0_METRICS_ENDPOINT", "collector:4317", &["a URL with its scheme"]),
    ] {
        refuses(&[], &[(variable, value)], 1, words);
    }
}

#[test]
fn an_address_that_is_not_one_of_redis_is_named() {
    for part in ["api", "worker"] {
        for url in ["http://127.0.0.1", "redis//x", ""] {
            refuses(&[part, "--redis", url], &[], 1, &["redis://"]);
        }
    }
}

/// A process waits for a server that is away, and says what it waits for.
#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_not_one_is_waited_for_and_named() {
    // The port is free again when the listener is dropped.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr());
    let free = free.expect("a free port");
    for address in [free, serve(Answer::Http), serve(Answer::Nothing)] {
        for part in ["api", "worker"] {
            let url = format!("redis://me:secret@{address}");
            let mut program = Program::start(&[part, "--redis", &url], &[]);
            let health = program.health().await;
            assert_eq!(health.0, 503, "{part} {address}: {}", health.1);
            assert!(health.1.contains(&address.to_string()), "{part} {address}: {}", health.1);
            assert!(!health.1.contains("secret") && !program.log().contains("secret"));
            // What else it knows, it shows.
            assert!(program.scrape().await.find("process_memory_usage_bytes", &[]).is_some());
            assert!(program.terminate().await.success());
        }
    }
}

/// A start waits for a server for some seconds; a stop does not wait for the start.
#[test]
fn a_stop_during_the_start_ends_the_process() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    for part in ["api", "worker"] {
        let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_job-queue"));
        command.args([part, "--redis", &format!("redis://{address}"), "--listen", "127.0.0.1:0"]);
        command.stdout(Stdio::piped());
        let mut process = command.spawn().expect("the program can be run");
        // It listens to signals before it connects.
        let _silent = listener.accept().expect("a connection");
        let id = process.id().to_string();
        let sent = ServerProcess::command("kill").args(["-s", "TERM", &id]).status();
        assert!(sent.expect("there is `kill`").success());
        assert!(process.wait().expect("it is a child").success(), "{part}");
        let mut printed = String::new();
        let mut stdout = process.stdout.take().expect("piped");
        stdout.read_to_string(&mut printed).expect("UTF-8");
        assert_eq!(printed, "", "{part}");
        // The connection for messages.
        listener.set_nonblocking(true).expect("a socket");
        while listener.accept().is_ok() {}
        listener.set_nonblocking(false).expect("a socket");
    }
}

/// What a server that is not Redis says.
#[derive(Clone, Copy)]
enum Answer {
    Http,
    Nothing,
}

/// A server that answers as a web server does, or not at all. It ends with the process of the test.
fn serve(answer: Answer) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            thread::spawn(move || {
                while stream.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {
                    if let Answer::Http = answer {
                        let answer = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
                        let _ = stream.write_all(answer);
                        return;
                    }
                }
            });
        }
    });
    address
}

/// What a process that was killed has left, the next one removes, and nothing that is in use.
#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_folder_goes_with_its_process_or_with_the_next_start() {
    let parent = tempfile::tempdir().expect("a folder");
    let folders = || {
        let entries = std::fs::read_dir(parent.path()).expect("a folder").flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
        names.sort();
        names
    };
    let start = || Program::start(&[], &[("TMPDIR", parent.path().to_str().expect("UTF-8"))]);
    let mut killed = start();
    let left = folders();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].to_string_lossy().starts_with("job-queue-models-"), "{left:?}");
    killed.kill();
    assert_eq!(folders(), left);
    let mut first = start();
    let of_first = folders();
    assert!(of_first.len() == 1 && of_first != left, "{of_first:?}");
    let mut second = start();
    assert!(folders().len() == 2 && folders().contains(&of_first[0]), "{:?}", folders());
    first.terminate().await;
    assert!(folders().len() == 1 && !folders().contains(&of_first[0]), "{:?}", folders());
    second.terminate().await;
    assert_eq!(folders().len(), 0, "{:?}", folders());
}
