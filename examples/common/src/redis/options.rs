//! The options of a private server.

use std::{path::PathBuf, time::Duration};

/// How to run a private server.
#[derive(Clone, Debug)]
pub struct RedisOptions {
    /// Whether the server listens on a free port of the loopback interface too; false by default.
    ///
    /// Every user of the machine can connect to that port.
    pub tcp: bool,
    /// Settings of the server with their values, such as `maxmemory` and `50mb`. They come after
    /// the settings that a private server has anyway, and replace them.
    pub settings: Vec<(String, String)>,
    /// The longest time that a start of the server may take; a minute by default.
    pub start_limit: Duration,
    /// The program `redis-server`; by default, the first one in `PATH`.
    pub program: Option<PathBuf>,
}

impl Default for RedisOptions {
    fn default() -> Self {
        Self {
            tcp: false,
            settings: Vec::new(),
            start_limit: Duration::from_secs(60),
            program: None,
        }
    }
}
