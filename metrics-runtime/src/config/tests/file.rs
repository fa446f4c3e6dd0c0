use std::{fs, path::Path};

use super::{TestResult, file, refusal, yaml};
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

#[test]
fn a_file_without_an_end_is_not_read() -> TestResult {
    let (folder, path) = file("a.yaml", &" ".repeat(1024 * 1024 + 1))?;
    let large = refusal(MetricsConfig::from_file(&path));
    assert!(
        large.ends_with(
            "it has more than 1048576 bytes, the most that is read; \
             expected a regular file of at most 1 MiB in UTF-8"
        ),
        "{large}"
    );
    let large = refusal(MetricsConfig::from_yaml(&" ".repeat(1024 * 1024 + 1)));
    assert!(large.contains("it has more than 1048576 bytes"), "{large}");

    if cfg!(unix) {
        let device = folder.path().join("zero.json");
        #[cfg(unix)]
        std::os::unix::fs::symlink("/dev/zero", &device)?;
        let device = refusal(MetricsConfig::from_file(&device));
        assert!(device.contains("it is a device, not a regular file"), "{device}");
    }
    Ok(())
}

#[test]
#[cfg(unix)]
fn pipes_are_refused_wherever_a_file_is_named() -> TestResult {
    let folder = tempfile::tempdir()?;
    let pipe = folder.path().join("pipe.yaml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status()?;
    assert!(made.success());
    let expected = "it is a pipe, not a regular file";
    let whole = refusal(MetricsConfig::from_file(&pipe));
    assert!(whole.contains(expected), "{whole}");

    let pipe = pipe.display().to_string();
    for keys in [
        format!("bearer_token_file: {pipe}"),
        format!("otlp: {{ certificate: {pipe} }}"),
        format!("otlp: {{ client_certificate: {pipe} }}"),
        format!("otlp: {{ client_key: {pipe} }}"),
        format!("otlp: {{ headers: {{ a: {{ file: {pipe} }} }} }}"),
    ] {
        let message = refusal(yaml(&format!("telemetry: {{ metrics: {{ {keys} }} }}")));
        assert!(message.contains(expected), "{message}");
    }
    for variable in ["CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"] {
        let variable = format!("OTEL_EXPORTER_OTLP_{variable}");
        let environment = Environment::from_iter([(variable.as_str(), pipe.as_str())]);
        let config = MetricsConfig::default().with_environment(&environment);
        let message = refusal(config.and_then(MetricsConfig::checked));
        assert!(message.contains(expected), "{message}");
    }
    Ok(())
}
