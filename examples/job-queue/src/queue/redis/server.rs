use std::{fmt, str::FromStr};

use osapi_common::parameters;
use redis::{Client, ErrorKind, RedisError, parse_redis_url};
use reqwest::Url;

use super::super::error::Refusal;

/// A Redis server and the credentials for it, parsed from a URL.
///
/// The URL has the form `redis://[user][:password@]host[:port][/database]` or
/// `redis+unix:///socket[?db=DATABASE&user=USER&pass=PASSWORD]`. Both may have a parameter
/// `protocol` too, with the value `resp2` or `resp3`. Characters with a meaning in a URL
/// are percent-encoded. `Display` and `Debug` show the address without user and password.
///
/// ```
/// use job_queue::queue::redis::RedisServer;
///
/// let server: RedisServer = "redis://:secret@redis.internal".parse()?;
/// assert_eq!(server.to_string(), "redis.internal:6379");
/// # Ok::<(), job_queue::queue::redis::RedisServerError>(())
/// ```
#[derive(Clone)]
pub struct RedisServer {
    pub(super) client: Client,
}

/// Why a URL is not valid. The message does not show the URL, which may have a password.
#[derive(Debug, thiserror::Error)]
#[error(
    "the URL of the Redis server is not one: {reason}; it looks like `redis://127.0.0.1:6379`, \
     `redis://user:password@host:6379/0` or `redis+unix:///run/redis/redis.sock`"
)]
pub struct RedisServerError {
    /// The mistake in the URL.
    pub reason: String,
}

impl FromStr for RedisServer {
    type Err = RedisServerError;

    fn from_str(url: &str) -> Result<Self, RedisServerError> {
        if let Some(url) = parse_redis_url(url) {
            check_parameters(&url).map_err(|reason| RedisServerError { reason })?;
        }
        let client =
            Client::open(url).map_err(|error| RedisServerError { reason: error_text(&error) })?;
        Ok(Self { client })
    }
}

/// Refuses what the client would ignore. A value may be secret, so none is shown.
fn check_parameters(url: &Url) -> Result<(), String> {
    let known: &[&str] = match url.scheme() {
        "redis" | "rediss" | "valkey" | "valkeys" => &["protocol"],
        _ => &["db", "pass", "protocol", "user"],
    };
    let mut seen = Vec::new();
    for (key, _) in url.query_pairs() {
        if !known.contains(&&*key) {
            return Err(format!(
                "{}; allowed {} `{}`",
                parameters::unknown(url.query().unwrap_or_default(), &key),
                if known.len() == 1 { "is" } else { "are" },
                known.join("`, `")
            ));
        }
        if seen.contains(&key) {
            return Err(format!("its parameter `{key}` is given twice"));
        }
        seen.push(key);
    }
    match url.fragment() {
        Some(_) => Err("nothing may stand behind a `#`, which is `%23` in a password".to_owned()),
        None => Ok(()),
    }
}

/// Shows the address without credentials.
impl fmt::Display for RedisServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.get_connection_info().addr().fmt(f)
    }
}

/// Shows the address without credentials.
impl fmt::Debug for RedisServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisServer({self})")
    }
}

/// The code of a script that meets keys of another program.
const FOREIGN: &str = "FOREIGN";

/// The code of a script that finds a server that may remove jobs.
const EVICTS: &str = "EVICTS";

/// The code of a script for a worker whose name another one has.
const NAMED: &str = "NAMED";

/// What Redis says of a script whose user may not run a command. It has no code of its own.
const SCRIPT_RIGHTS: &str = "The user executing the script can't ";

/// The code of a script about a job whose record cannot be read; the id and the reason follow.
pub(super) const FOREIGN_RECORD: &str = "FOREIGNRECORD";

