//! The command line.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    net::SocketAddr,
    ops::RangeInclusive,
    path::PathBuf,
    time::Duration,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use job_queue::{
    app::{AppOptions, ResourceOptions, Role, WorkerSpec},
    config::Settings,
    job::{Capabilities, Service, Trait, http_address},
    queue::QueueOptions,
    verify::{Limits, Verification},
};
use osapi_common::{
    http::LimitArgs,
    ranges::{GRACE, duration, number},
    url_argument::UrlArgument,
};
use osapi_metrics::config::Environment;
use osapi_metrics_rules::excerpt::Excerpt;

/// The default address of a worker's metrics.
const WORKER_ADDRESS: ([u8; 4], u16) = ([127, 0, 0, 1], 8071);

/// The memory of a queue in the process, in MiB. A body of the API always has room in it.
const QUEUE_MEMORY: RangeInclusive<u64> = 2..=1 << 20;

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Runs jobs on workers with capabilities: the API, two workers and a queue in one process, or each
/// in a process of its own over Redis.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    part: Option<Part>,

    #[command(flatten)]
    api: ApiArgs,

    /// A Redis server for the queue. Without it the queue ends with the process. A URL may have a
    /// password; pass such a URL as the variable.
    #[arg(long, value_name = "URL", env = "REDIS_URL", hide_env_values = true)]
    redis: Option<UrlArgument>,

    /// The most memory that the jobs of a queue in the process take, in MiB: more are refused, and
    /// records of jobs that are over are dropped for new ones. A Redis server has a limit of its
    /// own.
    #[arg(
        long,
        value_name = "MIB",
        default_value = "256",
        value_parser = number(QUEUE_MEMORY),
        conflicts_with = "redis",
    )]
    queue_memory: u64,

    #[command(flatten)]
    common: CommonArgs,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Runs the API. Its jobs go to the workers that use the same Redis server.
    Api {
        #[command(flatten)]
        api: ApiArgs,
        #[command(flatten)]
        redis: RedisArgs,
        #[command(flatten)]
        common: CommonArgs,
    },
    /// Runs a worker. Any number of workers share the work.
    Worker(WorkerArgs),
    /// Starts processes of its own, measures what their metrics cost and deliver, and prints a
    /// table of the targets. The exit status is 1 if a target is missed, and 2 if nothing was
    /// measured.
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
struct ApiArgs {
    /// Where the API listens. Anyone who reaches it may run jobs: keep it on loopback, or behind a
    /// proxy that authenticates clients. Port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8070")]
    listen: SocketAddr,

    /// A job that no worker could run for longer is unworkable.
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "1m",
        value_parser = duration(SECOND..=DAY),
    )]
    unworkable_after: Duration,

    /// How long a client of events may take to accept one.
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration(SECOND..=HOUR),
    )]
    event_limit: Duration,
}

#[derive(Debug, Args)]
struct WorkerArgs {
    /// A service whose jobs it runs; may be given several times [default: all of simulation, hash,
    /// compress and image].
    #[arg(long, value_name = "SERVICE", value_parser = service)]
    connector: Vec<Service>,
    /// What it has, for jobs that require it: a key and a text, or a key and a number that has to
    /// be reached. May be given several times.
    #[arg(long, value_name = "KEY=VALUE", value_parser = capability)]
    capability: Vec<(String, Trait)>,
    /// The name in records and metrics, unique among the workers [default: the one of the metrics'
    /// configuration, or worker and the process id].
    #[arg(long, value_name = "NAME", value_parser = worker_name)]
    name: Option<String>,
    /// How many jobs it runs at the same time.
    #[arg(
        long,
        value_name = "JOBS",
        default_value = "4",
        value_parser = number(1..=WorkerSpec::MAX_SLOTS),
    )]
    slots: u32,
    /// The API, which has the models.
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:8070",
        value_parser = api_address,
    )]
    api: String,
    /// Where models are kept [default: a temporary folder that ends with the worker].
    #[arg(long, value_name = "FOLDER")]
    cache: Option<PathBuf>,
    /// Where /metrics, /health and /health/ready are served; port 0 takes a free port [default:
    /// 127.0.0.1:8071; with --config, telemetry.metrics.listen].
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    #[command(flatten)]
    redis: RedisArgs,
    #[command(flatten)]
    common: CommonArgs,
}

