//! The machine of job-queue: two GPUs, which a library of a driver reports, and the disks and the
//! network of this machine where it has some.

use std::{fs, os::unix::fs::symlink, path::Path};

use fake_nvml::FakeDriver;
use tempfile::TempDir;

/// Two GPUs.
const GPUS: &str = "driver count 2\n\
    0 uuid GPU-a\n0 utilization 37 1\n0 memory 9000000000 0 4294967296\n\
    1 uuid GPU-b\n1 utilization 5 1\n1 memory 9000000000 0 1000\n";

/// A disk that has read 1,000 sectors and written 3,000, for a machine without disks.
const DISKS: &str = "   8       0 sda 10 0 1000 5 20 0 3000 7 0 10 12 0 0 0 0 0 0\n";

/// An interface that has received 1,200 bytes and sent 300, for a machine without a network.
const INTERFACES: &str = "\
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
  eth0:    1200      10    0    0    0     0          0         0      300       4    0    0    0     0       0          0
";

/// A machine with GPUs, a disk, an interface, and a folder for jobs.
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
        for (file, stand_in) in [("diskstats", DISKS), ("1/net/dev", INTERFACES)] {
            let copy = folder.path().join("proc").join(file);
            fs::write(copy, stand_in).expect("a file");
        }
        for file in ["stat", "meminfo"] {
            let link = folder.path().join("proc").join(file);
            symlink(Path::new("/proc").join(file), link).expect("a link");
        }
        Self { folder, driver }
    }

    /// The folder in which jobs work: that of containers where there is one.
    pub(super) fn workspace(&self) -> String {
        let folder = Path::new("/workspace");
        if folder.is_dir() { text(folder) } else { text(&self.folder.path().join("workspace")) }
    }

    /// The library of the driver.
    pub(super) fn nvml(&self) -> String {
        text(&self.driver.library())
    }

    /// The variables for a process on this machine.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        if has_disk() && has_interface() {
            return Vec::new();
        }
        let folder = |name| text(&self.folder.path().join(name));
        vec![("HOST_PROC", folder("proc")), ("HOST_SYS", folder("sys"))]
    }
}

/// Whether the kernel reports a disk that is not virtual and has been read.
fn has_disk() -> bool {
    let disks = fs::read_to_string("/proc/diskstats").unwrap_or_default();
    disks.lines().any(|line| {
        let mut fields = line.split_whitespace().skip(2);
        let name = fields.next().unwrap_or_default();
        let is_virtual = ["loop", "ram", "zram", "dm-", "md"].iter().any(|it| name.starts_with(it));
        !is_virtual && fields.next().is_some_and(|reads| reads != "0")
    })
}

/// Whether the kernel reports an interface that leads out of the machine and has received bytes.
fn has_interface() -> bool {
    let interfaces = fs::read_to_string("/proc/1/net/dev").unwrap_or_default();
    interfaces.lines().filter_map(|line| line.split_once(':')).any(|(name, counts)| {
        let leads_out = ["eth", "en", "wl"].iter().any(|it| name.trim().starts_with(it));
        leads_out && counts.split_whitespace().next().is_some_and(|bytes| bytes != "0")
    })
}

fn text(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}
