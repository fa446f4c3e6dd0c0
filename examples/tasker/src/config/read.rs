//! Reads a file into a [`TaskerConfig`].

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
    time::Duration,
};

use osapi_metrics::{
    config::{OtlpCompression, OtlpEndpoint, OtlpProtocol},
    instrumentation::circuit_breaker::CircuitBreakerOptions,
    regular_file,
};
use osapi_metrics_rules::excerpt::Excerpt;

use super::{
    error::{ConfigErrors, ConfigMistake, Mistakes},
    table::Table,
    tasker::{PoolOptions, TaskerConfig},
};
use crate::{metrics::CORRELATION_WINDOW, worker::ClaimMode};

/// The largest file that is read.
const MAX_BYTES: u64 = 1024 * 1024;

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

impl TaskerConfig {
    /// Reads a file. Keys that are not in it have their defaults.
    ///
    /// # Errors
    /// The file cannot be read, is not TOML, or has unknown keys or values that are not allowed:
    /// all of them at once.
    pub fn from_file(file: impl Into<PathBuf>) -> Result<Self, ConfigErrors> {
        let file = file.into();
        let whole = |problem| ConfigErrors {
            file: file.clone(),
            mistakes: vec![ConfigMistake { key: String::new(), problem }],
            others: 0,
        };
        let text = read(&file).map_err(whole)?;
        let table = text.parse::<toml::Table>();
        let table = table.map_err(|error| whole(syntax_problem(&text, &error)))?;
        let mistakes = Mistakes::default();
        let config = of(&table, &mistakes);
        mistakes.finish(file, config)
    }
}

fn read(file: &Path) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    let bytes = regular_file::read(file, MAX_BYTES).map_err(cannot)?;
    String::from_utf8(bytes).map_err(|_| "cannot be read: it is not text in UTF-8".to_owned())
}

/// The problem with its place, without the text of the line, which may have a password.
fn syntax_problem(text: &str, error: &toml::de::Error) -> String {
    let message = Excerpt::of_message(error.message());
    let before = error.span().and_then(|span| text.get(..span.start));
    let Some(before) = before else { return format!("is not valid TOML: {message}") };
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("is not valid TOML: {message} at line {line} column {column}")
}

fn of(table: &toml::Table, mistakes: &Mistakes) -> TaskerConfig {
    let mut config = TaskerConfig::default();
    let root = Table::root(table, mistakes);
    read_api(&root, &mut config);
    read_database(&root, &mut config);
    read_orchestration(&root, &mut config);
    read_worker(&root, &mut config);
    read_channels(&root, &mut config);
    read_breakers(&root, &mut config);
    read_telemetry(&root, &mut config);
    root.finish();
    config
}

fn read_api(root: &Table<'_>, config: &mut TaskerConfig) {
    let api = root.table("api");
    let expected = "an address with a port, such as \"127.0.0.1:8090\"";
    config.listen = api.parsed("listen", expected, config.listen);
    config.request_timeout =
        api.duration("request_timeout", 100 * MILLISECOND..=MINUTE, config.request_timeout);
    config.max_queued_tasks =
        api.integer("max_queued_tasks", 1..=10_000_000, config.max_queued_tasks);
    let limits = &mut config.limits;
    limits.max_connections = api.integer("max_connections", 1..=1_000_000, limits.max_connections);
    limits.head_timeout =
        api.duration("head_timeout", 10 * MILLISECOND..=HOUR, limits.head_timeout);
    limits.idle_timeout =
        api.duration("idle_timeout", 10 * MILLISECOND..=24 * HOUR, limits.idle_timeout);
    api.finish();
}

fn read_database(root: &Table<'_>, config: &mut TaskerConfig) {
    let database = root.table("database");
    config.database = database.text("url").map(str::to_owned);
    config.statement_timeout =
        database.duration("statement_timeout", SECOND..=HOUR, config.statement_timeout);
    database.finish();
    let pools = root.table("pools");
    read_pool(pools.table("web"), &mut config.web_pool, 1);
    // One connection hears notifications.
    read_pool(pools.table("orchestration"), &mut config.orchestration_pool, 2);
    read_pool(pools.table("worker"), &mut config.worker_pool, 2);
    pools.finish();
}

fn read_pool(pool: Table<'_>, options: &mut PoolOptions, least: u32) {
    options.max_connections =
        pool.integer("max_connections", least..=1_000, options.max_connections);
    options.acquire_timeout =
        pool.duration("acquire_timeout", 10 * MILLISECOND..=MINUTE, options.acquire_timeout);
    pool.finish();
}

fn read_orchestration(root: &Table<'_>, config: &mut TaskerConfig) {
    let table = root.table("orchestration");
    let options = &mut config.orchestration;
    options.processors = table.integer("processors", 1..=256, options.processors);
    options.poll_interval =
        table.duration("poll_interval", 10 * MILLISECOND..=MINUTE, options.poll_interval);
    options.visibility = table.duration("visibility_timeout", SECOND..=HOUR, options.visibility);
    options.scan_interval =
        table.duration("scan_interval", 10 * MILLISECOND..=MINUTE, options.scan_interval);
    options.sample_interval =
        table.duration("sample_interval", 100 * MILLISECOND..=MINUTE, options.sample_interval);
    table.finish();
}

