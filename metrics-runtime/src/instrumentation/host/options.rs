use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{HostError, HostMetrics, HostRoles, observe::observe_host, patterns::Patterns};
use crate::roles::{Observations, RecordRoles};

/// What is known of the host before it is observed: where its files are, and what is left out.
///
/// ```
/// use osapi_metrics::instrumentation::host::HostOptions;
///
/// # #[cfg(target_os = "linux")]
/// HostOptions::new().path("/tmp").exclude_interfaces(["lo"]).observe()?.keep();
/// # Ok::<(), osapi_metrics::instrumentation::host::HostError>(())
/// ```
#[derive(Clone, Debug)]
pub struct HostOptions {
    root: PathBuf,
    proc: Option<PathBuf>,
    sys: Option<PathBuf>,
    pub(super) interval: Duration,
    pub(super) paths: Vec<PathBuf>,
    pub(super) excluded_devices: Patterns,
    pub(super) excluded_interfaces: Patterns,
    pub(super) excluded_mount_points: Patterns,
}

impl HostOptions {
    /// The block devices that are left out unless [`exclude_devices`](Self::exclude_devices) says
    /// otherwise: files and memory that are used as devices.
    pub const EXCLUDED_DEVICES: [&str; 5] = ["fd*", "loop*", "ram*", "sr*", "zram*"];

    /// The network interfaces that are left out unless
    /// [`exclude_interfaces`](Self::exclude_interfaces) says otherwise: the loopback, and those
    /// that container hosts have for each container or between them.
    pub const EXCLUDED_INTERFACES: [&str; 11] = [
        "br-*", "cali*", "cilium*", "cni*", "docker*", "dummy*", "flannel*", "ifb*", "lo", "veth*",
        "virbr*",
    ];

    /// The options of [`observe()`](super::observe()): the system on which the process runs.
    #[must_use]
    pub fn new() -> Self {
        Self {
            root: PathBuf::from("/"),
            proc: None,
            sys: None,
            interval: Duration::from_secs(30),
            paths: Vec::new(),
            excluded_devices: Patterns::new(Self::EXCLUDED_DEVICES),
            excluded_interfaces: Patterns::new(Self::EXCLUDED_INTERFACES),
            excluded_mount_points: Patterns::new([""; 0]),
        }
    }

    /// The folders that the variables `HOST_ROOT`, `HOST_PROC` and `HOST_SYS` name, as
    /// OpenTelemetry's Collector and other programs on gopsutil read them. A variable that is
    /// missing or empty changes nothing.
    #[must_use]
    pub fn from_environment() -> Self {
        Self::new().with_variables(|name| std::env::var_os(name))
    }

    fn with_variables(mut self, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let folder = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        if let Some(root) = folder("HOST_ROOT") {
            self.root = root;
        }
        self.proc = folder("HOST_PROC").or(self.proc);
        self.sys = folder("HOST_SYS").or(self.sys);
        self
    }

    /// The folder where the root of the host is mounted, for a process in a container: `/host`. The
    /// folders `proc` and `sys` are looked for below it, and so are the host's file systems.
    #[must_use]
    pub fn root(self, folder: impl Into<PathBuf>) -> Self {
        Self { root: folder.into(), ..self }
    }

    /// The folder where the host's `/proc` is mounted, if it is not below the [root](Self::root).
    #[must_use]
    pub fn proc_folder(self, folder: impl Into<PathBuf>) -> Self {
        Self { proc: Some(folder.into()), ..self }
    }

    /// The folder where the host's `/sys` is mounted, if it is not below the [root](Self::root).
    #[must_use]
    pub fn sys_folder(self, folder: impl Into<PathBuf>) -> Self {
        Self { sys: Some(folder.into()), ..self }
    }

    /// The time between two questions to file systems: 30 seconds without this. They are asked less
    /// often when metrics are collected less often.
    #[must_use]
    pub fn interval(self, interval: Duration) -> Self {
        Self { interval, ..self }
    }

