//! A private PostgreSQL server: for a service that is tried without a database, and for tests.
//!
//! ```no_run
//! use osapi_common::postgres::{PostgresOptions, PrivatePostgres};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let options = PostgresOptions { database: "tasker".to_owned(), ..PostgresOptions::default() };
//! let mut server = PrivatePostgres::start(&options)?;
//! println!("psql '{}'", server.url());
//! server.kill();
//! server.start_again()?;
//! # Ok(())
//! # }
//! ```
//!
//! The programs are those of an installed PostgreSQL: Debian's package is `postgresql`. PostgreSQL
//! does not run as root. For root, the server runs as the user `postgres`, or as `nobody`.

mod account;
mod cluster;
mod error;
mod options;
mod programs;
mod server;

pub use error::PostgresError;
pub use options::PostgresOptions;
pub use server::PrivatePostgres;
