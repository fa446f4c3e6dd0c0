use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::patterns::Patterns;

/// Where the files of the host are, and what is left out.
#[derive(Clone, Debug)]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nothing is read there"))]
pub(super) struct Settings {
    pub(super) root: PathBuf,
    /// Below the root without this.
    pub(super) proc: Option<PathBuf>,
    /// Below the root without this.
    pub(super) sys: Option<PathBuf>,
    pub(super) interval: Duration,
    pub(super) paths: Vec<PathBuf>,
    pub(super) excluded_devices: Patterns,
    pub(super) excluded_interfaces: Patterns,
    pub(super) excluded_mount_points: Patterns,
}

impl Settings {
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
