//! The arguments of the operations.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize};

use super::visitors::{text, whole_number};

/// The arguments of `file.sha256`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Sha256Args {
    /// The file to read.
    #[serde(deserialize_with = "path")]
    pub path: PathBuf,
}

fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let path = text(deserializer, "a path of 1 to 4096 bytes without NUL", |path| {
        (1..=4096).contains(&path.len()) && !path.contains('\0')
    })?;
    Ok(path.into())
}

/// The arguments of `dns.resolve`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ResolveArgs {
    /// The host to look up.
    #[serde(deserialize_with = "host")]
    pub host: String,
}

fn host<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(
        deserializer,
        "a host name of 1 to 253 characters without spaces, or an IP address",
        |host| {
            (1..=253).contains(&host.len())
                && !host.contains(|c: char| c.is_whitespace() || c.is_control())
        },
    )
}

const DEFAULT_PROCESSES: u64 = 20;
const MAX_PROCESSES: u64 = 500;

/// The arguments of `process.list`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ListArgs {
    /// How many processes to list, 1 to 500; 20 by default.
    #[serde(default = "default_limit", deserialize_with = "whole_number::<_, 1, MAX_PROCESSES>")]
    pub limit: u64,
}

fn default_limit() -> u64 {
    DEFAULT_PROCESSES
}

/// The longest wait that a request can ask for.
const MAX_MILLIS: u64 = 60_000;

/// The arguments of `wait`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WaitArgs {
    /// How long to wait, 0 to 60,000 milliseconds.
    #[serde(deserialize_with = "whole_number::<_, 0, MAX_MILLIS>")]
    pub millis: u64,
}
