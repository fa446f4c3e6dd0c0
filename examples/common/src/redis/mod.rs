//! A private Redis server: for a service that is tried without one, and for tests.
//!
//! ```no_run
//! use osapi_common::redis::{PrivateRedis, RedisOptions};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut server = PrivateRedis::start(&RedisOptions::default())?;
//! println!("redis-cli -s {}", server.socket().display());
//! server.kill();
//! server.start_again()?;
//! # Ok(())
//! # }
//! ```
//!
//! The program is that of an installed Redis: Debian's package is `redis-server`.

mod error;
mod files;
mod options;
mod server;

pub use error::RedisError;
pub use options::RedisOptions;
pub use server::PrivateRedis;
