//! The command line.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    path::PathBuf,
    time::Duration,
};

use clap::{Args, Parser, Subcommand};
use osapi::{
    agent::AgentOptions,
    app::{AppOptions, Role},
    broker::nats::{NatsServers, NatsServersError},
    fleet::MAX_AGENT_NAME,
};
use osapi_common::{
    http::LimitArgs,
    ranges::{GRACE, duration, number},
    url_argument::{UrlArgument, UrlArgumentError},
};
use osapi_metrics::config::{ConfigError, Environment, MetricsConfig};
use sysinfo::System;

/// The default address of an agent's metrics.
const AGENT_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9091);

/// Runs a small job service that manages this machine: an HTTP API and one agent in one process, or
/// each in a process of its own over NATS.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    part: Option<Part>,

    #[command(flatten)]
    api: ApiArgs,

    /// The agent's name in job records and metrics [default: the host name].
    #[arg(long, value_name = "NAME", value_parser = agent_name)]
    agent_name: Option<String>,

    #[command(flatten)]
    jobs: JobArgs,

    #[command(flatten)]
    common: CommonArgs,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Runs the API. Its jobs go to the agents that are connected to the same NATS servers.
    Api {
        #[command(flatten)]
        api: ApiArgs,
        #[command(flatten)]
        nats: NatsArgs,
        #[command(flatten)]
        common: CommonArgs,
    },
    /// Runs an agent. Any number of agents share the work.
    Agent {
        /// The agent's name in job records and metrics [default: the host name].
        #[arg(long, value_name = "NAME", value_parser = agent_name)]
        name: Option<String>,
        /// Where /metrics, /health and /health/ready are served; port 0 takes a free port
        /// [default: 127.0.0.1:9091; with --config, telemetry.metrics.listen].
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
        #[command(flatten)]
        jobs: JobArgs,
        #[command(flatten)]
        nats: NatsArgs,
        #[command(flatten)]
        common: CommonArgs,
    },
}

#[derive(Debug, Args)]
struct ApiArgs {
    /// Where the API listens. Anyone who reaches it may run operations: keep it on loopback, or
    /// behind a proxy that authenticates clients. Port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

#[derive(Debug, Args)]
struct JobArgs {
    /// The most jobs that the agent runs at the same time.
    #[arg(
        long,
        value_name = "JOBS",
        default_value = "8",
        value_parser = number(NonZeroUsize::MIN..=AgentOptions::MAX_CONCURRENCY),
    )]
    concurrency: NonZeroUsize,
}

#[derive(Debug, Args)]
struct NatsArgs {
    /// The NATS servers, with JetStream; several of a cluster are separated by commas. A URL may
    /// have a user and a password, or a token, before an @ and the host; pass such a URL as the
    /// variable.
    #[arg(
        long,
        value_name = "URL",
        env = "NATS_URL",
        hide_env_values = true,
        default_value = "nats://127.0.0.1:4222"
    )]
    nats: UrlArgument,
}

#[derive(Debug, Args)]
struct CommonArgs {
    /// Configuration of the metrics: a YAML, TOML or JSON file. The environment overrides it.
    /// Without a file the metrics are on.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

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

impl CommandLine {
    /// How long the stop may take.
    pub(crate) fn grace(&self) -> Duration {
        match &self.part {
            None => self.common.grace,
            Some(Part::Api { common, .. } | Part::Agent { common, .. }) => common.grace,
        }
    }

    /// Reads the configuration file and the environment, and parses the URLs.
    pub(crate) fn into_options(
        self,
        environment: &Environment,
    ) -> Result<AppOptions, OptionsError> {
        match self.part {
            None => {
                let agent = self.jobs.options(self.agent_name);
                let role = Role::Everything { listen: self.api.listen, agent };
                self.common.options(role, environment)
            }
            Some(Part::Api { api, nats, common }) => {
                let role = Role::Api { listen: api.listen, nats: nats.servers()? };
                common.options(role, environment)
            }
            Some(Part::Agent { name, listen, jobs, nats, common }) => {
                let role = Role::Agent { agent: jobs.options(name), nats: nats.servers()? };
                let mut options = common.options(role, environment)?;
                if let Some(listen) = listen {
                    options.metrics.listen = listen;
                }
                Ok(options)
            }
        }
    }
}

impl NatsArgs {
    fn servers(self) -> Result<NatsServers, OptionsError> {
        self.nats.into_text("--nats or NATS_URL")?.parse().map_err(OptionsError::Nats)
    }
}

impl JobArgs {
    fn options(self, name: Option<String>) -> AgentOptions {
        let name = name.unwrap_or_else(host_name);
        AgentOptions { name, concurrency: self.concurrency }
    }
}

impl CommonArgs {
    fn options(self, role: Role, environment: &Environment) -> Result<AppOptions, OptionsError> {
        let limits = self.limits.into();
        Ok(AppOptions { role, metrics: self.metrics(environment)?, limits })
    }

