//! The limits of the HTTP server, on the command line.

use std::time::Duration;

use clap::Args;
use osapi_metrics::http::ServerLimits;

/// What clients may take of the HTTP server of a process.
///
/// A value out of its range is an error when the address is bound.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "HTTP server")]
pub struct LimitArgs {
    /// The most connections at a time; further ones wait. Below the limit of open files (ulimit
    /// -n), of which the process needs some for its own work.
    #[arg(long, value_name = "CONNECTIONS", default_value_t = ServerLimits::default().max_connections)]
    max_connections: usize,

    /// How long a client may take for the head of a request.
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "10s",
        value_parser = humantime::parse_duration,
    )]
    head_timeout: Duration,

    /// How long a connection may stay without a further request.
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "75s",
        value_parser = humantime::parse_duration,
    )]
    idle_timeout: Duration,
}

impl From<LimitArgs> for ServerLimits {
    fn from(args: LimitArgs) -> Self {
        let mut limits = Self::default();
        limits.max_connections = args.max_connections;
        limits.head_timeout = args.head_timeout;
        limits.idle_timeout = args.idle_timeout;
        limits
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct CommandLine {
        #[command(flatten)]
        limits: LimitArgs,
    }

    #[test]
    fn the_defaults_are_those_of_the_server() {
        let args = CommandLine::parse_from(["program"]);
        assert_eq!(ServerLimits::from(args.limits), ServerLimits::default());
    }

    #[test]
    fn each_argument_is_a_limit() {
        let args =
            ["program", "--max-connections=7", "--head-timeout=2s", "--idle-timeout", "1m 5s"];
        let limits = ServerLimits::from(CommandLine::parse_from(args).limits);
        assert_eq!(limits.max_connections, 7);
        assert_eq!(limits.head_timeout, Duration::from_secs(2));
        assert_eq!(limits.idle_timeout, Duration::from_secs(65));
    }
}
