//! The system as the README's second section starts it.

#![expect(clippy::float_cmp, reason = "counts are whole numbers")]

use osapi_metrics_tests::servers;

use crate::support::{Cluster, Job, Program};

const README: &str = include_str!("../../../../README.md");

/// The lines of the first console block below the heading.
fn commands() -> Vec<&'static str> {
    let (_, section) = README.split_once("\n## Run it across machines\n").expect("the section");
    let (_, block) = section.split_once("```console\n").expect("its commands");
    let (block, _) = block.split_once("\n```").expect("their end");
    block.lines().collect()
}

/// The arguments that a line gives to osapi.
fn arguments(line: &str) -> Vec<&str> {
    let arguments = line.strip_prefix("cargo run -p osapi -- ").expect("a command of osapi");
    arguments.split_whitespace().collect()
}

/// The same with the test's own server, and without the address, as the harness takes a free one.
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

/// The command that prints the live metrics asks where the processes listen, and prints what it shows.
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
    assert_eq!(README.matches(&asked).count(), 1, "{asked}");
    let own = include_str!("../../README.md");
    assert_eq!(own.matches(&asked).count(), 1, "{asked}");
}
