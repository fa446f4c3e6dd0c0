//! Mistakes in settings, which count where the setting is in force.
//!
//! Only the whole configuration shows what is in force: the environment and the program turn on
//! what a document leaves off, and the other way round.

use super::{
    error::{ConfigError, ConfigSource},
    part::Part,
};

/// The parts that are on.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each part is on or off by itself")]
pub(super) struct PartsOn {
    pub(super) metrics: bool,
    pub(super) prometheus: bool,
    pub(super) otlp: bool,
    pub(super) console: bool,
}

const EXPORTERS: &[Part] = &[Part::Prometheus, Part::Otlp, Part::Console];
const ALL: &[Part] = &[Part::Metrics, Part::Prometheus, Part::Otlp, Part::Console];

/// The mistakes of a configuration, each with what it is about.
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingErrors(Vec<SettingError>);

#[derive(Clone, Debug)]
struct SettingError {
    error: ConfigError,
    part: Part,
    /// The parts that are on or off by this setting, as long as no other setting decides on them.
    undecided: &'static [Part],
}

/// Two mistakes are equal if their messages are.
impl PartialEq for SettingErrors {
    fn eq(&self, other: &Self) -> bool {
        let messages = |mistakes: &Self| -> Vec<_> {
            mistakes.0.iter().map(|mistake| mistake.error.to_string()).collect()
        };
        messages(self) == messages(other)
    }
}

impl SettingErrors {
    pub(super) fn add(&mut self, found: impl IntoIterator<Item = ConfigError>) {
        self.0.extend(found.into_iter().map(SettingError::new));
    }

    /// Forgets the mistakes in variables that `is_set` names, which are read again.
    pub(super) fn forget_variables(&mut self, is_set: impl Fn(&str) -> bool) {
        self.0.retain(|mistake| {
            let name = mistake.error.meant().unwrap_or_default();
            // An entry of a list has its position behind the variable.
            let variable = name.split('[').next().unwrap_or_default();
            mistake.error.origin() != Some(&ConfigSource::Environment) || !is_set(variable)
        });
    }

    /// Forgets the mistakes in the file of OpenTelemetry's declarative configuration, which is read
    /// again.
    pub(super) fn forget_declarative(&mut self) {
        self.0.retain(|mistake| {
            !matches!(mistake.error.origin(), Some(ConfigSource::DeclarativeFile(_)))
        });
    }

    /// Another setting has decided whether this part is on.
    pub(super) fn decide(&mut self, part: Part) {
        for mistake in &mut self.0 {
            let is_decided = mistake.undecided.contains(&part);
            // A setting of all parts may misspell the switches of the others too.
            if is_decided && (part == Part::Metrics || mistake.undecided.len() == 1) {
                mistake.undecided = &[];
            }
        }
    }

    /// All mistakes.
    pub(super) fn all(&self) -> impl Iterator<Item = &ConfigError> {
        self.0.iter().map(|mistake| &mistake.error)
    }

    /// The mistakes in settings that are in force.
    pub(super) fn in_force(&self, on: PartsOn) -> impl Iterator<Item = &ConfigError> {
        let is_on = |part, is_on: bool| {
            is_on || self.0.iter().any(|mistake| mistake.undecided.contains(&part))
        };
        let metrics = is_on(Part::Metrics, on.metrics);
        let prometheus = is_on(Part::Prometheus, on.prometheus);
        let otlp = is_on(Part::Otlp, on.otlp);
        let console = is_on(Part::Console, on.console);
        let in_force = move |mistake: &&SettingError| {
            metrics
                && match mistake.part {
                    Part::Metrics => true,
                    Part::Prometheus => prometheus,
                    Part::Otlp => otlp,
                    Part::Console => console,
                    Part::Periodic => otlp || console,
                }
        };
        self.0.iter().filter(in_force).map(|mistake| &mistake.error)
    }
}

impl SettingError {
    fn new(error: ConfigError) -> Self {
        let name = error.meant().unwrap_or_default();
        Self { part: Part::of(&name), undecided: undecided(&name), error }
    }
}

/// The parts of which it is not known whether they are on while this setting has a mistake.
fn undecided(name: &str) -> &'static [Part] {
    match name {
        "telemetry" | "telemetry.metrics" => ALL,
        "TELEMETRY_ENABLED" | "telemetry.debug" | "telemetry.metrics.enabled" => &[Part::Metrics],
        "OTEL_METRICS_EXPORTER" => EXPORTERS,
        "telemetry.metrics.prometheus" => &[Part::Prometheus],
        "telemetry.metrics.console" => &[Part::Console],
        "telemetry.metrics.otlp" | "telemetry.metrics.otlp.enabled" => &[Part::Otlp],
        _ => &[],
    }
}