/// Why the server refuses a call; `None` if it did not answer, or not as Redis does.
pub(super) fn refusal(error: &RedisError) -> Option<Refusal> {
    let is_server = matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::Extension);
    match error.code() {
        _ if error.kind() == ErrorKind::AuthenticationFailed => Some(Refusal::Login),
        Some("NOAUTH" | "WRONGPASS" | "NOPERM") => Some(Refusal::Login),
        Some("OOM") => Some(Refusal::Full),
        Some("READONLY") => Some(Refusal::ReadOnly),
        Some("MISCONF" | "NOREPLICAS") => Some(Refusal::Unsaved),
        Some("LOADING" | "BUSY" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN") => Some(Refusal::Busy),
        Some(FOREIGN) => Some(Refusal::Foreign),
        Some(EVICTS) => Some(Refusal::Evicts),
        Some(NAMED) => Some(Refusal::NameTaken),
        _ if error.detail().is_some_and(is_about_rights) => Some(Refusal::Login),
        _ => is_server.then_some(Refusal::Other),
    }
}

fn is_about_rights(detail: &str) -> bool {
    detail.contains("unauthenticated")
        || detail.contains(SCRIPT_RIGHTS)
        // Redis 7.2 and later.
        || detail.contains("ACL failure in script")
}

/// An error of the client in words for people.
pub(super) fn error_text(error: &RedisError) -> String {
    match error.kind() {
        _ if error.is_timeout() => "it does not answer in time".to_owned(),
        ErrorKind::Parse => format!("its answer is not that of a Redis server: {error}"),
        ErrorKind::AuthenticationFailed => {
            let detail = error.detail().unwrap_or("the user or the password is wrong");
            format!("it refuses the credentials: {detail}")
        }
        ErrorKind::InvalidClientConfig => {
            let text = error.to_string();
            text.split(" - ").next().unwrap_or_default().to_lowercase()
        }
        ErrorKind::Server(_) | ErrorKind::Extension => {
            let (code, detail) =
                (error.code().unwrap_or("ERR"), error.detail().unwrap_or_default());
            if code == "NOAUTH" || detail.contains("unauthenticated") {
                return "it requires a password (NOAUTH)".to_owned();
            }
            if [FOREIGN, EVICTS, NAMED].contains(&code) {
                return detail.to_owned();
            }
            // The place in the script is of use only where the script is wrong.
            let place = if code == "ERR" && !is_about_rights(detail) {
                None
            } else {
                detail.split_once(" script: ")
            };
            format!("{code} {}", place.map_or(detail, |(detail, _)| detail))
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_credentials() {
        for (url, address) in [
            ("redis://127.0.0.1", "127.0.0.1:6379"),
            ("redis://u:secret@h.internal:7000/3", "h.internal:7000"),
            ("redis+unix:///run/redis.sock?pass=secret", "/run/redis.sock"),
            ("redis+unix:///s?db=1&user=u&pass=secret&protocol=resp3", "/s"),
            ("redis://h/0?protocol=resp2", "h:6379"),
        ] {
            let server: RedisServer = url.parse().expect(url);
            assert_eq!(server.to_string(), address);
            assert_eq!(format!("{server:?}"), format!("RedisServer({address})"));
        }
    }

    #[test]
    fn a_wrong_url_is_refused_with_its_mistake() {
        for (url, mistake) in [
            ("127.0.0.1:6379", "did not parse"),
            ("http://:secret@h", "did not parse"),
            ("redis://:secret@", "did not parse"),
            ("redis://:secret@h/five", "invalid database number"),
            ("rediss://:secret@h", "can't connect with tls"),
            ("redis://h/0?foo=secret", "its parameter `foo` is not known; allowed is `protocol`;"),
            ("redis://h/0?protocol=resp3&db=1", "its parameter `db` is not known"),
            (
                "redis+unix:///run/redis.sock?pwd=secret",
                "its parameter `pwd` is not known; allowed are `db`, `pass`, `protocol`, `user`;",
            ),
            ("redis+unix:///s?pass=secret&pass=secret", "its parameter `pass` is given twice"),
            ("redis://h?protocol=secret", "invalid protocol version"),
            ("redis://u:12?secret@h", "behind its `?` is no known parameter; in a password, a `?`"),
            ("redis://h/0#secret", "nothing may stand behind a `#`"),
        ] {
            let error = url.parse::<RedisServer>().expect_err(url).to_string();
            assert!(error.contains(mistake), "{url}: {error}");
            assert!(error.contains("it looks like `redis://"), "{url}: {error}");
            assert!(!error.contains("secret"), "{url}: {error}");
        }
    }
}
