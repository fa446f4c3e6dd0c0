use std::{fs, path::Path};

use super::{TestResult, file, refusal};
use crate::config::{ConfigError, Environment, MetricsConfig};

#[test]
fn the_extension_tells_the_format() -> TestResult {
    for (name, content) in [
        ("a.yaml", "telemetry: { debug: true }"),
        ("a.YML", "telemetry: { debug: true }"),
        ("a.toml", "telemetry.debug = true"),
        ("a.json", r#"{"telemetry": {"debug": true}}"#),
        ("bom.json", "\u{feff}{\"telemetry\": {\"debug\": true}}"),
    ] {
        let (_folder, path) = file(name, content)?;
        assert!(MetricsConfig::from_file(&path)?.enabled, "{name}");
    }
    Ok(())
}

#[test]
fn a_file_that_cannot_be_read_is_named() -> TestResult {
    let missing = refusal(MetricsConfig::from_file("no/such.yaml"));
    assert!(
        missing.starts_with("cannot read the configuration file `no/such.yaml`: "),
        "{missing}"
    );
    let unknown = refusal(MetricsConfig::from_file("osapi.ini"));
    assert!(
        unknown
            .starts_with("the format of the configuration file `osapi.ini` is unknown; expected"),
        "{unknown}"
    );

    let (_folder, path) = file("a.yaml", "")?;
    fs::write(&path, b"telemetry: \xff")?;
    assert!(matches!(MetricsConfig::from_file(&path), Err(ConfigError::Unreadable { .. })));

    let (_folder, path) = file("a.yaml", "telemetry: {\n")?;
    let syntax = refusal(MetricsConfig::from_file(&path));
    assert!(
        syntax.starts_with(&format!("the file `{}` is not valid YAML: ", path.display())),
        "{syntax}"
    );
    assert!(syntax.contains(" at line "), "{syntax}");

    let (_folder, path) = file("a.yaml", "telemetry: { debug: 1 }")?;
    let value = refusal(MetricsConfig::from_file(&path).and_then(MetricsConfig::checked));
    assert_eq!(
        value,
        format!(
            "`telemetry.debug` in the file `{}` is 1; expected `true` or `false`",
            path.display()
        )
    );
    Ok(())
}

#[test]
fn files_are_relative_to_the_configuration() -> TestResult {
    let text = "
        [telemetry.metrics]
        bearer_token_file = 'token'
        [telemetry.metrics.otlp]
        certificate = 'token'
        headers.authorization = { file = 'token' }
        headers.literal.file = 'dollar'
    ";
    let (folder, path) = file("osapi.toml", text)?;
    fs::write(folder.path().join("token"), "hunter2\r\n")?;
    fs::write(folder.path().join("dollar"), "${HOME}")?;
    let config = MetricsConfig::from_file_in(&path, &Environment::default())?;
    let token = folder.path().join("token");
    assert_eq!(config.bearer_token_file.as_deref(), Some(token.as_path()));
    assert_eq!(config.otlp.certificate.as_deref(), Some(token.as_path()));
    assert_eq!(config.otlp.headers["authorization"].expose(), "hunter2");
    assert_eq!(
        config.otlp.headers["literal"].expose(),
        "${HOME}",
        "what a file holds is not expanded"
    );

    fs::write(&token, "hunter2\nhunter3\n")?;
    let config = MetricsConfig::from_file_in(&path, &Environment::default())?;
    let error = config.checked().expect_err("two lines");
    assert!(!format!("{error:?}").contains("hunter"), "{error:?}");
    Ok(())
}

#[test]
fn absolute_paths_stay() -> TestResult {
    let (_other, target) = file("target.pem", "")?;
    let text =
        format!("telemetry: {{ metrics: {{ otlp: {{ client_key: '{}' }} }} }}", target.display());
    let (_folder, path) = file("osapi.yaml", &text)?;
    let config = MetricsConfig::from_file(&path)?;
    assert_eq!(config.otlp.client_key.as_deref().map(Path::to_owned), Some(target));
    Ok(())
}
