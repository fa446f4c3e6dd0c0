//! The programs of PostgreSQL.

use osapi_common::postgres::{PostgresError, PostgresOptions, PrivatePostgres};

use super::report_missing;

/// A PostgreSQL server whose commits do not wait for the disk; `None` where PostgreSQL is missing.
///
/// # Panics
///
/// If PostgreSQL is missing and `OSAPI_REQUIRE_SERVERS` is 1, or if it does not start.
pub fn postgres() -> Option<PrivatePostgres> {
    postgres_with(&PostgresOptions { fsync: false, ..PostgresOptions::default() })
}

/// Same as [`postgres`], with other options.
///
/// # Panics
///
/// Same as [`postgres`].
pub fn postgres_with(options: &PostgresOptions) -> Option<PrivatePostgres> {
    match PrivatePostgres::start(options) {
        Ok(server) => Some(server),
        Err(PostgresError::NotInstalled { .. }) => {
            report_missing("PostgreSQL");
            None
        }
        Err(error) => panic!("{error}"),
    }
}
