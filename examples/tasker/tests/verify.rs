//! `tasker verify` with processes as a user starts them, a real PostgreSQL and a real Prometheus.

mod support;

use std::{
    fs::{self, File},
    io::pipe,
    process::{Output, Stdio},
};

use osapi_metrics_tests::servers::{self, ServerProcess};
use tempfile::TempDir;

use support::{Program, run};

/// The lines of the checklist that a run has printed.
fn checklist(output: &Output) -> Vec<String> {
    let printed = String::from_utf8(output.stdout.clone()).expect("a text");
    printed.lines().map(str::to_owned).collect()
}

/// The error that a run has printed.
fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("a text").trim_end().to_owned()
}

/// Asserts that nothing is a miss, and returns the lines.
fn all_ok(output: &Output) -> Vec<String> {
    let lines = checklist(output);
    assert!(output.status.success(), "{}\n{}", lines.join("\n"), error(output));
    assert_eq!(lines.len(), 11, "{lines:#?}");
    lines
}

/// The items that are a miss, of a run that has the exit status 1.
fn misses(output: &Output) -> Vec<String> {
    assert_eq!(output.status.code(), Some(1), "{}", error(output));
    let misses = checklist(output).into_iter().filter(|line| line.starts_with("MISS  "));
    let misses: Vec<_> = misses.collect();
    let said = match misses.len() {
        1 => "tasker: 1 of 11 items is a miss".to_owned(),
        number => format!("tasker: {number} of 11 items are a miss"),
    };
    assert_eq!(error(output), said);
    misses
}

/// A folder with a configuration, and its path.
fn configured(toml: &str) -> (TempDir, String) {
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("tasker.toml");
    fs::write(&file, toml).expect("a file in a temporary folder");
    let path = file.to_str().expect("a temporary folder").to_owned();
    (folder, path)
}

#[test]
fn a_process_that_works_misses_nothing() {
    let Some(postgres) = servers::postgres() else { return };
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/tasker.example.toml");
    let tasker = Program::start(&["--database", &postgres.url()]);
    let metrics = tasker.url("/metrics");
    let arguments = ["verify", "--metrics", &metrics, "--log", tasker.log(), "--config", config];
    // The second run does not count the tasks of the first.
    for _ in 0..2 {
        let lines = all_ok(&run(&arguments));
        assert!(lines.iter().all(|line| line.starts_with("ok    ")), "{lines:#?}");
        assert!(lines[1].ends_with(": opentelemetry_enabled=false"), "{}", lines[1]);
        assert!(lines[3].contains(": requests 8, enqueued 22, processed 22, success 18, error 2"));
        assert!(lines[10].ends_with(
            ": math.diamond: requests 1 → enqueued 4 → executed 4 → succeeded 4 → submitted 4 → \
             processed 4 → completed 1"
        ));
    }
}

/// A reader that has closed the pipe wants no more; on a full disk the result is lost.
#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_no_success() {
    let Some(postgres) = servers::postgres() else { return };
    let tasker = Program::start(&["--database", &postgres.url()]);
    let (api, metrics) = (tasker.url(""), tasker.url("/metrics"));
    let submit = ["submit", "math.linear", "--api", &api];
    let verify = ["verify", "--metrics", &metrics];
    for arguments in [submit.as_slice(), &verify] {
        let full = File::options().write(true).open("/dev/full").expect("a device");
        let (reader, closed) = pipe().expect("a pipe");
        drop(reader);
        for (output, code) in [(Stdio::from(full), 1), (closed.into(), 0)] {
            let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_tasker"));
            let run = command.args(arguments).stdout(output).output().expect("the program starts");
            assert_eq!(run.status.code(), Some(code), "{arguments:?}: {}", error(&run));
            assert_eq!(error(&run).contains("cannot be written: No space left"), code == 1);
        }
    }
}

/// The README shows a checklist: the items of a run without a log, with other ids.
#[test]
fn the_checklist_of_the_readme_is_a_checklist() {
    const README: &str = include_str!("../README.md");
    let Some(postgres) = servers::postgres() else { return };
    let tasker = Program::start(&["--database", &postgres.url()]);
    let printed = all_ok(&run(&["verify", "--metrics", &tasker.url("/metrics")]));
    let shown = README.split_once("```text\nok    ").expect("a checklist").1;
    let shown = format!("ok    {}", shown.split_once("\n```").expect("its end").0);
    let title = |line: &str| line.split_once(": ").expect("a title").0.to_owned();
    let titles: Vec<_> = printed.iter().map(|line| title(line)).collect();
    assert_eq!(shown.lines().map(title).collect::<Vec<_>>(), titles);
    // The numbers of claims differ from run to run, and so do the ids.
    for nth in [0, 1, 3, 5, 6, 10] {
        assert_eq!(shown.lines().nth(nth), Some(printed[nth].as_str()));
    }
}

#[test]
fn the_values_of_several_processes_are_added_up() {
    let Some(postgres) = servers::postgres() else { return };
    let processes = processes(&postgres.url());
    let urls: Vec<_> = processes.iter().map(|process| process.url("/metrics")).collect();
    let mut arguments = vec!["verify"];
    for url in &urls {
        arguments.extend(["--metrics", url]);
    }
    let lines = all_ok(&run(&arguments));
    assert!(lines[1].starts_with("-     "), "{}", lines[1]);

    let of_worker = run(&["verify", "--metrics", &urls[1]]);
    let said = error(&of_worker);
    assert!(said.ends_with("is not the API of tasker; give its address with --api"), "{said}");

    let missed = misses(&run(&["verify", "--metrics", &urls[0]]));
    assert!(missed.iter().any(|line| line.contains("executions 0 instead of 22")), "{missed:#?}");
    assert!(
        missed.iter().any(|line| line.contains("give --metrics URL for each process of tasker")),
        "{missed:#?}"
    );
}

