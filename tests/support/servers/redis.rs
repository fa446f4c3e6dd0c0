//! The program `redis-server`.

use osapi_common::redis::{PrivateRedis, RedisError, RedisOptions};

use super::report_missing;

/// A Redis server on a Unix socket, whose data survive [`kill`](PrivateRedis::kill); `None` where
/// `redis-server` is missing.
///
/// # Panics
///
/// If the program is missing and `OSAPI_REQUIRE_SERVERS` is 1, or if it does not start.
pub fn redis() -> Option<PrivateRedis> {
    redis_with(&RedisOptions::default())
}

/// Same as [`redis`], with other options.
///
/// # Panics
///
/// Same as [`redis`].
pub fn redis_with(options: &RedisOptions) -> Option<PrivateRedis> {
    match PrivateRedis::start(options) {
        Ok(server) => Some(server),
        Err(RedisError::NotInstalled { .. }) => {
            report_missing("redis-server");
            None
        }
        Err(error) => panic!("{error}"),
    }
}