fn read_worker(root: &Table<'_>, config: &mut TaskerConfig) {
    const CLAIMS: [(&str, ClaimMode); 3] =
        [("event", ClaimMode::Event), ("poll", ClaimMode::Poll), ("hybrid", ClaimMode::Hybrid)];
    let table = root.table("worker");
    let worker = &mut config.worker;
    worker.concurrency = table.integer("concurrency", 1..=1_000, worker.concurrency);
    worker.claim = table.word("claim", &CLAIMS, worker.claim);
    worker.poll_interval =
        table.duration("poll_interval", 10 * MILLISECOND..=MINUTE, worker.poll_interval);
    worker.visibility = table.duration("visibility_timeout", SECOND..=HOUR, worker.visibility);
    config.foreign.timeout =
        table.duration("program_timeout", SECOND..=HOUR, config.foreign.timeout);
    table.finish();
}

fn read_channels(root: &Table<'_>, config: &mut TaskerConfig) {
    const CAPACITY: std::ops::RangeInclusive<usize> = 1..=1_000_000;
    let table = root.table("channels");
    let options = &mut config.orchestration;
    options.command_capacity =
        table.integer("orchestration_command", CAPACITY, options.command_capacity);
    let notifications =
        table.integer("pgmq_notifications", CAPACITY, options.notification_capacity);
    options.notification_capacity = notifications;
    config.worker.notification_capacity = notifications;
    config.foreign.capacity = table.integer("ffi_completions", CAPACITY, config.foreign.capacity);
    table.finish();
}

fn read_breakers(root: &Table<'_>, config: &mut TaskerConfig) {
    let table = root.table("breakers");
    let breakers = &mut config.breakers;
    read_breaker(table.table("web"), &mut breakers.web);
    read_breaker(table.table("task_readiness"), &mut breakers.task_readiness);
    read_breaker(table.table("pgmq"), &mut breakers.pgmq);
    read_breaker(table.table("ffi_completion"), &mut breakers.ffi_completion);
    table.finish();
}

fn read_breaker(table: Table<'_>, options: &mut CircuitBreakerOptions) {
    let count = |key, default: NonZeroU32| {
        NonZeroU32::new(table.integer(key, 1..=1_000, default.get())).unwrap_or(default)
    };
    options.failure_threshold = count("failure_threshold", options.failure_threshold);
    options.success_threshold = count("success_threshold", options.success_threshold);
    options.probes = count("probes", options.probes);
    options.open_for = table.duration("open_for", 10 * MILLISECOND..=HOUR, options.open_for);
    options.slow_call = table.duration("slow_call", MILLISECOND..=HOUR, options.slow_call);
    table.finish();
}

