//! The cost of the metrics in tasker: `cargo bench -p tasker`.
//!
//! * Instructions of a step: the whole program runs tasks under callgrind, with metrics off and
//!   with metrics on, for two numbers of tasks. The difference of the two numbers is the cost of
//!   the tasks in between, without the start. There is no export in between: callgrind makes the
//!   program many times slower, and exports come by the clock.
//! * Instructions of a new correlation id: the metrics of a task of four steps are recorded, with
//!   ids that push older ones out of the window, and with one id.
//! * Memory: the resident memory after tasks with ids of their own, off and on.
//!
//! It needs PostgreSQL and valgrind, and says what it leaves out without one of them.

mod record;

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    thread,
    time::Duration,
};

use osapi_common::postgres::{PostgresOptions, PrivatePostgres};
use osapi_metrics_tests::otlp_receiver::OtlpReceiver;
use serde_json::Value;
use sqlx::PgPool;
use tasker::client::TaskerClient;

/// Tasks that are measured, and tasks that run before them.
const TASKS: (usize, usize) = (100, 50);

/// The steps of `math.linear`.
const STEPS_OF_A_TASK: usize = 4;

/// Tasks before the memory is read: more than there are ids with series of their own.
const TASKS_FOR_MEMORY: usize = 1_500;

/// Intervals that are so long that the work in them does not count.
const CONFIG: &str = r#"
[orchestration]
poll_interval = "1m"
scan_interval = "1m"
sample_interval = "1m"
[worker]
poll_interval = "1m"
[telemetry]
enabled = ENABLED
[telemetry.opentelemetry]
enabled = PUSHED
endpoint = "COLLECTOR"
interval = "1s"
"#;

fn main() -> ExitCode {
    // `cargo test --all-targets` starts benchmarks without `--bench`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    if let Some(tasks) = argument_after("--record") {
        let window = argument_after("--ids").unwrap_or(tasks);
        record::tasks(tasks, window);
        return ExitCode::SUCCESS;
    }
    let options = PostgresOptions { fsync: false, ..PostgresOptions::default() };
    let postgres = match PrivatePostgres::start(&options) {
        Ok(postgres) => postgres,
        Err(error) => {
            eprintln!("nothing is measured: {error}");
            return ExitCode::FAILURE;
        }
    };
    let bench = Bench {
        postgres,
        collector: OtlpReceiver::start(),
        folder: tempfile::tempdir().expect("a temporary folder"),
        runtime: tokio::runtime::Runtime::new().expect("a runtime"),
    };
    println!("| | metrics off | metrics on | on : off |\n|---|---:|---:|---:|");
    if Command::new("valgrind").arg("--version").output().is_ok() {
        let [off, on] = [false, true].map(|enabled| bench.instructions_of_a_step(enabled));
        println!("| instructions of a step | {off:.0} | {on:.0} | {:.3} |", on / off);
        let [one, many] = [1, usize::MAX].map(|ids| bench.instructions_of_ids(ids));
        println!("| metrics of a task, in instructions, with one id | | {one:.0} | |");
        println!("| the same, each task with a new id | | {many:.0} | |");
    } else {
        eprintln!("instructions are left out: there is no valgrind");
    }
    let [off, on] = [false, true].map(|enabled| bench.memory(enabled));
    println!("| resident memory, KiB | {off:.0} | {on:.0} | + {:.0} |", on - off);
    ExitCode::SUCCESS
}

struct Bench {
    postgres: PrivatePostgres,
    collector: OtlpReceiver,
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
}

impl Bench {
    /// Without a push: the last one comes with the end, and takes time for each series.
    fn instructions_of_a_step(&self, enabled: bool) -> f64 {
        let (measured, before) = TASKS;
        let [few, many] =
            [before, before + measured].map(|tasks| self.instructions(enabled, tasks));
        (many - few) / (measured * STEPS_OF_A_TASK) as f64
    }

    /// The instructions to record the metrics of one task, after as many tasks as fill the window.
    fn instructions_of_ids(&self, ids: usize) -> f64 {
        let (before, measured) = (2 * tasker::metrics::CORRELATION_WINDOW, 1_000);
        let [few, many] = [before, before + measured].map(|tasks| {
            let profile = self.folder.path().join("callgrind.out");
            let mut command = valgrind(&profile);
            command.arg(std::env::current_exe().expect("this program"));
            command.args(["--bench", "--record", &tasks.to_string()]);
            command.args(["--ids", &ids.min(tasks).to_string()]);
            assert!(command.status().expect("there is valgrind").success());
            total(&profile)
        });
        (many - few) / measured as f64
    }

