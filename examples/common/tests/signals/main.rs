//! Signals to a process that starts, runs and stops.

#![cfg(unix)]

use std::{
    env,
    future::pending,
    io::{self, BufRead, BufReader, Lines, Read},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use osapi_common::{
    program::{self, blocking},
    signals::Signals,
};
use osapi_metrics_tests::servers::ServerProcess;
use tokio::runtime;

/// The longest time that a test waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// The signals that ask for a stop.
const SIGNALS: [&str; 4] = ["TERM", "INT", "HUP", "QUIT"];

/// A process of an application below, killed when it is dropped.
struct Application {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Application {
    /// Starts the ignored test of that name, by `program` if there is one, and waits until its
    /// start waits, or until it runs.
    fn start(program: &[&str], name: &str) -> Self {
        let this = env::current_exe().expect("this program");
        let mut command = match program {
            [program, args @ ..] => {
                let mut command = Command::new(program);
                command.args(args).arg(this);
                command
            }
            [] => ServerProcess::command_with_signals(this),
        };
        command.args(["--exact", name, "--ignored", "--nocapture"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut application = Self { child, lines };
        application.prints("ready");
        application
    }

    /// Waits until it has printed this line. The first one follows the harness's own text.
    fn prints(&mut self, expected: &str) {
        let found = self.lines.any(|line| line.expect("UTF-8").ends_with(expected));
        assert!(found, "it ended without `{expected}`");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.expect("there is `kill`").success());
    }

    /// Waits for its end, and returns what else it printed.
    fn ends(mut self) -> (ExitStatus, Vec<String>) {
        drop(self.child.stdin.take());
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                let printed = self.lines.by_ref().map_while(Result::ok).collect();
                return (status, printed);
            }
            assert!(Instant::now() < end, "it does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether it has a handler for the signal with this number.
    #[cfg(target_os = "linux")]
    fn handles(&self, signal: u32) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("it runs");
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = u64::from_str_radix(caught.expect("a line").trim(), 16).expect("bits");
        caught >> (signal - 1) & 1 == 1
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        // Fails for a process that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_signal_ends_a_start_that_waits_and_what_it_has_done_is_undone() {
    for application in ["application_that_starts", "application_that_reads"] {
        for signal in SIGNALS {
            let application = Application::start(&[], application);
            application.signal(signal);
            let (status, printed) = application.ends();
            assert!(status.success(), "{signal}: {status}");
            let at = |text| printed.iter().position(|line| line == text);
            assert!(at("undone").is_some() && at("undone") < at("not started"), "{printed:?}");
        }
    }
}

#[test]
fn every_signal_begins_the_stop_and_is_not_lost_before() {
    for signal in SIGNALS {
        let mut application = Application::start(&[], "application_that_runs");
        application.signal(signal);
        application.prints("stopping");
        // A supervisor that asks twice does not shorten the stop.
        application.signal("HUP");
        application.signal("TERM");
        let (status, printed) = application.ends();
        assert!(status.success(), "{signal}: {status}");
        assert!(printed.iter().any(|line| line == "stopped"), "{printed:?}");
        assert!(printed.iter().all(|line| line != "at once"), "{printed:?}");
    }
}

#[test]
fn a_second_interrupt_ends_a_stop_at_once() {
    for (second, code) in [("INT", 130), ("QUIT", 131)] {
        for first in SIGNALS {
            let mut application = Application::start(&[], "application_that_never_stops");
            application.signal(first);
            application.prints("stopping");
            application.signal(second);
            let (status, printed) = application.ends();
            assert_eq!(status.code(), Some(code), "{first} {second}");
            assert!(printed.iter().any(|line| line == "at once"), "{printed:?}");
            assert!(printed.iter().all(|line| line != "undone"), "{printed:?}");
        }
    }
}

/// `nohup` starts a program with SIGHUP ignored.
#[test]
#[cfg(target_os = "linux")]
fn a_hang_up_that_is_ignored_stays_ignored() {
    const HUP: u32 = 1;
    let application = Application::start(&[], "application_that_runs");
    assert!(application.handles(HUP));
    let application = Application::start(&["nohup"], "application_that_runs");
    assert!(!application.handles(HUP));
    application.signal("TERM");
    assert!(application.ends().0.success());
}

/// A parent that ignores SIGCHLD would leave the program without the exit codes of its children.
#[test]
#[cfg(target_os = "linux")]
fn a_program_knows_how_its_children_end() {
    for program in [&[][..], &["env", "--ignore-signal=CHLD"]] {
        let mut application = Application::start(program, "application_with_a_child");
        application.prints("its child succeeded");
        assert!(application.ends().0.success());
    }
}

/// Prints when it is dropped.
struct Undo;

impl Drop for Undo {
    fn drop(&mut self) {
        println!("undone");
    }
}

/// Runs a service whose start and stop are these.
fn serve(start: impl Future<Output = ()>, stop: impl Future<Output = ()>) {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut signals = Signals::listen().expect("handlers");
        if signals.unless_stopped(start).await.is_none() {
            println!("not started");
            return;
        }
        println!("ready");
        signals.stop_at_request(stop, || println!("at once")).await;
    });
    // The exit does not wait for threads.
    runtime.shutdown_background();
}

#[test]
#[ignore = "another test starts it"]
fn application_with_a_child() {
    program::run("application", async {
        println!("ready");
        if blocking(|| Command::new("true").status()).await?.success() {
            println!("its child succeeded");
        }
        Ok::<_, io::Error>(())
    });
}

#[test]
#[ignore = "another test starts it"]
fn application_that_starts() {
    let start = async {
        let _undo = Undo;
        println!("ready");
        pending::<()>().await;
    };
    serve(start, async {});
}

#[test]
#[ignore = "another test starts it"]
fn application_that_reads() {
    let start = async {
        let _undo = Undo;
        blocking(|| {
            println!("ready");
            loop {
                thread::park();
            }
        })
        .await;
    };
    serve(start, async {});
}

#[test]
#[ignore = "another test starts it"]
fn application_that_runs() {
    let stop = async {
        println!("stopping");
        // Until the test has sent everything.
        let _ = blocking(|| io::stdin().read(&mut [0])).await;
        println!("stopped");
    };
    serve(async {}, stop);
}

#[test]
#[ignore = "another test starts it"]
fn application_that_never_stops() {
    let stop = async {
        let _undo = Undo;
        println!("stopping");
        pending::<()>().await;
    };
    serve(async {}, stop);
}
