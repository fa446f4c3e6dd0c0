use std::path::{Path, PathBuf};

use super::{file_format, meter_provider, resource, substitution};
use crate::{
    config::{
        ConfigError, ConfigSource, Environment, MetricsConfig, error::ErrorCollector, file,
        note::Note, part::Part, section::Section, tree::Value,
    },
    regular_file,
};

/// The variable that names the file.
pub(in crate::config) const VARIABLE: &str = "OTEL_CONFIG_FILE";

/// The keys that the runtime reads.
const OWN: &[&str] = &["file_format", "disabled", "resource", "meter_provider"];

/// The keys of other signals and of the SDK as a whole, which their owners read.
const OTHERS: &[&str] = &[
    "log_level",
    "attribute_limits",
    "logger_provider",
    "propagator",
    "tracer_provider",
    "instrumentation/development",
    "distribution",
];

/// What the file says of the switches.
#[derive(Debug, Default)]
pub(in crate::config) struct Switches {
    /// The parts that the file turns on or off.
    pub(in crate::config) decided: Vec<Part>,
    /// Whether the file turns everything off, whatever else is set.
    pub(in crate::config) is_disabled: bool,
}

/// Applies the file to the configuration. `errors` collects the mistake of a file that cannot be
/// read.
pub(in crate::config) fn apply(
    config: &mut MetricsConfig,
    path: PathBuf,
    environment: &Environment,
    errors: &ErrorCollector,
) -> Switches {
    config.mistakes.forget_declarative();
    config.notes.clear();
    // A file that is not understood may ask for metrics, so its mistakes are in force.
    config.enabled = true;
    let mut switches = Switches { decided: vec![Part::Metrics], is_disabled: false };
    let text = match regular_file::read_text(&path) {
        Ok(text) => text,
        Err(cause) => {
            errors.unreadable(VARIABLE, path, cause);
            return switches;
        }
    };
    match document(&text, &path, environment) {
        Ok(document) => read(document, path, config, &mut switches),
        Err(mistakes) => config.mistakes.add(mistakes),
    }
    switches
}

/// The document with its variables substituted.
fn document(text: &str, path: &Path, environment: &Environment) -> Result<Value, Vec<ConfigError>> {
    let origin = ConfigSource::DeclarativeFile(path.to_owned());
    let document = file::parse_marked(text, &origin, OWN).map_err(|error| vec![error])?;
    let errors = ErrorCollector::of(origin);
    let document = substitution::substitute(document, environment, &errors);
    let mistakes = errors.finish();
    if mistakes.is_empty() { Ok(document) } else { Err(mistakes) }
}

fn read(document: Value, path: PathBuf, config: &mut MetricsConfig, switches: &mut Switches) {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let errors = ErrorCollector::of(ConfigSource::DeclarativeFile(path.clone()));
    let (mut top, keys) = Section::shared(document, OWN, OTHERS, &errors);
    if let Some(format) = top.required_text("file_format", file_format::version) {
        config
            .notes
            .extend(format.later().map(|format| Note::LaterFormat { file: path.clone(), format }));
        switches.is_disabled = top.boolean("disabled") == Some(true);
        resource::read(top.section("resource"), config);
        let has_provider = top.has("meter_provider");
        if let Some(provider) = top.present_section("meter_provider") {
            meter_provider::read(provider, config, &folder);
            switches.decided.extend([Part::Prometheus, Part::Otlp, Part::Console]);
        }
        drop(top);
        let mistakes = errors.finish();
        config.enabled = !switches.is_disabled && (has_provider || !mistakes.is_empty());
        config.mistakes.add(mistakes);
    } else {
        // What the keys of another version mean is not known.
        top.skip();
        config.mistakes.add(errors.finish());
    }
    if !keys.is_empty() {
        config.notes.push(Note::OtherKeys { file: path, keys });
    }
}
