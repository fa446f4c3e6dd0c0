//! The command line.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use osapi::agent::AgentOptions;
use osapi::app::AppOptions;
use osapi_metrics::MetricsConfig;
use osapi_metrics::config::{ConfigError, Environment};
use sysinfo::System;

/// Runs a small job service that manages this machine: an HTTP API and one agent in one process.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    /// Where the API listens. Anyone who reaches it may run operations: keep it on loopback, or
    /// behind a proxy that asks who is there. Port 0 takes a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// Configuration of the metrics: a YAML, TOML or JSON file. The environment wins over it.
    /// Without a file they are on.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The agent's name in job records and metrics [default: the host name].
    #[arg(long, value_name = "NAME", value_parser = agent_name)]
    agent_name: Option<String>,

    /// The most jobs that the agent runs at the same time.
    #[arg(long, value_name = "JOBS", default_value = "8")]
    concurrency: NonZeroUsize,

    /// How long stopping may take after SIGTERM or an interrupt. Running jobs may finish in this
    /// time, but for its last two seconds.
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = humantime::parse_duration,
    )]
    pub(crate) grace: Duration,
}

impl Args {
    /// Reads what the arguments refer to.
    pub(crate) fn into_options(self) -> Result<AppOptions, ConfigError> {
        Ok(AppOptions {
            listen: self.listen,
            agent: AgentOptions {
                name: self.agent_name.unwrap_or_else(host_name),
                concurrency: self.concurrency,
            },
            metrics: match self.config {
                Some(file) => MetricsConfig::from_file(file)?,
                None => enabled(MetricsConfig::default()),
            },
            environment: Environment::process(),
        })
    }
}

fn enabled(mut config: MetricsConfig) -> MetricsConfig {
    config.enabled = true;
    config
}

fn host_name() -> String {
    System::host_name().unwrap_or_else(|_| "agent".to_owned())
}

fn agent_name(name: &str) -> Result<String, String> {
    if name.is_empty() || name.len() > 64 || name.contains(char::is_whitespace) {
        return Err("a name has 1 to 64 characters and no spaces".to_owned());
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_listen_on_loopback_and_give_ten_seconds() {
        let args = Args::try_parse_from(["osapi"]).expect("no argument is needed");
        assert_eq!(args.grace, Duration::from_secs(10));
        let options = args.into_options().expect("no file to read");
        assert_eq!(options.listen, SocketAddr::from(([127, 0, 0, 1], 8080)));
        assert!(!options.agent.name.is_empty());
    }

    #[test]
    fn bad_arguments_are_named() {
        let table = [
            (["--listen", "8080"], "--listen <ADDRESS>"),
            (["--concurrency", "0"], "--concurrency <JOBS>"),
            (["--agent-name", "a b"], "no spaces"),
            (["--grace", "soon"], "--grace <DURATION>"),
        ];
        for (given, expected) in table {
            let args = ["osapi"].into_iter().chain(given);
            let error = Args::try_parse_from(args).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