    /// A path of this process whose file system is shown in the role
    /// [`path_usage`](HostRoles::path_usage). A thread of its own asks it, so that a server that
    /// does not answer for one path leaves the others as they are.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.paths.push(path.into());
        self
    }

    /// The names of block devices that are left out, in place of
    /// [`EXCLUDED_DEVICES`](Self::EXCLUDED_DEVICES). `*` stands for any characters. Partitions are
    /// always left out.
    #[must_use]
    pub fn exclude_devices<P: AsRef<str>>(self, names: impl IntoIterator<Item = P>) -> Self {
        Self { excluded_devices: Patterns::new(names), ..self }
    }

    /// The names of network interfaces that are left out, in place of
    /// [`EXCLUDED_INTERFACES`](Self::EXCLUDED_INTERFACES). `*` stands for any characters.
    #[must_use]
    pub fn exclude_interfaces<P: AsRef<str>>(self, names: impl IntoIterator<Item = P>) -> Self {
        Self { excluded_interfaces: Patterns::new(names), ..self }
    }

    /// The mount points whose file systems are left out, as the host names them. `*` stands for any
    /// characters, also for several folders. Without this none are.
    #[must_use]
    pub fn exclude_mount_points<P: AsRef<str>>(self, paths: impl IntoIterator<Item = P>) -> Self {
        Self { excluded_mount_points: Patterns::new(paths), ..self }
    }

    /// Records the [`HostMetrics`], as [`observe()`](super::observe()) does.
    ///
    /// # Errors
    ///
    /// If `/proc` of the host cannot be read, the system gives no thread, or is not Linux.
    pub fn observe(&self) -> Result<Observations, HostError> {
        self.observe_in::<HostMetrics>(&())
    }

    /// Records the host in a set of your own, as [`observe_in`](super::observe_in()) does.
    ///
    /// # Errors
    ///
    /// If `/proc` of the host cannot be read, the system gives no thread, or is not Linux.
    pub fn observe_in<S: RecordRoles<HostRoles>>(
        &self,
        labels: &S::Labels,
    ) -> Result<Observations, HostError> {
        observe_host(self, &|| S::global().roles(labels))
    }

    pub(super) fn root_path(&self) -> &Path {
        &self.root
    }

    pub(super) fn proc_path(&self) -> PathBuf {
        self.proc.clone().unwrap_or_else(|| self.root.join("proc"))
    }

    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nothing is read there"))]
    pub(super) fn sys_path(&self) -> PathBuf {
        self.sys.clone().unwrap_or_else(|| self.root.join("sys"))
    }

    /// Whether the host's `/proc` is not that of this process.
    pub(super) fn is_mounted(&self) -> bool {
        self.proc_path() != Path::new("/proc")
    }
}

impl Default for HostOptions {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(variables: &[(&str, &str)]) -> [PathBuf; 3] {
        let find = |name: &str| variables.iter().find(|(other, _)| *other == name);
        let variable = |name: &str| find(name).map(|(_, value)| OsString::from(value));
        let options = HostOptions::new().with_variables(variable);
        [options.root_path().to_owned(), options.proc_path(), options.sys_path()]
    }

    #[test]
    fn variables_name_the_folders_of_the_host() {
        let paths = |paths: [&str; 3]| paths.map(PathBuf::from);
        assert_eq!(folders(&[]), paths(["/", "/proc", "/sys"]));
        assert_eq!(folders(&[("HOST_ROOT", "/host")]), paths(["/host", "/host/proc", "/host/sys"]));
        let proc = [("HOST_PROC", "/p"), ("HOST_SYS", ""), ("HOST_ROOT", "")];
        assert_eq!(folders(&proc), paths(["/", "/p", "/sys"]));
        let all = [("HOST_PROC", "/p"), ("HOST_SYS", "/s"), ("HOST_ROOT", "/r")];
        assert_eq!(folders(&all), paths(["/r", "/p", "/s"]));
    }

    #[test]
    fn only_another_folder_is_mounted() {
        assert!(!HostOptions::new().is_mounted());
        assert!(HostOptions::new().root("/host").is_mounted());
        assert!(HostOptions::new().proc_folder("/host/proc").is_mounted());
    }
}
