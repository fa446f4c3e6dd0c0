//! The machine of a test: GPUs, a folder for jobs, and files of the kernel.

use std::{fs, os::unix::fs::symlink, path::Path};

use fake_nvml::FakeDriver;
use tempfile::TempDir;

use crate::support::Program;

/// Two GPUs.
const GPUS: &str = "driver count 2\n\
    0 uuid GPU-a\n0 utilization 37 1\n0 memory 9000000000 0 4294967296\n\
    1 uuid GPU-b\n1 utilization 5 1\n1 memory 9000000000 0 1000\n";

/// A disk that has read 1,000 sectors of 512 bytes and written 3,000.
const DISKS: &str = "   8       0 sda 10 0 1000 5 20 0 3000 7 0 10 12 0 0 0 0 0 0\n";

/// An interface that has received 1,200 bytes and sent 300.
const INTERFACES: &str = "\
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  500000     400    0    0    0     0          0         0   500000     400    0    0    0     0       0          0
  eth0:    1200      10    0    0    0     0          0         0      300       4    0    0    0     0       0          0
";

/// A machine with a disk, an interface and two GPUs, whose processors and memory are the real ones.
pub(super) struct Machine {
    folder: TempDir,
    driver: FakeDriver,
}

impl Machine {
    pub(super) fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let driver = FakeDriver::with_answers(GPUS).expect("a library of a driver");
        let make = |path: &str| fs::create_dir_all(folder.path().join(path));
        ["workspace", "proc/1/net", "sys"].into_iter().try_for_each(make).expect("folders");
        let proc = folder.path().join("proc");
        fs::write(proc.join("diskstats"), DISKS).expect("a file");
        fs::write(proc.join("1/net/dev"), INTERFACES).expect("a file");
        for file in ["stat", "meminfo"] {
            symlink(Path::new("/proc").join(file), proc.join(file)).expect("a link");
        }
        Self { folder, driver }
    }

    /// The folder in which jobs work.
    pub(super) fn workspace(&self) -> String {
        self.path("workspace")
    }

    /// Starts a process with the API and two workers on this machine, with these further arguments
    /// and variables.
    pub(super) fn start(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Program {
        let (workspace, nvml) = (self.workspace(), self.driver.library());
        let nvml = nvml.to_str().expect("UTF-8");
        let (proc, sys) = (self.path("proc"), self.path("sys"));
        Program::start(
            &[&["--workspace", &workspace, "--nvml", nvml], arguments].concat(),
            &[&[("HOST_PROC", proc.as_str()), ("HOST_SYS", &sys)], variables].concat(),
        )
    }

    /// The path of something in its folder.
    pub(super) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("UTF-8").to_owned()
    }
}