#[derive(Debug, Args)]
struct VerifyArgs {
    /// How long the processes run: one pass of the schedule of faults or more.
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "95s",
        value_parser = duration(SECOND..=DAY),
    )]
    duration: Duration,
    /// The jobs of a batch, which each process runs in turn.
    #[arg(
        long,
        value_name = "JOBS",
        default_value = "8",
        value_parser = number(Verification::JOBS),
    )]
    jobs: usize,
    /// How many times as fast intervals and faults are, from 1 to 100: for a short try, whose
    /// figures are not those of the program.
    #[arg(
        long,
        value_name = "FACTOR",
        default_value = "1",
        value_parser = decimal(Verification::SPEED),
    )]
    speed: f64,
    /// How the result is printed.
    #[arg(long, value_enum, value_name = "FORM", default_value = "table")]
    report: ReportForm,
    /// The program to verify [default: this one].
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// The overhead that is too much, in percent of the processor time of jobs.
    #[arg(
        long,
        value_name = "PERCENT",
        default_value_t = Limits::default().overhead,
        value_parser = decimal(Limits::OVERHEAD),
    )]
    max_overhead: f64,
    /// The greatest age of a value at the receiver.
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "30s",
        value_parser = duration(MILLISECOND..=DAY),
    )]
    max_age: Duration,
    /// The least share of due exports that are delivered, in percent.
    #[arg(
        long,
        value_name = "PERCENT",
        default_value_t = Limits::default().delivered,
        value_parser = decimal(Limits::DELIVERED),
    )]
    min_delivered: f64,
    /// The most memory that metrics take, in MiB.
    #[arg(
        long,
        value_name = "MIB",
        default_value_t = Limits::default().memory,
        value_parser = decimal(Limits::MEMORY),
    )]
    max_memory: f64,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ReportForm {
    /// A table, and below it where its numbers come from.
    Table,
    /// A JSON object.
    Json,
}

#[derive(Debug, Args)]
struct RedisArgs {
    /// The Redis server. A URL may have a password; pass such a URL as the variable.
    #[arg(
        long,
        value_name = "URL",
        env = "REDIS_URL",
        hide_env_values = true,
        default_value = "redis://127.0.0.1:6379"
    )]
    redis: UrlArgument,
}

#[derive(Debug, Args)]
struct CommonArgs {
    /// Configuration of the metrics: a YAML, TOML or JSON file. The environment overrides it.
    /// Without a file the metrics are on.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The folder in which jobs work, whose space the metrics show [default: /workspace, where
    /// there is such a folder].
    #[arg(long, value_name = "FOLDER")]
    workspace: Option<PathBuf>,

    /// NVIDIA's library, libnvidia-ml.so [default: the one of the system].
    #[arg(long, value_name = "FILE")]
    nvml: Option<PathBuf>,

    /// How long the stop may take after SIGTERM, SIGINT, SIGHUP or SIGQUIT. Running jobs may finish
    /// in this time, except in its last two seconds.
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration(GRACE),
    )]
    grace: Duration,

    #[command(flatten)]
    limits: LimitArgs,
}

/// The option and the variable of the Redis server, as errors name them.
const REDIS: &str = "--redis or REDIS_URL";

/// An error that another thread can have.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// What the command line asks for.
pub(crate) enum Plan {
    /// Run parts of the service.
    Serve { options: Box<AppOptions>, grace: Duration },
    /// Measure the targets.
    Verify { verification: Verification, form: ReportForm },
}

impl CommandLine {
    /// Reads the configuration file and the environment.
    pub(crate) fn plan(self, environment: &Environment) -> Result<Plan, Failure> {
        match self.part {
            None => {
                let redis = self.redis.map(|url| url.into_text(REDIS)).transpose()?;
                let role = Role::Everything { listen: self.api.listen, redis };
                let queue =
                    QueueOptions { max_bytes: self.queue_memory << 20, ..QueueOptions::default() };
                self.api.serve(role, &queue, self.common, environment)
            }
            Some(Part::Api { api, redis, common }) => {
                let role = Role::Api { listen: api.listen, redis: redis.redis.into_text(REDIS)? };
                api.serve(role, &QueueOptions::default(), common, environment)
            }
            Some(Part::Worker(worker)) => worker.serve(environment),
            Some(Part::Verify(verify)) => Ok(verify.plan()),
        }
    }
}

impl VerifyArgs {
    fn plan(self) -> Plan {
        let limits = Limits {
            overhead: self.max_overhead,
            freshness: self.max_age,
            delivered: self.min_delivered,
            memory: self.max_memory,
        };
        let Self { duration, jobs, speed, program, report: form, .. } = self;
        Plan::Verify { verification: Verification { program, duration, jobs, speed, limits }, form }
    }
}