fn read_telemetry(root: &Table<'_>, config: &mut TaskerConfig) {
    const PROTOCOLS: [(&str, OtlpProtocol); 3] = [
        ("grpc", OtlpProtocol::Grpc),
        ("http/protobuf", OtlpProtocol::HttpProtobuf),
        ("http/json", OtlpProtocol::HttpJson),
    ];
    const COMPRESSIONS: [(&str, OtlpCompression); 2] =
        [("gzip", OtlpCompression::Gzip), ("none", OtlpCompression::None)];
    let table = root.table("telemetry");
    let metrics = &mut config.metrics;
    metrics.enabled = table.flag("enabled", metrics.enabled);
    metrics.prometheus = table.flag("prometheus", metrics.prometheus);
    metrics.service_name = table.text("service_name").map(str::to_owned);
    config.correlation_window = table.choice(
        "correlation_window",
        &[0, CORRELATION_WINDOW],
        "0, which leaves the label out, or 500, the window that the metrics declare",
        config.correlation_window,
    );
    let opentelemetry = table.table("opentelemetry");
    let otlp = &mut metrics.otlp;
    otlp.enabled = opentelemetry.flag("enabled", otlp.enabled);
    otlp.endpoint = opentelemetry.text("endpoint").map(|url| OtlpEndpoint::Base(url.to_owned()));
    otlp.protocol = opentelemetry.word("protocol", &PROTOCOLS, otlp.protocol);
    otlp.compression = opentelemetry.word("compression", &COMPRESSIONS, otlp.compression);
    otlp.interval = opentelemetry.duration("interval", SECOND..=HOUR, otlp.interval);
    otlp.timeout = opentelemetry.duration("timeout", 10 * MILLISECOND..=MINUTE, otlp.timeout);
    opentelemetry.finish();
    table.finish();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let table = text.parse().expect("valid TOML");
        let mistakes = Mistakes::default();
        let config = of(&table, &mistakes);
        let Err(errors) = mistakes.finish("a.toml".into(), config) else { return Vec::new() };
        let mistakes = errors.mistakes.into_iter();
        mistakes.map(|ConfigMistake { key, problem }| format!("{key}: {problem}")).collect()
    }

    #[test]
    fn all_mistakes_are_found_at_once() {
        let found = mistakes(
            r#"
            [api]
            listen = "localhost"
            request_timeout = "5 days"
            [pools.web]
            max_connections = 0
            max_conections = 5
            [worker]
            claim = "both"
            concurrency = "8"
            [breakers]
            web = 3
            [telemetry]
            enabled = "yes"
            correlation_window = 100
            [telemetry.opentelemetry]
            interval = 60
            [workers]
            "#,
        );
        let expected = [
            r#"api.listen: "localhost" is not an address with a port, such as "127.0.0.1:8090""#,
            r#"api.request_timeout: "5 days" is not a duration from 100ms to 1m, such as "5s""#,
            "pools.web.max_connections: 0 is not a whole number from 1 to 1000",
            "pools.web.max_conections: is not a key here; `max_connections` is",
            r#"worker.concurrency: "8" is not a whole number from 1 to 1000"#,
            r#"worker.claim: "both" is not one of "event", "poll", "hybrid""#,
            "breakers.web: 3 is not a table of keys",
            r#"telemetry.enabled: "yes" is not true or false"#,
            "telemetry.correlation_window: 100 is not 0, which leaves the label out, or 500, the \
             window that the metrics declare",
            r#"telemetry.opentelemetry.interval: 60 is not a duration from 1s to 1h, such as "5s""#,
            "workers: is not a key here; `worker` is",
        ];
        assert_eq!(found, expected);
    }

    /// The example file has every key, with its default.
    #[test]
    fn the_example_has_every_default() {
        let text = include_str!("../../tasker.example.toml");
        assert_eq!(mistakes(text), Vec::<String>::new());
        let table: toml::Table = text.parse().expect("valid TOML");
        let read = of(&table, &Mistakes::default());
        assert_eq!(format!("{read:?}"), format!("{:?}", TaskerConfig::default()));
        for key in ["request_timeout", "success_threshold", "ffi_completions", "compression"] {
            assert!(text.contains(key), "{key}");
        }
    }

    #[test]
    fn what_is_no_file_of_toml_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let error = |path: &Path| TaskerConfig::from_file(path).expect_err("refused").to_string();
        assert!(error(folder.path()).ends_with("it is a folder, not a regular file"));
        let missing = folder.path().join("missing.toml");
        assert!(error(&missing).contains("missing.toml: cannot be read: "));
        let broken = folder.path().join("broken.toml");
        std::fs::write(
            &broken,
            "[api
listen = 1",
        )
        .expect("written");
        let message = error(&broken);
        assert!(message.contains("broken.toml: is not valid TOML: "), "{message}");
        assert!(message.ends_with(" at line 1 column 5"), "{message}");
        let large = folder.path().join("large.toml");
        std::fs::write(&large, " ".repeat(1024 * 1024 + 1)).expect("written");
        assert!(error(&large).ends_with("it has more than 1048576 bytes, the most that is read"));
        let device = error(Path::new("/dev/zero"));
        assert!(device.ends_with("it is a device, not a regular file"), "{device}");
    }

    #[test]
    fn no_mistake_shows_the_url_of_the_database() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.toml");
        let url = "postgres://user:secret@host/db";
        for text in [
            format!("[database]\nurl = \"{url}"),
            format!("[database]\nurl = \"{url}\" x"),
            format!("[database]\nurl = \"{url}\"\nurl = \"{url}\""),
            format!("[database]\nurl = [\"{url}\"]"),
            format!("[database]\nurl = {{ a = \"{url}\" }}"),
            format!("database = \"{url}\""),
            format!("database = [\"{url}\"]"),
            format!("[database]\nurl = {url}"),
        ] {
            std::fs::write(&path, &text).expect("written");
            let message = TaskerConfig::from_file(&path).expect_err(&text).to_string();
            assert!(!message.contains("secret"), "{text}: {message}");
        }
    }

    #[test]
    fn errors_do_not_grow_with_the_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.toml");
        let error = |text: &str| {
            std::fs::write(&path, text).expect("written");
            TaskerConfig::from_file(&path).expect_err("refused").to_string()
        };
        let keys: Vec<_> = (0..80_000).map(|number| format!("k{number}=1")).collect();
        let keys = keys.join("\n");
        let message = error(&keys);
        assert_eq!(message.lines().count(), 51);
        assert!(message.ends_with("and 79950 more mistakes"), "{message}");
        for text in [
            format!("{} = 1", "k".repeat(1_000_000)),
            format!("k = '{}", "v".repeat(1_000_000)),
            format!("api.listen = '{}'", "v".repeat(1_000_000)),
            format!("k = {}", "[".repeat(1_000_000)),
            format!("k = {}", "{a=".repeat(300_000)),
            format!("{}a = 1", "a.".repeat(500_000)),
            format!("[{}a]", "a.".repeat(500_000)),
        ] {
            let message = error(&text);
            assert!(message.len() < 2_000, "{}: {}", &text[..8], message.len());
        }
    }
}
