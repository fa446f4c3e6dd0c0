//! The command line.

use std::{error::Error, net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use osapi_common::{
    json,
    program::print_result,
    ranges::{GRACE, duration},
    url_argument::UrlArgument,
};
use osapi_metrics::config::Environment;
use osapi_metrics_rules::excerpt::Excerpt;
use serde_json::{Map, Value};
use tasker::{
    app::Role,
    client::TaskerClient,
    config::TaskerConfig,
    verify::Verification,
    worker::ClaimMode,
    workflow::{NAMESPACES, WORKFLOWS, find},
};

/// An error that another thread can have.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// The default address of a worker's metrics.
const WORKER_ADDRESS: ([u8; 4], u16) = ([127, 0, 0, 1], 8091);

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);

/// Runs workflows on PostgreSQL: the API, the orchestration and a worker for each namespace in one
/// process, or each in a process of its own.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    part: Option<Part>,

    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Runs the API and the orchestration.
    Orchestration {
        #[command(flatten)]
        serve: ServeArgs,
    },
    /// Runs a worker. Any number of workers share the steps of a namespace.
    Worker {
        /// The namespace whose steps it runs.
        #[arg(long, value_name = "NAMESPACE", value_parser = namespace)]
        namespace: String,
        /// The name in the tables, unique among the workers [default: the namespace and the process
        /// id].
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// How it finds steps.
        #[arg(long, value_enum)]
        claim: Option<ClaimMode>,
        #[command(flatten)]
        serve: ServeArgs,
    },
    /// Submits a task to a running tasker, waits for its end, and prints it.
    Submit(Submission),
    /// Runs workflows on a running tasker, and prints a checklist of its metrics. The exit status
    /// is 1 if an item is a miss.
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// Where the API and the metrics are served; port 0 takes a free port [default: 127.0.0.1:8090,
    /// of a worker 127.0.0.1:8091].
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,

    /// The database. Without it, a private PostgreSQL is started in a temporary folder. A URL may
    /// have a password; pass such a URL as the variable.
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    database: Option<UrlArgument>,

    /// The configuration, a TOML file. The environment variables of OpenTelemetry override it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// How long the stop may take after SIGTERM, SIGINT, SIGHUP or SIGQUIT. Running steps may end
    /// in this time, except in its last two seconds.
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = duration(GRACE),
    )]
    grace: Duration,
}

/// A task to submit.
#[derive(Debug, Args)]
pub(crate) struct Submission {
    /// The workflow, such as math.diamond.
    workflow: String,
    /// Its context, a JSON object [default: the workflow's example].
    context: Option<String>,
    /// The API.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8090")]
    api: String,
}

#[derive(Debug, Args)]
struct VerifyArgs {
    /// The metrics of a process. Given once for each process; the values are added up.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8090/metrics")]
    metrics: Vec<String>,
    /// A Prometheus that scrapes all processes, to ask instead of the processes.
    #[arg(long, value_name = "URL")]
    prometheus: Option<String>,
    /// The API [default: the host of the first URL of --metrics].
    #[arg(long, value_name = "URL")]
    api: Option<String>,
    /// The file with the log of the process with the API.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// The configuration of the process with the API.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How long the tasks may take.
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "60s",
        value_parser = duration(SECOND..=DAY),
    )]
    limit: Duration,
}

/// What the command line asks for.
pub(crate) enum Plan {
    /// Run parts of the service.
    Serve(Box<Service>),
    /// Submit a task.
    Submit(Submission),
    /// Go through the checklist.
    Verify(Verification),
}

/// The parts of the service to run, before the configuration is read.
pub(crate) struct Service {
    pub(crate) role: Role,
    claim: Option<ClaimMode>,
    args: ServeArgs,
}

impl CommandLine {
    pub(crate) fn plan(self) -> Plan {
        let serve = |role, claim, args| Plan::Serve(Box::new(Service { role, claim, args }));
        match self.part {
            None => serve(Role::Everything, None, self.serve),
            Some(Part::Orchestration { serve: args }) => serve(Role::Orchestration, None, args),
            Some(Part::Worker { namespace, name, claim, serve: args }) => {
                let name =
                    name.unwrap_or_else(|| format!("worker-{namespace}-{}", std::process::id()));
                serve(Role::Worker { name, namespace }, claim, args)
            }
            Some(Part::Submit(submission)) => Plan::Submit(submission),
            Some(Part::Verify(verify)) => Plan::Verify(verify.into()),
        }
    }
}

impl Service {
    /// How long the stop may take.
    pub(crate) fn grace(&self) -> Duration {
        self.args.grace
    }

    /// Reads the configuration file and the environment. It blocks its thread.
    pub(crate) fn config(self, environment: &Environment) -> Result<TaskerConfig, Failure> {
        let Self { role, claim, args } = self;
        let is_worker = matches!(role, Role::Worker { .. });
        let has_file = args.config.is_some();
        let mut config = match args.config {
            Some(file) => TaskerConfig::from_file(file)?,
            None => TaskerConfig::default(),
        };
        if let Some(url) = args.database {
            config.database = Some(url.into_text("--database or DATABASE_URL")?);
        }
        if is_worker && config.database.is_none() {
            return Err("a worker needs the database of its orchestration: --database URL, \
                        DATABASE_URL, or database.url in the file of --config"
                .into());
        }
        match args.listen {
            Some(listen) => config.listen = listen,
            None if is_worker && !has_file => config.listen = WORKER_ADDRESS.into(),
            None => {}
        }
        if let Some(claim) = claim {
            config.worker.claim = claim;
        }
        config.metrics = config.metrics.with_environment(environment)?;
        Ok(config)
    }
}

impl Submission {
    /// Submits the task, waits for its end, and prints it.
    pub(crate) async fn run(self) -> Result<(), Failure> {
        const LIMIT: Duration = Duration::from_mins(2);
        let context = match (&self.context, find(&self.workflow)) {
            (Some(context), _) => json::read::<Map<String, Value>>(context.as_bytes())
                .map_err(|error| format!("the context is not one JSON object: {error}"))?,
            (None, Some(workflow)) => serde_json::from_str(workflow.example)?,
            (None, None) => {
                let names: Vec<_> = WORKFLOWS.iter().map(|workflow| workflow.name).collect();
                let known = names.join(", ");
                let given = Excerpt::of(&self.workflow);
                return Err(format!("no workflow has the name `{given}`; there are {known}").into());
            }
        };
        let client = TaskerClient::new(&self.api)?;
        let accepted = client.submit(&self.workflow, context).await?;
        let task = client.ended(&accepted.id, LIMIT).await?;
        let task = serde_json::to_string_pretty(&task)?;
        Ok(print_result(&format_args!("{task}\n"))?)
    }
}

impl From<VerifyArgs> for Verification {
    fn from(args: VerifyArgs) -> Self {
        let VerifyArgs { metrics, prometheus, api, log, config, limit } = args;
        Self { metrics, prometheus, api, log, config, limit }
    }
}

/// A namespace that has workflows.
fn namespace(name: &str) -> Result<String, String> {
    if NAMESPACES.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(format!("the workflows have the namespaces {}", NAMESPACES.join(", ")))
}
