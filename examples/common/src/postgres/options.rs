//! The options of a private server.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

/// How to run a private server. The default has the safety of a real server.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// The database in [`url`](super::PrivatePostgres::url), created with the server; `postgres` by
    /// default. A name has 1 to 63 small letters, digits and underscores.
    pub database: String,
    /// Settings of the server with their values, such as `max_connections` and `50`.
    pub settings: Vec<(String, String)>,
    /// Whether a commit waits for the disk; true by default.
    ///
    /// Data survive the kill of a server without it, but not a crash of the machine. Tests are
    /// faster without.
    pub fsync: bool,
    /// The longest time that a start of the server may take; a minute by default.
    pub start_limit: Duration,
    /// The folder of the programs `initdb` and `postgres`.
    ///
    /// By default, it is the first one in `PATH` that has both, or the one with the highest version
    /// of `/usr/lib/postgresql/*/bin`.
    pub programs: Option<PathBuf>,
    /// Stops a start that goes on in another thread, once it is true: the start fails within
    /// moments, and leaves nothing behind.
    pub stop: Arc<AtomicBool>,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            database: "postgres".to_owned(),
            settings: Vec::new(),
            fsync: true,
            start_limit: Duration::from_secs(60),
            programs: None,
            stop: Arc::default(),
        }
    }
}
