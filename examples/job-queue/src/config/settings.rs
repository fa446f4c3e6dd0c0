use std::{fmt, path::PathBuf, time::Duration};

use osapi_metrics::config::{
    ConfigError, Environment, MetricsConfig, OtlpEndpoint, OtlpInterval, Secret,
};
use osapi_metrics_rules::excerpt::Excerpt;

use super::switches::{SwitchError, Switches};

/// The metrics of a process, as the file and the environment say.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The configuration of the framework.
    pub metrics: MetricsConfig,
    /// The groups of metrics that are recorded.
    pub switches: Switches,
}

/// Every mistake of the file and of the environment.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file, or a variable of the framework.
    #[error(transparent)]
    Metrics(#[from] ConfigError),
    /// Switches that are neither true nor false.
    #[error("{}", Lines(.0))]
    Switches(Vec<SwitchError>),
    /// A variable has no value that can be used.
    #[error("`{variable}` in the environment is {given}; expected {allowed}")]
    Variable {
        /// The variable.
        variable: &'static str,
        /// Its value, unless it is secret.
        given: String,
        /// The values that are allowed.
        allowed: &'static str,
    },
}

/// The interval of everything that has no pattern below: machine, process, GPUs, containers.
const RESOURCES: Duration = Duration::from_secs(30);

/// The intervals of the other metrics: what is charged and who is there changes slowly, jobs and
/// requests change fast. The first pattern that matches counts.
const INTERVALS: [(&str, Duration); 9] = [
    ("job_cost_usd_total", Duration::from_secs(300)),
    ("job_billable_operations_total", Duration::from_secs(300)),
    ("active_users", Duration::from_secs(300)),
    ("job*", Duration::from_secs(5)),
    ("errors_total", Duration::from_secs(5)),
    ("http_*", Duration::from_secs(5)),
    ("queue_size", Duration::from_secs(5)),
    ("worker*", Duration::from_secs(5)),
    ("websocket_*", Duration::from_secs(5)),
];

/// The intervals at which metrics are pushed without a configuration.
#[derive(Clone, Copy, Debug)]
pub struct Rhythms;

impl Rhythms {
    /// The interval of everything that no pattern matches: the resources.
    pub const RESOURCES: Duration = RESOURCES;

    /// The patterns with their intervals; the first one that matches a metric counts.
    pub fn patterns() -> impl Iterator<Item = (&'static str, Duration)> {
        INTERVALS.into_iter()
    }

    /// The interval of a metric with this name, as a push has it or as a scrape has it.
    ///
    /// ```
    /// use job_queue::config::Rhythms;
    ///
    /// assert_eq!(Rhythms::of("jobs_processed_total").as_secs(), 5);
    /// assert_eq!(Rhythms::of("http.server.active_requests").as_secs(), 5);
    /// assert_eq!(Rhythms::of("system.cpu.utilization"), Rhythms::RESOURCES);
    /// assert_eq!(Rhythms::of("job_cost_usd_total").as_secs(), 300);
    /// ```
    pub fn of(metric: &str) -> Duration {
        // A pattern is for both names.
        let scraped = metric.replace('.', "_");
        let matches = |pattern: &str| match pattern.strip_suffix('*') {
            Some(prefix) => scraped.starts_with(prefix),
            None => scraped == pattern,
        };
        let found = INTERVALS.iter().find(|(pattern, _)| matches(pattern));
        found.map_or(RESOURCES, |(_, interval)| *interval)
    }
}

impl Settings {
    /// Reads the file, if there is one, and the environment, which overrides it.
    ///
    /// | variable | effect |
    /// |---|---|
    /// | `DASH0_METRICS_ENDPOINT` | pushes over OTLP to this collector |
    /// | `DASH0_API_TOKEN` | the bearer token of these pushes |
    /// | `METRICS_COLLECTION_INTERVAL` | the interval of resources, in pushes and samples |
    /// | `METRICS_LABEL_MACHINE_ID` | `host.id` of the resource |
    /// | `METRICS_LABEL_WORKER_ID` | `service.instance.id`, and the name of the worker |
    /// | `ENABLE_…_METRICS` | see [`Switches`] |
    ///
    /// The [variables of the framework](osapi_metrics::config) come on top.
    ///
    /// # Errors
    /// The file cannot be read, or a value is not allowed.
    pub fn read(file: Option<PathBuf>, environment: &Environment) -> Result<Self, SettingsError> {
        let mut metrics = match file {
            Some(file) => MetricsConfig::from_file(file)?,
            None => Self::default_metrics(),
        };
        let switches = Switches::from_environment(environment).map_err(SettingsError::Switches)?;
        push_to_dash0(&mut metrics, environment)?;
        let metrics = metrics.with_environment(environment)?;
        if metrics.enabled {
            check_interval(environment)?;
        }
        Ok(Self { metrics, switches })
    }

