use std::{
    env,
    ffi::OsStr,
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// `cargo` with its arguments and its target folder.
pub(crate) struct Cargo {
    arguments: &'static [&'static str],
    target: PathBuf,
    incremental: bool,
}

/// The reason why a crate was not compiled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CargoError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("{folder} does not compile:\n{output}")]
    Failed { folder: PathBuf, output: String },
    #[error("valgrind has counted no instructions of the compiler for {0}")]
    NotCounted(PathBuf),
    #[error("the file of the compiled package `{0}` is missing")]
    Missing(String),
}

/// Whether this machine has valgrind.
pub(crate) fn can_count() -> bool {
    let mut command = Command::new("valgrind");
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

impl Cargo {
    pub(crate) fn new(
        arguments: &'static [&'static str],
        folder: &Path,
        incremental: bool,
    ) -> Self {
        Self { arguments, target: folder.join("target"), incremental }
    }

    /// Compiles the package in this folder and returns the time.
    pub(crate) fn run(&self, folder: &Path) -> Result<Duration, CargoError> {
        self.run_with(folder, &[])
    }

    /// Compiles the package in this folder and returns the instructions of the compiler, as
    /// valgrind's cachegrind counts them.
    pub(crate) fn count(&self, folder: &Path) -> Result<f64, CargoError> {
        let reports = self.target.join("instructions");
        if reports.exists() {
            fs::remove_dir_all(&reports)?;
        }
        fs::create_dir_all(&reports)?;
        // A script, because valgrind reads its tool from its arguments only.
        let wrapper = self.target.join("count");
        let script = format!(
            "#!/bin/sh\nexec valgrind --tool=cachegrind --cache-sim=no \\\n    \
             --cachegrind-out-file=/dev/null --trace-children=yes '--log-file={}/%p' \"$@\"\n",
            reports.display()
        );
        fs::write(&wrapper, script)?;
        fs::set_permissions(&wrapper, Permissions::from_mode(0o755))?;
        self.run_with(folder, &[("RUSTC_WORKSPACE_WRAPPER", wrapper.as_os_str())])?;
        // Besides compiling, `cargo` asks the compiler for its version.
        let mut most = None;
        for report in fs::read_dir(&reports)? {
            let counted = total(&fs::read_to_string(report?.path())?);
            most = [most, counted].into_iter().flatten().reduce(f64::max);
        }
        most.ok_or_else(|| CargoError::NotCounted(folder.to_owned()))
    }

    fn run_with(
        &self,
        folder: &Path,
        variables: &[(&str, &OsStr)],
    ) -> Result<Duration, CargoError> {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args(self.arguments)
            // The workspace has downloaded all versions of its lock file.
            .args(["--quiet", "--offline", "--target-dir"])
            .arg(&self.target)
            .current_dir(folder)
            .stdin(Stdio::null())
            .env("CARGO_INCREMENTAL", if self.incremental { "1" } else { "0" });
        for variable in ["RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
            command.env_remove(variable);
        }
        command.envs(variables.iter().copied());
        let begin = Instant::now();
        let output = command.output()?;
        let time = begin.elapsed();
        if output.status.success() {
            Ok(time)
        } else {
            let output = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(CargoError::Failed { folder: folder.to_owned(), output })
        }
    }

    /// The file of a compiled program.
    pub(crate) fn executable(&self, package: &str) -> PathBuf {
        self.profile().join(format!("{package}{}", env::consts::EXE_SUFFIX))
    }

    /// The size of the newest file that the compiler has written for a package.
    pub(crate) fn produced(&self, package: &str) -> Result<u64, CargoError> {
        let ending = if self.arguments == ["check"] { ".rmeta" } else { ".rlib" };
        let folder = self.profile().join("deps");
        let begin = format!("lib{package}-");
        let mut newest = None;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(&begin) && name.ends_with(ending) {
                let metadata = entry.metadata()?;
                newest = newest.max(Some((metadata.modified()?, metadata.len())));
            }
        }
        newest.map(|(_, bytes)| bytes).ok_or_else(|| CargoError::Missing(package.to_owned()))
    }

    /// The folder of the compiled files.
    fn profile(&self) -> PathBuf {
        let release = self.arguments.contains(&"--release");
        self.target.join(if release { "release" } else { "debug" })
    }
}

/// The total in a report of cachegrind.
fn total(report: &str) -> Option<f64> {
    let (_, total) = report.lines().find_map(|line| line.split_once("refs:"))?;
    total.trim().replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::total;

    #[test]
    fn the_total_is_read_from_the_report() {
        let report = "==7== Command: rustc\n==7== \n==7== I   refs:      1,119,899,524\n";
        assert_eq!(total(report), Some(1_119_899_524.0));
        assert_eq!(total("==7== Command: rustc\n"), None);
    }
}
