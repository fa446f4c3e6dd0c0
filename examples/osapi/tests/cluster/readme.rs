//! The commands of the section "Across machines" of the README.

#![expect(clippy::float_cmp, reason = "counts are whole numbers")]

use std::{
    io::{self, ErrorKind, Write as _},
    process::Stdio,
    thread,
};

use osapi_metrics_tests::servers::{self, ServerProcess};

use crate::support::{Cluster, Job, Program};

const README: &str = include_str!("../../README.md");

/// The console blocks below the heading.
fn blocks() -> impl Iterator<Item = &'static str> {
    let (_, section) = README.split_once("\n## Across machines\n").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("its end");
    let blocks = section.split("```console\n").skip(1);
    blocks.map(|block| block.split_once("\n```").expect("their end").0)
}

/// The lines that start the system.
fn commands() -> Vec<&'static str> {
    blocks().next().expect("its commands").lines().collect()
}

/// The line that prints the live metrics.
fn command_for_all_metrics() -> &'static str {
    blocks().nth(1).expect("a second block")
}

/// The arguments that a line gives to osapi.
fn arguments(line: &str) -> Vec<&str> {
    let arguments = line.strip_prefix("cargo run -p osapi -- ").expect("a command of osapi");
    arguments.split_whitespace().collect()
}

/// The arguments with the URL of the test's own server, and without the address, because a test
/// process takes a free port.
fn elsewhere<'a>(line: &'a str, nats: &'a str) -> Vec<&'a str> {
    let mut arguments = arguments(line);
    if let Some(listen) = arguments.iter().position(|argument| *argument == "--listen") {
        arguments.drain(listen..listen + 2);
    }
    for argument in &mut arguments {
        if *argument == "nats://127.0.0.1:4222" {
            *argument = nats;
        }
    }
    arguments
}

#[tokio::test(flavor = "multi_thread")]
async fn its_commands_start_a_system_that_runs_jobs() {
    let lines = commands();
    let [server, api, agents @ ..] = &lines[..] else { panic!("too few commands") };
    assert_eq!(*server, "nats-server -js -sd /tmp/osapi-nats -a 127.0.0.1 -p 4222");
    let Some(nats) = servers::nats() else { return };
    let url = nats.url();
    let start = |line| Program::start(&elsewhere(line, &url), &[]);
    let cluster =
        Cluster { api: start(api), agents: agents.iter().map(|line| start(line)).collect(), nats };
    for program in cluster.programs() {
        program.is_ready().await;
    }
    cluster.agents_connected(2).await;

    let api = cluster.client();
    let ids = api.submit_all(20, |_| Job::wait(std::time::Duration::ZERO)).await;
    for record in api.all_finished(&ids).await {
        assert_eq!(record["status"], "completed", "{record}");
    }
    assert_eq!(cluster.total("osapi_jobs_created_total", &[]).await, 20.0);
    assert_eq!(cluster.total("osapi_agent_jobs_processed_total", &[]).await, 20.0);
    assert_eq!(cluster.total("osapi_nats_connected", &[]).await, 3.0);
}

/// The command that prints the live metrics asks where the processes listen, and prints what it
/// shows.
#[test]
fn its_command_for_all_metrics_asks_every_process() {
    let ports: Vec<_> = commands()
        .iter()
        .filter(|line| line.starts_with("cargo"))
        .map(|line| {
            let arguments = arguments(line);
            let listen = arguments.iter().position(|argument| *argument == "--listen");
            let default = if arguments[0] == "api" { "127.0.0.1:8080" } else { "127.0.0.1:9091" };
            let address = listen.map_or(default, |listen| arguments[listen + 1]);
            address.strip_prefix("127.0.0.1:").expect("loopback").to_owned()
        })
        .collect();
    let asked = format!(" 'http://127.0.0.1:{{{}}}/metrics' | grep -E ", ports.join(","));
    let command = command_for_all_metrics();
    assert_eq!(command.matches(&asked).count(), 1, "{asked}");
    assert_eq!(README.matches(command).count(), 1, "{command}");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_command_for_all_metrics_prints_those_of_every_process() {
    if !has_curl() {
        return;
    }
    let Some(cluster) = Cluster::start(2).await else { return };
    let ports: Vec<_> = cluster
        .programs()
        .map(|program| program.address().strip_prefix("127.0.0.1:").expect("loopback"))
        .collect();
    let asked = "{8080,9091,9092}";
    assert_eq!(command_for_all_metrics().matches(asked).count(), 1, "{asked}");
    let command = command_for_all_metrics().replace(asked, &format!("{{{}}}", ports.join(",")));
    let mut shell = ServerProcess::command("sh");
    let output = shell.args(["-c", &command]).stdout(Stdio::piped()).output().expect("a shell");
    let printed = String::from_utf8(output.stdout).expect("a text");
    assert!(output.status.success(), "{command}: {}: {printed}", output.status);

    let lines: Vec<_> = printed.lines().collect();
    let mut from = cluster.programs().map(|program| format!("# from {}", program.url("/metrics")));
    let processes: Vec<_> = lines.split_inclusive(|line| line.starts_with("# from ")).collect();
    assert_eq!(processes.len(), 3, "{printed}");
    assert!(processes[0].contains(&"osapi_agents_connected 2"), "{printed}");
    for process in processes {
        assert_eq!(process.last().copied(), from.next().as_deref(), "{printed}");
        assert!(process.contains(&"osapi_nats_connected 1"), "{printed}");
    }
}

/// Whether the command can be run here; if it cannot, a line says so.
fn has_curl() -> bool {
    match ServerProcess::command("curl").arg("--version").status() {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let thread = thread::current();
            let test = thread.name().unwrap_or("a test");
            // Not `eprintln!`, whose output is only shown for tests that fail.
            let _ = writeln!(io::stderr(), "there is no curl, so `{test}` was skipped");
            false
        }
        Err(error) => panic!("curl: {error}"),
    }
}
