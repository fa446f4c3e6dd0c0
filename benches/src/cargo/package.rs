use std::{fs, io, path::Path};

/// Makes a folder a package, with the lock file of the workspace.
pub(crate) fn prepare(
    folder: &Path,
    package: &str,
    dependencies: &str,
    profile: &str,
) -> io::Result<()> {
    let manifest = format!(
        "[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{dependencies}\n{profile}\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).map(|_| ())
}

/// A package of OpenTelemetry as a dependency.
pub(crate) fn otel(package: &str) -> String {
    format!(
        "{package} = {{ version = \"=0.33.1\", default-features = false, features = [\"metrics\"] }}\n"
    )
}

/// osapi-metrics with its default features and these features as a dependency.
pub(crate) fn osapi(features: &[&str]) -> String {
    let path = workspace().join("metrics-runtime");
    format!("osapi-metrics = {{ path = '{}', features = {features:?} }}\n", path.display())
}

/// The library of a GPU's driver that answers without a GPU, as a dependency.
pub(crate) fn fake_nvml() -> String {
    let path = workspace().join("tests/fake_nvml");
    format!("osapi-metrics-fake-nvml = {{ path = '{}' }}\n", path.display())
}

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
