//! The host in a set that has names of the conventions without their labels. A process of its own,
//! because the metrics that come with the instrumentation give way to those of the program.

#![cfg(target_os = "linux")]

use std::{
    fs::{self, File},
    hint::black_box,
    io::Write,
    time::{Duration, Instant},
};

use osapi_metrics::{
    LabelSet, MetricSet, ObservableCounter, ObservableGauge,
    instrumentation::host::{HostOptions, HostRoles, PathSpace, SpaceState},
    roles::RoleLabels,
};
use osapi_metrics_tests::reading::{Reading, install};

#[derive(LabelSet)]
struct PathLabels {
    #[label(max = 10)]
    path: String,
    #[label(key = "type")]
    state: SpaceState,
}

impl RoleLabels<(), PathSpace> for PathLabels {
    fn role_labels((): &(), space: &PathSpace) -> Self {
        Self { path: space.path.to_string(), state: space.state }
    }
}

/// The machine of a worker.
#[derive(MetricSet)]
#[metric_set(prefix = "", roles(of = HostRoles), allow(semconv_names))]
struct WorkerHost {
    /// Share of the processors that is busy.
    #[metric(name = "system.cpu.utilization", unit = "1", on = cpu_busy)]
    cpu: ObservableGauge,
    /// Share of memory that is used.
    #[metric(name = "system.memory.utilization", unit = "1", on = memory_used_ratio)]
    memory: ObservableGauge,
    /// Bytes read and written.
    #[metric(name = "system.disk.io", unit = "By", on = disk_io_sum)]
    disk_io: ObservableCounter,
    /// Bytes received and transmitted.
    #[metric(name = "system.network.io", unit = "By", on = network_io_sum)]
    network_io: ObservableCounter,
    /// Space of folders.
    #[metric(name = "disk_usage_bytes", unit = "By", on = path_usage)]
    disk_usage: ObservableGauge<PathLabels, u64>,
}

#[test]
fn sums_without_labels_have_the_names_of_the_conventions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let options = HostOptions::new().path(path).exclude_interfaces(["none"]);
    options.observe_in::<WorkerHost>(&()).unwrap().keep();
    let metrics = install();
    let read = || Reading::of(&metrics);
    let number = |name: &str| read().number(name, &[]);

    // Each metric has the labels of the program's set.
    let named = metrics.catalogue().iter().filter(|metric| metric.name.starts_with("system."));
    let of_program: Vec<_> =
        named.filter(|metric| metric.labels.is_empty()).map(|metric| metric.name).collect();
    for metric in WorkerHost::DESCRIPTORS {
        let is_shown = of_program.contains(&metric.name) || metric.name == "disk_usage_bytes";
        assert!(is_shown, "{}: {of_program:?}", metric.name);
        let count = metrics.catalogue().iter().filter(|other| other.name == metric.name).count();
        assert_eq!(count, 1, "{}", metric.name);
    }

    // A second or more of work has a share.
    let begin = Instant::now();
    let busy = loop {
        black_box((0..1_000_000_u64).fold(0, |sum, n| sum ^ black_box(n)));
        if let Some(busy) = number("system_cpu_utilization_ratio") {
            break busy;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "the share does not come");
    };
    assert!(busy > 0.0 && busy <= 1.0, "{busy}");

    let memory = number("system_memory_utilization_ratio").unwrap();
    assert!(memory > 0.0 && memory < 1.0, "{memory}");

    let sum_of = |path: &str, is_shown: fn(&str) -> bool, fields: [usize; 2], size: f64| {
        let text = fs::read_to_string(path).unwrap();
        let value = |line: &str| {
            let line = line.replace(':', " ");
            let fields_of_line: Vec<_> = line.split_whitespace().collect();
            fields.iter().map(|field| fields_of_line[*field].parse::<f64>().unwrap()).sum::<f64>()
        };
        text.lines().filter(|line| is_shown(line)).map(value).sum::<f64>() * size
    };
    let network = || sum_of("/proc/self/net/dev", |line| line.contains(':'), [1, 9], 1.0);
    let (before, shown, after) = (network(), number("system_network_io_bytes_total"), network());
    assert!(shown.is_some_and(|shown| before <= shown && shown <= after), "{shown:?}");

    let disks = || {
        let is_disk = |line: &str| {
            let name = line.split_whitespace().nth(2).unwrap();
            let folder = format!("/sys/block/{name}");
            let excluded = ["fd", "loop", "ram", "sr", "zram"];
            let is_volume =
                fs::read_dir(format!("{folder}/slaves")).is_ok_and(|mut all| all.next().is_some());
            fs::exists(&folder).unwrap()
                && !is_volume
                && !excluded.iter().any(|kind| name.starts_with(kind))
        };
        sum_of("/proc/diskstats", is_disk, [5, 9], 512.0)
    };
    let (before, shown, after) = (disks(), number("system_disk_io_bytes_total"), disks());
    assert!(
        shown.is_some_and(|shown| before <= shown && shown <= after),
        "{before} {shown:?} {after}"
    );
    let mut file = File::create(folder.path().join("written")).unwrap();
    file.write_all(&vec![7; 4 << 20]).unwrap();
    file.sync_all().unwrap();
    if disks() > after {
        assert!(number("system_disk_io_bytes_total") > shown);
    }

    let begin = Instant::now();
    let space = |state| read().number("disk_usage_bytes", &[("path", path), ("type", state)]);
    while space("used").is_none() {
        assert!(begin.elapsed() < Duration::from_secs(60), "the space does not come");
    }
    assert!(space("used") > Some(0.0) && space("free").is_some());
}
