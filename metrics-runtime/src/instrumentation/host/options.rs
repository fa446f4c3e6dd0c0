use std::{ffi::OsString, path::PathBuf, time::Duration};

use super::{
    HostError, HostMetrics, HostRoles, observation::observe_host, patterns::Patterns,
    settings::Settings,
};
use crate::roles::{Observations, RecordRoles};

/// Records the [`HostMetrics`] until the returned value is dropped.
///
/// Observe the host once: the counters of two observations are added up.
///
/// # Errors
///
/// If `/proc` cannot be read, the system gives no thread, or is not Linux.
///
/// ```
/// use osapi_metrics::instrumentation::host::{self, HostError};
///
/// match host::observe() {
///     Ok(observations) => observations.keep(),
///     Err(HostError::Unsupported) => println!("metrics of the host are missing here"),
///     Err(error) => eprintln!("metrics of the host are missing: {error}"),
/// }
/// ```
pub fn observe() -> Result<Observations, HostError> {
    HostOptions::new().observe()
}

/// Records the host in a set of your own, which has `roles(of = HostRoles)`. The labels are those
/// of `roles(…, labels = …)`, and `()` without them.
///
/// # Errors
///
/// If `/proc` cannot be read, the system gives no thread, or is not Linux.
///
/// ```
/// use osapi_metrics::{
///     MetricSet, ObservableGauge,
///     instrumentation::host::{self, HostRoles},
/// };
///
/// /// The machine of the service.
/// #[derive(MetricSet)]
/// #[metric_set(prefix = "shop", roles(of = HostRoles))]
/// struct ShopHost {
///     /// The share of processor time that is in use.
///     #[metric(unit = "1", on = cpu_busy)]
///     cpu_busy_ratio: ObservableGauge,
/// }
///
/// # #[cfg(target_os = "linux")]
/// host::observe_in::<ShopHost>(&())?.keep();
/// # Ok::<(), host::HostError>(())
/// ```
pub fn observe_in<S: RecordRoles<HostRoles>>(
    labels: &S::Labels,
) -> Result<Observations, HostError> {
    HostOptions::new().observe_in::<S>(labels)
}

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
pub struct HostOptions(Settings);

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

    /// The options of [`observe()`]: the system on which the process runs.
    #[must_use]
    pub fn new() -> Self {
        Self(Settings {
            root: PathBuf::from("/"),
            proc: None,
            sys: None,
            interval: Duration::from_secs(30),
            paths: Vec::new(),
            excluded_devices: Patterns::new(Self::EXCLUDED_DEVICES),
            excluded_interfaces: Patterns::new(Self::EXCLUDED_INTERFACES),
            excluded_mount_points: Patterns::new([""; 0]),
        })
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
            self.0.root = root;
        }
        self.0.proc = folder("HOST_PROC").or(self.0.proc);
        self.0.sys = folder("HOST_SYS").or(self.0.sys);
        self
    }

    /// The folder where the root of the host is mounted, for a process in a container: `/host`. The
    /// folders `proc` and `sys` are looked for below it, and so are the host's file systems.
    #[must_use]
    pub fn root(self, folder: impl Into<PathBuf>) -> Self {
        Self(Settings { root: folder.into(), ..self.0 })
    }

    /// The folder where the host's `/proc` is mounted, if it is not below the [root](Self::root).
    #[must_use]
    pub fn proc_folder(self, folder: impl Into<PathBuf>) -> Self {
        Self(Settings { proc: Some(folder.into()), ..self.0 })
    }

    /// The folder where the host's `/sys` is mounted, if it is not below the [root](Self::root).
    #[must_use]
    pub fn sys_folder(self, folder: impl Into<PathBuf>) -> Self {
        Self(Settings { sys: Some(folder.into()), ..self.0 })
    }

    /// The time between two questions to file systems: 30 seconds without this, 1 ms to a year; a
    /// time beyond them is the nearer one. They are asked less often when metrics are collected
    /// less often.
    #[must_use]
    pub fn interval(self, interval: Duration) -> Self {
        Self(Settings { interval, ..self.0 })
    }

    /// A path of this process whose file system is shown in the role
    /// [`path_usage`](HostRoles::path_usage). A thread of its own asks it, so that a server that
    /// does not answer for one path leaves the others as they are.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.0.paths.push(path.into());
        self
    }

    /// The names of block devices that are left out, in place of
    /// [`EXCLUDED_DEVICES`](Self::EXCLUDED_DEVICES). `*` stands for any characters. Partitions are
    /// always left out.
    #[must_use]
    pub fn exclude_devices<P: AsRef<str>>(self, names: impl IntoIterator<Item = P>) -> Self {
        Self(Settings { excluded_devices: Patterns::new(names), ..self.0 })
    }

    /// The names of network interfaces that are left out, in place of
    /// [`EXCLUDED_INTERFACES`](Self::EXCLUDED_INTERFACES). `*` stands for any characters.
    #[must_use]
    pub fn exclude_interfaces<P: AsRef<str>>(self, names: impl IntoIterator<Item = P>) -> Self {
        Self(Settings { excluded_interfaces: Patterns::new(names), ..self.0 })
    }

    /// The mount points whose file systems are left out, as the host names them. `*` stands for any
    /// characters, also for several folders. Without this none are.
    #[must_use]
    pub fn exclude_mount_points<P: AsRef<str>>(self, paths: impl IntoIterator<Item = P>) -> Self {
        Self(Settings { excluded_mount_points: Patterns::new(paths), ..self.0 })
    }

    /// Records the [`HostMetrics`], as [`observe()`] does.
    ///
    /// # Errors
    ///
    /// If `/proc` of the host cannot be read, the system gives no thread, or is not Linux.
    pub fn observe(&self) -> Result<Observations, HostError> {
        self.observe_in::<HostMetrics>(&())
    }

    /// Records the host in a set of your own, as [`observe_in`] does.
    ///
    /// # Errors
    ///
    /// If `/proc` of the host cannot be read, the system gives no thread, or is not Linux.
    pub fn observe_in<S: RecordRoles<HostRoles>>(
        &self,
        labels: &S::Labels,
    ) -> Result<Observations, HostError> {
        observe_host(&self.0, &|| S::global().roles(labels))
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
        let settings = HostOptions::new().with_variables(variable).0;
        [settings.root.clone(), settings.proc_path(), settings.sys_path()]
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
        assert!(!HostOptions::new().0.is_mounted());
        assert!(HostOptions::new().root("/host").0.is_mounted());
        assert!(HostOptions::new().proc_folder("/host/proc").0.is_mounted());
    }
}
