//! The NATS servers and the credentials for them.

use std::{fmt, io, str::FromStr};

use async_nats::{ConnectOptions, ServerAddr};
use percent_encoding::percent_decode_str;

/// The servers of a NATS cluster, parsed from their URLs with commas between them.
///
/// A URL may have a user and a password, or a token: `nats://user:password@host:4222`,
/// `nats://token@host`. Characters with a meaning in a URL, and commas, are percent-encoded.
/// `Display` and `Debug` show the URLs without user, password and token.
///
/// ```
/// use osapi::broker::nats::NatsServers;
///
/// let servers: NatsServers = "nats://agent:secret@n1.internal:4222,nats://n2.internal".parse()?;
/// assert_eq!(servers.to_string(), "nats://n1.internal:4222,nats://n2.internal:4222");
/// # Ok::<(), osapi::broker::nats::NatsServersError>(())
/// ```
#[derive(Clone)]
pub struct NatsServers {
    addresses: Vec<ServerAddr>,
    credentials: Option<Credentials>,
}

#[derive(Clone, PartialEq, Eq)]
enum Credentials {
    User { name: String, password: String },
    Token(String),
}

impl NatsServers {
    /// The options and the addresses to connect with.
    pub(super) fn connect_options(self) -> (ConnectOptions, Vec<ServerAddr>) {
        let options = ConnectOptions::new();
        let options = match self.credentials {
            None => options,
            Some(Credentials::User { name, password }) => options.user_and_password(name, password),
            Some(Credentials::Token(token)) => options.token(token),
        };
        (options, self.addresses)
    }
}

impl FromStr for NatsServers {
    type Err = NatsServersError;

    fn from_str(urls: &str) -> Result<Self, NatsServersError> {
        let mut servers = Self { addresses: Vec::new(), credentials: None };
        for (index, url) in urls.split(',').enumerate() {
            let (address, credentials) = read(url.trim())
                .map_err(|reason| NatsServersError::Url { number: index + 1, reason })?;
            servers.addresses.push(address);
            if index > 0 && credentials.is_some() && servers.credentials != credentials {
                return Err(NatsServersError::Credentials { number: index + 1 });
            }
            servers.credentials = servers.credentials.or(credentials);
        }
        Ok(servers)
    }
}

/// Separates the address of a URL from its credentials. The client ignores credentials in a URL.
fn read(url: &str) -> Result<(ServerAddr, Option<Credentials>), String> {
    let address: ServerAddr = url.parse().map_err(|error: io::Error| error.to_string())?;
    if address.host().is_empty() {
        return Err("the host is missing".to_owned());
    }
    if !["nats", "tls"].contains(&address.scheme()) {
        return Err(format!("the scheme is `{}`; allowed are `nats` and `tls`", address.scheme()));
    }
    let url = address.clone().into_inner();
    if !["", "/"].contains(&url.path()) || url.query().is_some() || url.fragment().is_some() {
        // The client would ignore it: an option, or what is not a URL of this form.
        return Err("nothing may stand behind the host and the port".to_owned());
    }
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let credentials = match (address.username(), address.password()) {
        (Some(name), Some(password)) => {
            Some(Credentials::User { name: decoded(name), password: decoded(password) })
        }
        (Some(token), None) => Some(Credentials::Token(decoded(token))),
        (None, Some(_)) => return Err("the user of the password is missing".to_owned()),
        (None, None) => None,
    };
    let bare = format!("{}://{}:{}", address.scheme(), bracketed(address.host()), address.port());
    let bare = bare.parse().map_err(|error: io::Error| error.to_string())?;
    Ok((bare, credentials))
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// Shows the URLs without credentials.
impl fmt::Display for NatsServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, address) in self.addresses.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            let (scheme, host) = (address.scheme(), bracketed(address.host()));
            write!(f, "{comma}{scheme}://{host}:{}", address.port())?;
        }
        Ok(())
    }
}

/// Shows the URLs without credentials.
impl fmt::Debug for NatsServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NatsServers({self})")
    }
}

/// Why a list of URLs is not valid. The message does not show the URLs, which may have
/// credentials.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NatsServersError {
    /// A part of the list is not the URL of a NATS server.
    #[error(
        "the {number}. URL of the NATS servers is not one: {reason}; it looks like \
         `nats://127.0.0.1:4222`, with commas between several, and with `%2C` for one in a password"
    )]
    Url {
        /// The position of the URL, counted from 1.
        number: usize,
        /// The mistake in the URL.
        reason: String,
    },
    /// A URL has other credentials than the first; a cluster has one user.
    #[error(
        "the {number}. URL of the NATS servers has other credentials than the first; give those of the \
         first URL, or none"
    )]
    Credentials {
        /// The position of the URL, counted from 1.
        number: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(urls: &str) -> NatsServers {
        urls.parse().expect("servers")
    }

    #[test]
    fn credentials_are_taken_out_and_never_shown() {
        let user = |name: &str, password: &str| {
            let (name, password) = (name.to_owned(), password.to_owned());
            Some(Credentials::User { name, password })
        };
        let table = [
            ("nats://h", "nats://h:4222", None),
            ("h:1", "nats://h:1", None),
            ("nats://h/", "nats://h:4222", None),
            ("tls://h", "tls://h:4222", None),
            ("nats://u:s3cret@h:1", "nats://h:1", user("u", "s3cret")),
            ("nats://u:s3%2Ccr%40et@h", "nats://h:4222", user("u", "s3,cr@et")),
            ("nats://s3cret@h", "nats://h:4222", Some(Credentials::Token("s3cret".to_owned()))),
            ("nats://u:s3cret@[::1]:1, h", "nats://[::1]:1,nats://h:4222", user("u", "s3cret")),
            (
                "nats://u:s3cret@a,nats://u:s3cret@b",
                "nats://a:4222,nats://b:4222",
                user("u", "s3cret"),
            ),
        ];
        for (given, shown, credentials) in table {
            let servers = servers(given);
            assert_eq!(servers.to_string(), shown, "{given}");
            assert!(servers.credentials == credentials, "{given}");
            assert!(!format!("{servers:?}").contains("s3"), "{servers:?}");
            let (_, addresses) = servers.connect_options();
            assert!(!format!("{addresses:?}").contains("s3"), "{addresses:?}");
        }
    }

    #[test]
    fn errors_do_not_show_the_url() {
        let table = [
            ("nats://u:s3cret@h:99999", "1. URL", "port"),
            ("nats://a,http://u:s3cret@h", "2. URL", "http"),
            ("nats://u:s3,cret@h", "1. URL", "port"),
            ("nats://u:s3cret@", "1. URL", "host"),
            ("nats://:s3cret@h", "1. URL", "user"),
            ("", "1. URL", "host"),
            ("nats://u:s3cret@h/s3", "1. URL", "behind"),
            ("nats://h?tls=s3cret", "1. URL", "behind"),
            ("nats://h#s3cret", "1. URL", "behind"),
            ("nats//u:s3cret@h", "1. URL", "behind"),
            ("nats://a,nats://u:s3cret@b", "2. URL", "other credentials"),
        ];
        for (given, which, expected) in table {
            let error = given.parse::<NatsServers>().expect_err(given).to_string();
            assert!(error.contains(which) && error.contains(expected), "{given}: {error}");
            assert!(!error.contains("s3"), "{error}");
        }
    }
}