    /// The configuration of the metrics. The environment overrides the file.
    fn metrics(self, environment: &Environment) -> Result<MetricsConfig, ConfigError> {
        let config = match self.config {
            Some(file) => MetricsConfig::from_file(file)?,
            None => {
                let mut config = MetricsConfig::default();
                config.enabled = true;
                config.listen = AGENT_ADDRESS;
                config.explorer = Some(true);
                config
            }
        };
        config.with_environment(environment)
    }
}

/// Why the arguments are not valid.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OptionsError {
    /// The configuration of the metrics is not valid.
    #[error(transparent)]
    Metrics(#[from] ConfigError),
    /// The URLs of the NATS servers are not valid.
    #[error("--nats or NATS_URL: {0}")]
    Nats(NatsServersError),
    /// What is given for the URLs cannot be any.
    #[error(transparent)]
    Urls(#[from] UrlArgumentError),
}

fn host_name() -> String {
    System::host_name().unwrap_or_else(|_| "agent".to_owned())
}

fn agent_name(name: &str) -> Result<String, String> {
    if name.is_empty()
        || name.len() > MAX_AGENT_NAME
        || name.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        return Err(format!(
            "a name has 1 to {MAX_AGENT_NAME} bytes, no spaces and no control characters"
        ));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(args: &[&str], variables: &[(&str, &str)]) -> AppOptions {
        let args = CommandLine::try_parse_from(args).expect("arguments that fit");
        let environment = variables.iter().copied().collect();
        args.into_options(&environment).expect("no file to read")
    }

    #[test]
    fn the_defaults_listen_on_loopback_and_give_ten_seconds() {
        let args = CommandLine::try_parse_from(["osapi"]).expect("no argument is needed");
        assert_eq!(args.grace(), Duration::from_secs(10));
        let Role::Everything { listen, agent } = options(&["osapi"], &[]).role else {
            panic!("another role");
        };
        assert_eq!(listen, SocketAddr::from(([127, 0, 0, 1], 8080)));
        assert!(!agent.name.is_empty());
    }

    #[test]
    fn the_parts_have_the_same_defaults_and_find_nats_on_loopback() {
        let api = options(&["osapi", "api"], &[]);
        let Role::Api { listen, nats } = api.role else { panic!("another role") };
        assert_eq!(listen, SocketAddr::from(([127, 0, 0, 1], 8080)));
        assert_eq!(nats.to_string(), "nats://127.0.0.1:4222");

        let args = ["osapi", "agent", "--name", "a", "--nats", "nats://n1:1,nats://n2:2"];
        let agent = options(&args, &[]);
        assert_eq!(agent.metrics.listen, AGENT_ADDRESS);
        assert!(agent.metrics.enabled);
        let Role::Agent { agent, nats } = agent.role else { panic!("another role") };
        assert_eq!(
            (agent.name.as_str(), nats.to_string().as_str()),
            ("a", "nats://n1:1,nats://n2:2")
        );
    }

    #[test]
    fn an_argument_wins_over_the_environment_and_that_over_the_default() {
        let port = [("OTEL_EXPORTER_PROMETHEUS_PORT", "7000")];
        assert_eq!(options(&["osapi", "agent"], &port).metrics.listen.port(), 7000);
        let args = ["osapi", "agent", "--listen", "127.0.0.1:7001"];
        assert_eq!(options(&args, &port).metrics.listen.port(), 7001);
    }

    #[test]
    fn a_bad_url_is_named_and_not_shown() {
        let args = ["osapi", "agent", "--nats", "nats://user:s3cret@host:port"];
        let args = CommandLine::try_parse_from(args).expect("read later");
        assert!(!format!("{args:?}").contains("s3cret"), "{args:?}");
        let error = args.into_options(&Environment::default()).expect_err("no URL").to_string();
        assert!(error.starts_with("--nats or NATS_URL: the 1. URL"), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }

    #[test]
    fn bad_arguments_are_named() {
        let table: [(&[&str], _); 8] = [
            (&["--listen", "8080"], "--listen <ADDRESS>"),
            (&["--concurrency", "0"], "--concurrency <JOBS>"),
            (&["--concurrency", "10000000"], "a whole number from 1 to 1000"),
            (&["--grace", "2h"], "a duration from 0s to 1h"),
            (&["--grace", "99999999999999y"], "a duration from 0s to 1h"),
            (&["--agent-name", "a b"], "no spaces"),
            (&["--grace", "soon"], "--grace <DURATION>"),
            (&["--concurrency", "4", "api"], "cannot be used with"),
        ];
        for (given, expected) in table {
            let args = ["osapi"].iter().chain(given);
            let error = CommandLine::try_parse_from(args).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
