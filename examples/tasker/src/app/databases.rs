//! The connections of a process to its database.

use std::time::Duration;

use osapi_common::{parameters, program::awaited};
use osapi_metrics::instrumentation::sqlx::ObservedPool;
use reqwest::Url;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::timeout;

use super::{error::StartError, password_file, private::PrivateServer};
use crate::{
    config::PoolOptions,
    metrics::DatabaseMetrics,
    store::{self, Database},
};

/// A database that is ready, with the private server that it is in.
#[derive(Debug)]
pub(super) struct Databases {
    options: PgConnectOptions,
    statement_timeout: Duration,
    /// Ends after everything else.
    pub(super) private: Option<PrivateServer>,
}

impl Databases {
    /// Connects once, and creates what is missing. Without a URL, a private server is started.
    ///
    /// A drop of the future undoes what it has started.
    pub(super) async fn prepare(
        url: Option<&str>,
        statement_timeout: Duration,
    ) -> Result<Self, StartError> {
        let private = match url {
            Some(_) => None,
            None => Some(PrivateServer::start().await?),
        };
        let url = url.or(private.as_ref().map(PrivateServer::url)).unwrap_or_default();
        let options = parse(url)?.application_name("tasker").disable_statement_logging();
        let place = place(&options);
        let what = format!("the database at {place}, which does not answer or has other work");
        awaited(what, prepare(&options, place)).await?;
        Ok(Self { options, statement_timeout, private })
    }

    /// How a connection is made.
    pub(super) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// An observed pool. Its connections are made when they are needed.
    pub(super) fn pool(&self, options: PoolOptions) -> Database {
        let pool: PgPool = pool_options(self.statement_timeout)
            .after_release(|connection, _| {
                // A connection that is broken, or that a caller has given up and that does not
                // answer soon, is given up too. So is one that only reads, because it keeps the
                // default that its user had when it was made.
                Box::pin(async {
                    let answer = timeout(RELEASE_LIMIT, connection.fetch_optional(WRITES)).await;
                    Ok(matches!(answer, Ok(Ok(Some(_)))))
                })
            })
            .max_connections(options.max_connections)
            .acquire_timeout(options.acquire_timeout)
            .connect_lazy_with(self.options.clone());
        ObservedPool::new_in::<DatabaseMetrics>(pool, &())
    }
}

/// The longest time that a statement waits for a lock of another program.
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);

/// Has a row where the connection writes.
const WRITES: &str = "SELECT 1 WHERE NOT current_setting('default_transaction_read_only')::boolean";

/// The longest time for a connection to answer when it goes back to its pool.
const RELEASE_LIMIT: Duration = Duration::from_secs(5);

/// Connections with settings of their own, whatever the server, the database or the user has as the
/// default. A stricter isolation would let transactions fail that only have to wait for each other,
/// and their messages come again half a minute later. Without a limit, statements that wait for a
/// lock are no failure, and with a short one nothing succeeds.
///
/// A limit of zero is none.
fn pool_options(statement_timeout: Duration) -> PgPoolOptions {
    let lock_timeout = LOCK_TIMEOUT.min(statement_timeout);
    let settings = format!(
        "SET default_transaction_isolation = 'read committed';
         SET statement_timeout = {}; SET lock_timeout = {};
         SET idle_in_transaction_session_timeout = {};
         SELECT set_config(name, '0', false) FROM pg_settings
         WHERE name IN ('idle_session_timeout', 'transaction_timeout')",
        statement_timeout.as_millis(),
        lock_timeout.as_millis(),
        (statement_timeout * 2).as_millis(),
    );
    PgPoolOptions::new().after_connect(move |connection, _| {
        let settings = settings.clone();
        Box::pin(async move { connection.execute(AssertSqlSafe(settings)).await.map(drop) })
    })
}