#[test]
fn a_prometheus_is_asked_for_the_same_numbers() {
    let Some(postgres) = servers::postgres() else { return };
    let processes = processes(&postgres.url());
    let targets: Vec<_> = processes.iter().map(Program::address).collect();
    let config = format!(
        "{{global: {{scrape_interval: 250ms, scrape_timeout: 250ms}}, scrape_configs: \
         [{{job_name: tasker, static_configs: [{{targets: {targets:?}}}]}}]}}"
    );
    let Some(prometheus) = servers::prometheus(&config) else { return };
    let prometheus = format!("http://{}", prometheus.address());
    let api = processes[0].url("");
    // The first run waits until Prometheus has found the processes, the second one until it has
    // scraped them again.
    for _ in 0..2 {
        let lines = all_ok(&run(&["verify", "--prometheus", &prometheus, "--api", &api]));
        assert!(lines[9].contains("14 of 14 metrics"), "{}", lines[9]);
    }
}

/// The orchestration, and a worker for each namespace.
fn processes(database: &str) -> Vec<Program> {
    let mut processes = vec![Program::start(&["orchestration", "--database", database])];
    for namespace in tasker::workflow::NAMESPACES {
        let worker = ["worker", "--namespace", namespace, "--database", database];
        processes.push(Program::start(&worker));
    }
    processes
}

#[test]
fn metrics_without_ids_are_compared_before_and_after() {
    let Some(postgres) = servers::postgres() else { return };
    let (_folder, config) = configured("telemetry.correlation_window = 0");
    let tasker = Program::start(&["--database", &postgres.url(), "--config", &config]);
    let lines = all_ok(&run(&["verify", "--metrics", &tasker.url("/metrics")]));
    for line in &lines[9..] {
        assert!(line.contains("not checked, because correlation_window is 0"), "{line}");
    }
}

#[test]
fn metrics_that_are_off_are_a_miss() {
    let Some(postgres) = servers::postgres() else { return };
    let (_folder, config) = configured("telemetry.enabled = false");
    let tasker = Program::start(&["--database", &postgres.url(), "--config", &config]);
    let metrics = tasker.url("/metrics");
    let missed = misses(&run(&["verify", "--metrics", &metrics, "--config", &config]));
    assert_eq!(missed.len(), 1, "{missed:#?}");
    assert!(missed[0].contains("metrics_enabled=false"), "{}", missed[0]);
    assert!(missed[0].contains("the file has telemetry.enabled=false"), "{}", missed[0]);
}

#[test]
fn an_open_breaker_is_a_miss() {
    let Some(mut postgres) = servers::postgres() else { return };
    let (_folder, config) =
        configured("breakers.web = { failure_threshold = 1, open_for = \"10m\" }");
    let tasker = Program::start(&["--database", &postgres.url(), "--config", &config]);
    postgres.kill();
    // The first task of the first run is refused by the database, all others by the breaker.
    let missed = misses(&run(&["verify", "--metrics", &tasker.url("/metrics")]));
    assert!(missed[0].contains("math.diamond was refused: "), "{missed:#?}");
    let of_breakers = missed.iter().find(|line| line.contains("circuit breakers are closed"));
    let of_breakers = of_breakers.expect("a miss of the breakers");
    assert!(of_breakers.contains("web 2, which is open"), "{of_breakers}");
    assert!(of_breakers.contains("/health/detailed is unhealthy (web open"), "{of_breakers}");
}

#[test]
fn what_cannot_be_asked_is_one_sentence() {
    let Some(postgres) = servers::postgres() else { return };
    let (_folder, config) = configured("telemetry.prometheus = false");
    let silent = Program::start(&["--database", &postgres.url(), "--config", &config]);
    let api = silent.url("");
    let health = silent.url("/health");
    let no_port = "http://127.0.0.1:0/metrics";
    let table: [(&[&str], &str); 7] = [
        (&["--metrics", no_port], "; start tasker with `cargo run -p tasker`"),
        (
            &["--metrics", no_port, "--api", &api],
            "give the address of the metrics of a running process with --metrics",
        ),
        (
            &["--metrics", &silent.url("/metrics")],
            "answered 404 Not Found instead of metrics; set `enabled` and `prometheus` below",
        ),
        (&["--metrics", &health], "does not answer with OpenMetrics (the text does not end with"),
        (&["--api", &health], "is not the API of tasker; give its address with --api"),
        (&["--metrics", "127.0.0.1:8090"], "it looks like `http://127.0.0.1:8090/metrics`"),
        (&["--api", &api, "--prometheus", &api], "check the URL of --prometheus"),
    ];
    for (arguments, said) in table {
        let output = run(&[&["verify"], arguments].concat());
        assert_eq!(output.status.code(), Some(1));
        let error = error(&output);
        assert!(error.contains(said) && error.lines().count() == 1, "{arguments:?}: {error}");
        assert_eq!(checklist(&output), Vec::<String>::new());
    }
}