impl ApiArgs {
    fn serve(
        self,
        role: Role,
        queue: &QueueOptions,
        common: CommonArgs,
        environment: &Environment,
    ) -> Result<Plan, Failure> {
        let settings = Settings::read(common.config.clone(), environment)?;
        let (mut options, grace) = common.options(role, settings);
        options.queue = QueueOptions { unworkable_after: self.unworkable_after, ..queue.clone() };
        options.events.send = self.event_limit;
        Ok(Plan::Serve { options: Box::new(options), grace })
    }
}

impl CommonArgs {
    fn options(self, role: Role, settings: Settings) -> (AppOptions, Duration) {
        let mut options = AppOptions::new(role, settings);
        let default = ResourceOptions::default();
        let workspace = self.workspace.or(default.workspace);
        options.resources = ResourceOptions { workspace, nvml: self.nvml };
        options.limits = self.limits.into();
        (options, self.grace)
    }
}

impl WorkerArgs {
    fn serve(self, environment: &Environment) -> Result<Plan, Failure> {
        let services = match self.connector {
            none if none.is_empty() => BTreeSet::from(Service::ALL),
            some => some.into_iter().collect(),
        };
        let mut capabilities = BTreeMap::new();
        for (key, value) in self.capability {
            if capabilities.contains_key(&key) {
                return Err(format!("--capability {key} is given twice").into());
            }
            capabilities.insert(key, value);
        }
        let has_file = self.common.config.is_some();
        let mut settings = Settings::read(self.common.config.clone(), environment)?;
        match self.listen {
            Some(listen) => settings.metrics.listen = listen,
            None if !has_file => settings.metrics.listen = WORKER_ADDRESS.into(),
            None => {}
        }
        let instance = settings.metrics.resource.get("service.instance.id");
        let id = match (self.name, instance.and_then(|id| id.as_str())) {
            (Some(name), _) => name,
            (None, Some(id)) => worker_name(id).map_err(|mistake| {
                format!(
                    "`service.instance.id` of the resource is no name for the worker: {mistake}"
                )
            })?,
            (None, None) => format!("worker-{}", std::process::id()),
        };
        let worker = WorkerSpec {
            id,
            services,
            capabilities: Capabilities::new(capabilities)?,
            slots: self.slots,
            cache: self.cache,
        };
        let role =
            Role::Worker { redis: self.redis.redis.into_text(REDIS)?, api: self.api, worker };
        let (options, grace) = self.common.options(role, settings);
        Ok(Plan::Serve { options: Box::new(options), grace })
    }
}

fn service(name: &str) -> Result<Service, String> {
    Service::named(name).ok_or_else(|| {
        let names = Service::ALL.map(Service::name).join(", ");
        format!("the services are {names}")
    })
}

fn capability(text: &str) -> Result<(String, Trait), String> {
    let (key, value) = text.split_once('=').ok_or("a key, `=` and a value are expected")?;
    let is_whole = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = match value.parse() {
        Ok(number) => Trait::Number(number),
        // As a text it would meet no requirement that is a number.
        Err(_) if is_whole(value.trim_start_matches(['-', '+'])) => {
            return Err(format!("a number is from 0 to {}, not {}", u32::MAX, Excerpt::of(value)));
        }
        Err(_) => Trait::Text(value.to_owned()),
    };
    let one = BTreeMap::from([(key.to_owned(), value.clone())]);
    Capabilities::new(one).map_err(|error| error.to_string())?;
    Ok((key.to_owned(), value))
}

/// The parser of a number in this range, both ends included.
fn decimal(
    range: RangeInclusive<f64>,
) -> impl Fn(&str) -> Result<f64, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        number.ok_or_else(|| format!("expected a number from {least} to {most}"))
    }
}

fn api_address(text: &str) -> Result<String, String> {
    let url = http_address(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        // The path of a model is put behind it.
        return Err("nothing may stand behind its path, neither `?…` nor `#…`".to_owned());
    }
    Ok(text.to_owned())
}

/// A name that a label can have.
fn worker_name(name: &str) -> Result<String, String> {
    const MAX_BYTES: usize = 64;
    if (1..=MAX_BYTES).contains(&name.len()) && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(format!(
        "the name of a worker has 1 to {MAX_BYTES} bytes without control characters, not {:?}",
        Excerpt::of(name)
    ))
}