    /// The instructions of a whole run with these tasks.
    fn instructions(&self, enabled: bool, tasks: usize) -> f64 {
        let profile = self.folder.path().join("callgrind.out");
        let mut command = valgrind(&profile);
        command.arg(env!("CARGO_BIN_EXE_tasker"));
        let service = self.start(command, enabled, false);
        self.run_tasks(&service, tasks);
        service.stop();
        total(&profile)
    }

    /// The resident memory after many tasks, in KiB.
    fn memory(&self, enabled: bool) -> f64 {
        let service = self.start(Command::new(env!("CARGO_BIN_EXE_tasker")), enabled, enabled);
        self.run_tasks(&service, TASKS_FOR_MEMORY);
        if enabled {
            // A scrape and a push take memory too.
            let scrape = get(&self.runtime, &format!("{}/metrics", service.base));
            assert!(scrape.contains("tasker_tasks_completions_total"), "nothing was recorded");
        }
        let resident = resident_kib(service.child.id());
        service.stop();
        resident
    }

    fn start(&self, mut command: Command, enabled: bool, pushed: bool) -> Service {
        let config = CONFIG
            .replace("ENABLED", &enabled.to_string())
            .replace("PUSHED", &pushed.to_string())
            .replace("COLLECTOR", &self.collector.url());
        let file = self.folder.path().join("tasker.toml");
        fs::write(&file, config).expect("a file in a temporary folder");
        command
            .args(["--listen", "127.0.0.1:0", "--database", &self.postgres.url(), "--config"])
            .arg(file)
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command.spawn().expect("tasker starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.trim().strip_prefix("API ").map(|url| url.trim().to_owned()));
        let base = address.expect("the address of the API").replace(tasker::api::TASKS, "");
        // The rest of the output is read, so that the program never waits for a reader.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Service { child, base }
    }

    /// Runs tasks one after the other, each to its end. The end is read from the database: requests
    /// for it would be work of the program that is measured, and of any number.
    fn run_tasks(&self, service: &Service, tasks: usize) {
        let client = TaskerClient::new(&service.base).expect("an address");
        self.runtime.block_on(async {
            let database = PgPool::connect(&self.postgres.url()).await.expect("the database");
            for _ in 0..tasks {
                let context = Value::from_iter([("number", 3)]);
                let Value::Object(context) = context else { unreachable!() };
                let accepted = client.submit("math.linear", context).await.expect("accepted");
                let id = &accepted.id;
                let mut poll = tokio::time::interval(Duration::from_millis(5));
                while state(&database, id).await != "complete" {
                    poll.tick().await;
                }
            }
        });
    }
}

async fn state(database: &PgPool, task: &str) -> String {
    sqlx::query_scalar("SELECT state FROM tasker.tasks WHERE id = $1::uuid")
        .bind(task)
        .fetch_one(database)
        .await
        .expect("a task in the table")
}

fn valgrind(profile: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--quiet"]);
    command.arg(format!("--callgrind-out-file={}", profile.display()));
    command
}

/// The number behind this argument.
fn argument_after(name: &str) -> Option<usize> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
    arguments.next()?.parse().ok()
}

/// The running program.
struct Service {
    child: Child,
    base: String,
}

impl Service {
    /// Stops it as a service manager does, so that callgrind writes its profile.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().expect("there is kill");
        assert!(sent.success() && self.child.wait().expect("an end").success());
    }
}

/// The instructions in a profile of callgrind.
fn total(profile: &Path) -> f64 {
    let profile = fs::read_to_string(profile).expect("a profile");
    let total = profile.lines().find_map(|line| line.strip_prefix("totals: "));
    total.expect("a total").trim().parse().expect("a number")
}

fn resident_kib(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("Linux");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = resident.and_then(|kib| kib.trim().strip_suffix(" kB"));
    kib.expect("a resident size").parse().expect("a number")
}

fn get(runtime: &tokio::runtime::Runtime, url: &str) -> String {
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        client.get(url).send().await.expect("an answer").text().await.expect("a body")
    })
}
