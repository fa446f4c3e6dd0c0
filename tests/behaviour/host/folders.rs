//! Folders that have the files of a host, and what is shown of them.

use std::{fs, path::Path, time::Duration};

use osapi_metrics::{
    instrumentation::host::{HostError, HostOptions},
    roles::Observations,
};
use osapi_metrics_tests::reading::Reading;
use tempfile::TempDir;

use super::{
    case::{Case, CaseHost},
    wait_for,
};

pub(super) const STAT: &str =
    "cpu  500 0 200 900 0 0 0 0 0 0\ncpu0 500 0 200 900 0 0 0 0 0 0\nintr 1\n";

/// A folder that a host may have mounted for a container.
pub(super) struct Root {
    folder: TempDir,
    case: &'static str,
}

impl Root {
    /// All files of a host.
    pub(super) fn new(case: &'static str) -> Self {
        let root = Self { folder: tempfile::tempdir().unwrap(), case };
        root.write("proc/stat", STAT);
        root.write("proc/meminfo", "MemTotal: 100 kB\nMemFree: 60 kB\nMemAvailable: 70 kB\n");
        root.write("proc/loadavg", "0.50 0.25 0.10 1/87 20194\n");
        root.write("proc/uptime", "55.50 90.00\n");
        root.write(
            "proc/diskstats",
            "8 0 sda 5 0 20 1 6 0 40 2 0 4 9\n8 1 sda1 5 0 20 1 6 0 40 2 0 4 9\n",
        );
        let interfaces = "Inter-|   Receive\n face |bytes\n\
            eth0: 100 1 0 0 0 0 0 0 200 2 0 0 0 0 0 0\nveth1: 9 1 0 0 0 0 0 0 9 2 0 0 0 0 0 0\n";
        root.write("proc/1/net/dev", interfaces);
        root.write("proc/1/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
        root.write("proc/filesystems", "nodev\tproc\n\text4\n");
        for resource in ["cpu", "io", "memory"] {
            let path = format!("proc/pressure/{resource}");
            root.write(&path, "some avg10=1.00 avg60=0.00 avg300=0.00 total=2500000\n");
        }
        fs::create_dir_all(root.path().join("sys/block/sda")).unwrap();
        root
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn remove(&self, file: &str) {
        fs::remove_file(self.path().join(file)).unwrap();
    }

    pub(super) fn observe(&self) -> Result<Observations, HostError> {
        let options = HostOptions::new().root(self.path()).interval(Duration::from_millis(5));
        options.observe_in::<CaseHost>(&Case { case: self.case })
    }

    /// The values of one collection, which have been read after this call.
    pub(super) fn read(&self) -> Shown {
        // The first collection may share what a collection of another test had begun to read
        // before. Whoever reads for the second one begins after that.
        let _ = Reading::of_lines_with(self.case, &crate::RUNTIME);
        let reading = Reading::of_lines_with(self.case, &crate::RUNTIME);
        let value = |name: &str, labels: &[(&str, &str)]| {
            let labels: Vec<_> = [("case", self.case)].iter().chain(labels).copied().collect();
            reading.number(&format!("host_case_{name}"), &labels)
        };
        Shown {
            cpu: value("cpu_seconds_total", &[("mode", "user")]),
            memory: value("memory_bytes", &[("state", "used")]),
            disk: value("disk_bytes_total", &[("device", "sda"), ("direction", "write")]),
            disk_sum: value("disk_sum_bytes_total", &[]),
            network: value(
                "network_bytes_total",
                &[("direction", "receive"), ("interface", "eth0")],
            ),
            load: value("load", &[]),
            uptime: value("uptime_seconds", &[]),
            pressure: value("pressure_seconds_total", &[("resource", "io"), ("stall", "some")]),
            filesystem: value("filesystem_bytes", &[("mount_point", "/"), ("state", "used")]),
            errors: value("reading_errors_total", &[]).unwrap_or_default(),
        }
    }
}

/// One value of each file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) cpu: Option<f64>,
    pub(super) memory: Option<f64>,
    pub(super) disk: Option<f64>,
    pub(super) disk_sum: Option<f64>,
    pub(super) network: Option<f64>,
    pub(super) load: Option<f64>,
    pub(super) uptime: Option<f64>,
    pub(super) pressure: Option<f64>,
    /// Of the file system where the folder is.
    pub(super) filesystem: Option<f64>,
    pub(super) errors: f64,
}

impl Shown {
    /// What is shown of a whole folder, beside its file system.
    pub(super) fn whole() -> Self {
        Self {
            cpu: Some(5.0),
            memory: Some(30.0 * 1024.0),
            disk: Some(40.0 * 512.0),
            disk_sum: Some(60.0 * 512.0),
            network: Some(100.0),
            load: Some(0.5),
            uptime: Some(55.5),
            pressure: Some(2.5),
            filesystem: None,
            errors: 0.0,
        }
    }

    /// Without what depends on other threads: the file system, which a thread asks, and the errors
    /// that the collections of other tests count too.
    pub(super) fn of_files(&self) -> Self {
        Self { filesystem: None, errors: 0.0, ..self.clone() }
    }
}

#[test]
fn all_files_of_a_mounted_host_are_read() {
    let root = Root::new("whole");
    let observations = root.observe().unwrap();
    assert_eq!(root.read().of_files(), Shown::whole());
    wait_for(|| root.read().filesystem);
    drop(observations);
    let shown = root.read();
    assert_eq!((shown.cpu, shown.filesystem, shown.load), (None, None, None));
}

#[test]
fn partitions_and_excluded_interfaces_are_left_out() {
    let root = Root::new("excluded");
    let _observations = root.observe().unwrap();
    let reading = Reading::of_lines_with("case=\"excluded\"", &crate::RUNTIME);
    let shown = |name, key| {
        let mut values = reading.label_values(name, key);
        values.dedup();
        values
    };
    assert_eq!(shown("host_case_disk_bytes_total", "device"), ["sda"]);
    assert_eq!(shown("host_case_network_bytes_total", "interface"), ["eth0"]);
}

#[test]
fn the_network_is_that_of_the_first_process_and_else_that_of_this_one() {
    let root = Root::new("namespaces");
    let of_this = "Inter-|\n face |bytes\neth0: 7 1 0 0 0 0 0 0 2 2 0 0 0 0 0 0\n";
    root.write("proc/self/net/dev", of_this);
    let observations = root.observe().unwrap();
    assert_eq!(root.read().network, Some(100.0));
    drop(observations);
    root.remove("proc/1/net/dev");
    let _observations = root.observe().unwrap();
    assert_eq!(root.read().network, Some(7.0));
}

#[test]
fn a_folder_without_proc_is_an_error_that_names_the_file() {
    let root = Root::new("nothing");
    fs::remove_dir_all(root.path().join("proc")).unwrap();
    let error = root.observe().unwrap_err();
    let file = root.path().join("proc/stat");
    let HostError::Unreadable { file: named, source } = &error else { panic!("{error:?}") };
    assert_eq!((named, source.kind()), (&file, std::io::ErrorKind::NotFound));
    assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");

    root.write("proc/stat", "a file of something else\n");
    let HostError::Unreadable { source, .. } = root.observe().unwrap_err() else { panic!() };
    assert_eq!(source.to_string(), "it has no line `cpu`");
}