async fn prepare(options: &PgConnectOptions, place: String) -> Result<(), StartError> {
    let connection = options.connect().await;
    let connection = connection.map_err(|cause| StartError::Connect { place, cause })?;
    // The pools make connections of their own.
    let _ = connection.close().await;
    // Others may prepare the database, and tables may be large.
    let pool = pool_options(Duration::ZERO).max_connections(3).connect_lazy_with(options.clone());
    let prepared = store::prepare(&pool).await;
    pool.close().await;
    Ok(prepared?)
}

fn parse(url: &str) -> Result<PgConnectOptions, StartError> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        let reason = "it does not begin with `postgres://`".to_owned();
        return Err(StartError::Url { reason });
    }
    if has_misplaced_at(url) {
        let reason = "an `@` stands behind a `/`, a `?` or a `#`, which are `%2F`, `%3F` and `%23` \
                      in a password; elsewhere an `@` is `%40`";
        return Err(StartError::Url { reason: reason.to_owned() });
    }
    if let Ok(url) = Url::parse(url) {
        // The client would go on without them, and log the value of a parameter.
        if let Some((key, _)) = url.query_pairs().find(|(key, _)| !is_parameter(key)) {
            let unknown = parameters::unknown(url.query().unwrap_or_default(), &key);
            let known = PARAMETERS.join("`, `");
            let reason = format!("{unknown}; allowed are `{known}` and `options[…]`");
            return Err(StartError::Url { reason });
        }
        if url.fragment().is_some() {
            let reason = "nothing may stand behind a `#`, which is `%23` in a password".to_owned();
            return Err(StartError::Url { reason });
        }
    }
    let url = password_file::checked(url);
    url.parse().map_err(|error| {
        let reason = match error {
            // An error of the client in it is that of `sslmode`, and has the value.
            sqlx::Error::Configuration(cause) if !cause.is::<sqlx::Error>() => cause.to_string(),
            _ => "its parameter `sslmode` is none that PostgreSQL has".to_owned(),
        };
        StartError::Url { reason }
    })
}

/// Whether a URL has an `@` behind its host, where what is meant as a password may be read as the
/// name of a database or as another host, which are shown.
fn has_misplaced_at(url: &str) -> bool {
    let (_, behind) = url.split_once("://").unwrap_or_default();
    behind.find(['/', '?', '#']).is_some_and(|end| behind[end..].contains('@'))
}

/// The parameters of a URL that the client knows, beside `options[…]`.
const PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

fn is_parameter(key: &str) -> bool {
    PARAMETERS.contains(&key) || key.starts_with("options[")
}

/// Where the database is, without user and password.
fn place(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_known_parameters_alone_and_its_mistakes_show_no_secret() {
        let url = "postgres://user:secret@host/db";
        assert!(parse(url).is_ok());
        assert!(parse("postgres://us%40er:se%2Fcret@host/d%40b").is_ok());
        let known = "sslmode=disable&application_name=a&options[search_path]=b&password=secret";
        assert!(parse(&format!("{url}?{known}")).is_ok());
        for wrong in [
            format!("{url}?pasword=secret"),
            format!("{url}#secret"),
            format!("{url}?sslmode=secret"),
            format!("{url}?port=secret"),
            "postgres://user:12?secret@host/db".to_owned(),
            "postgres://user:12?host=secret@host".to_owned(),
            "postgres://user:12?user=secret@host/db".to_owned(),
            "postgres://user:12/secret@host/db".to_owned(),
            "postgres://user:12#secret@host/db".to_owned(),
            "postgres://user:secret@host:99999/db".to_owned(),
            "postgres://user:secret@[::1/db".to_owned(),
            "user:secret@host".to_owned(),
        ] {
            let message = parse(&wrong).expect_err(&wrong).to_string();
            assert!(!message.contains("secret"), "{message}");
        }
        let message = parse(&format!("{url}?pasword=a")).expect_err("refused").to_string();
        let known = "its parameter `pasword` is not known; allowed are `application_name`, ";
        assert!(message.contains(known) && message.contains(" and `options[…]`"), "{message}");
    }
}