    /// Metrics are on, and have three rhythms when they are pushed.
    fn default_metrics() -> MetricsConfig {
        let mut metrics = MetricsConfig::default();
        metrics.enabled = true;
        metrics.explorer = Some(true);
        metrics.otlp.interval = RESOURCES;
        metrics.otlp.intervals =
            INTERVALS.map(|(pattern, interval)| OtlpInterval::new(pattern, interval)).into();
        metrics
    }
}

/// Resources are sampled at the interval, also where nothing is pushed.
fn check_interval(environment: &Environment) -> Result<(), ConfigError> {
    const INTERVAL: &str = "METRICS_COLLECTION_INTERVAL";
    let interval = environment.get(INTERVAL).map(|value| (INTERVAL, value));
    let alone = Environment::from_iter(interval);
    MetricsConfig::default().with_environment(&alone)?.checked().map(|_| ())
}

fn push_to_dash0(
    metrics: &mut MetricsConfig,
    environment: &Environment,
) -> Result<(), SettingsError> {
    const ENDPOINT: &str = "DASH0_METRICS_ENDPOINT";
    const TOKEN: &str = "DASH0_API_TOKEN";
    let given = |variable| {
        let value = environment.get(variable)?.to_string_lossy().trim().to_owned();
        Some(value).filter(|value| !value.is_empty())
    };
    let Some(endpoint) = given(ENDPOINT) else {
        // A token may be there for another program.
        return Ok(());
    };
    if !endpoint.contains("://") {
        let allowed = "a URL with its scheme, such as `https://ingress.eu-west-1.dash0.com:4317`";
        let given = format!("{:?}", Excerpt::of(&endpoint));
        return Err(SettingsError::Variable { variable: ENDPOINT, given, allowed });
    }
    metrics.otlp.enabled = true;
    metrics.otlp.endpoint = Some(OtlpEndpoint::Base(endpoint));
    if let Some(token) = given(TOKEN) {
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let (given, allowed) = ("not a token".to_owned(), "visible ASCII without spaces");
            return Err(SettingsError::Variable { variable: TOKEN, given, allowed });
        }
        let header = Secret::from(format!("Bearer {token}"));
        metrics.otlp.headers.insert("authorization".to_owned(), header);
    }
    Ok(())
}

struct Lines<'a>(&'a [SwitchError]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, error) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::read(None, &variables.iter().copied().collect())
    }

    #[test]
    fn the_required_variables_have_their_effects() {
        let settings = read(&[
            ("ENABLE_JOB_METRICS", "false"),
            ("ENABLE_GPU_METRICS", "False"),
            ("ENABLE_DOCKER_METRICS", ""),
            ("METRICS_COLLECTION_INTERVAL", "10s"),
            ("METRICS_LABEL_MACHINE_ID", "m-1"),
            ("METRICS_LABEL_WORKER_ID", "w-1"),
            ("DASH0_METRICS_ENDPOINT", "https://collector.example:4317"),
            ("DASH0_API_TOKEN", "auth_secret"),
        ])
        .unwrap();
        let expected = Switches { jobs: false, gpu: false, ..Switches::default() };
        assert_eq!(settings.switches, expected);
        let metrics = &settings.metrics;
        assert!(metrics.enabled && metrics.otlp.enabled);
        assert_eq!(metrics.otlp.interval, Duration::from_secs(10));
        assert_eq!(metrics.resource["host.id"], "m-1");
        assert_eq!(metrics.resource["service.instance.id"], "w-1");
        assert_eq!(metrics.otlp.url(), "https://collector.example:4317");
        let header = &metrics.otlp.headers["authorization"];
        assert_eq!(header, &Secret::from("Bearer auth_secret".to_owned()));
        assert!(!format!("{settings:?}").contains("auth_secret"));
    }

    #[test]
    fn without_variables_nothing_is_pushed() {
        let settings = read(&[("DASH0_API_TOKEN", "auth_secret")]).unwrap();
        assert_eq!(settings.switches, Switches::default());
        assert!(settings.metrics.enabled && !settings.metrics.otlp.enabled);
    }

    #[test]
    fn mistakes_are_named() {
        let error = |variables: &[_]| read(variables).unwrap_err().to_string();
        let both = error(&[("ENABLE_HOST_METRICS", "on"), ("ENABLE_API_METRICS", "2")]);
        assert_eq!(
            both,
            "`ENABLE_API_METRICS` in the environment is \"2\"; expected `true` or `false`\n\
             `ENABLE_HOST_METRICS` in the environment is \"on\"; expected `true` or `false`"
        );
        let endpoint = error(&[("DASH0_METRICS_ENDPOINT", "collector:4317")]);
        assert!(endpoint.contains("a URL with its scheme"), "{endpoint}");
        let token =
            error(&[("DASH0_METRICS_ENDPOINT", "http://c:1"), ("DASH0_API_TOKEN", "a\nsecret")]);
        assert!(token.contains("DASH0_API_TOKEN") && !token.contains("secret"), "{token}");
        let interval = error(&[("METRICS_COLLECTION_INTERVAL", "soon")]);
        assert!(interval.contains("METRICS_COLLECTION_INTERVAL"), "{interval}");
    }
}
