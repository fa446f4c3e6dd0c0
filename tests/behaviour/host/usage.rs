//! Disks, file systems and interfaces that do real work.

use std::{
    fs::{self, File},
    io::Write,
    net::UdpSocket,
    path::Path,
    process::Command,
    time::Duration,
};

use osapi_metrics::instrumentation::host::HostOptions;

use super::{
    assert_between,
    case::{Case, CaseHost, case_number},
    number, wait_for,
};

/// The numbers in the line of `df -P` for a path: all, used and available bytes.
fn df(path: &Path) -> ([f64; 3], String) {
    let output = Command::new("df").args(["-P", "-k"]).arg(path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let fields: Vec<_> = text.lines().nth(1).unwrap().split_whitespace().collect();
    let bytes = |index: usize| fields[index].parse::<f64>().unwrap() * 1024.0;
    ([bytes(1), bytes(2), bytes(3)], fields[5].to_owned())
}

/// A folder in memory where there is one, for few programs write there.
fn quiet_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.unwrap()
}

#[test]
fn the_space_at_a_path_is_what_df_says_and_follows_a_file() {
    const SIZE: usize = 8 << 20;
    let folder = quiet_folder();
    let path = folder.path().to_str().unwrap();
    let options = HostOptions::new().interval(Duration::from_millis(5)).path(path);
    let _observations = options.observe_in::<CaseHost>(&Case { case: "path" }).unwrap();
    let shown = || {
        ["used", "free"].map(|state| {
            let labels = [("case", "path"), ("path", path), ("type", state)];
            case_number("host_case_disk_usage_bytes", &labels)
        })
    };
    let compared = || {
        let ([_, used, free], _) = df(folder.path());
        // The file systems of containers have sizes that are no multiple of a kibibyte.
        let [used_here, free_here] = shown().map(Option::unwrap_or_default);
        let is_same = (used_here - used).abs() < 4096.0 && (free_here - free).abs() < 4096.0;
        is_same.then_some(used)
    };
    let before = wait_for(compared);
    let mut file = File::create(folder.path().join("written")).unwrap();
    file.write_all(&vec![7; SIZE]).unwrap();
    file.sync_all().unwrap();
    // Another program may remove a file meanwhile, but not always the same size.
    wait_for(|| compared().filter(|used| *used >= before + 0.9 * SIZE as f64));
}

#[test]
fn file_systems_have_the_size_that_df_says() {
    let ([all, ..], mount_point) = df(Path::new("/"));
    let reading = |name: &str| {
        let name = name.to_owned();
        wait_for(move || {
            number("osapi_host_filesystem_sample_age_seconds", &[])?;
            let reading = osapi_metrics_tests::reading::Reading::of(&crate::RUNTIME);
            let shown = reading.label_values(&name, "system_filesystem_mountpoint");
            Some((reading, shown))
        })
    };
    let (limits, mount_points) = reading("system_filesystem_limit_bytes");
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    let root = mounts.lines().rev().find(|line| line.split(' ').nth(1) == Some("/")).unwrap();
    let [device, _, kind, options, ..] = root.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{root}")
    };
    if !device.starts_with("/dev/") {
        eprintln!("skipped: the root of this system is not on a device");
        return;
    }
    assert_eq!(mount_points.iter().filter(|path| **path == mount_point).count(), 1);
    let labels = [
        ("system_device", device),
        ("system_filesystem_mode", options.split(',').next().unwrap()),
        ("system_filesystem_mountpoint", "/"),
        ("system_filesystem_type", kind),
    ];
    let limit = limits.number("system_filesystem_limit_bytes", &labels).unwrap();
    assert!((limit - all).abs() < 1024.0, "{limit} {all}");
    let states = ["used", "free", "reserved"].map(|state| {
        let labels: Vec<_> =
            labels.into_iter().chain([("system_filesystem_state", state)]).collect();
        let share = limits.number("system_filesystem_utilization_ratio", &labels).unwrap();
        let bytes = limits.number("system_filesystem_usage_bytes", &labels).unwrap();
        assert!((share * limit - bytes).abs() < 1.0, "{share} {bytes}");
        bytes
    });
    assert!((states.iter().sum::<f64>() - limit).abs() < 1.0, "{states:?} {limit}");
}

/// Bytes that a disk has written, as the kernel counts them, and the disk with the most of them.
fn written() -> Option<(String, f64)> {
    let text = fs::read_to_string("/proc/diskstats").unwrap();
    let disk = |line: &str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let name = fields[2];
        let is_shown = Path::new("/sys/block").join(name).is_dir() && !name.starts_with("loop");
        is_shown.then(|| (name.to_owned(), fields[9].parse::<f64>().unwrap() * 512.0))
    };
    text.lines().filter_map(disk).max_by(|a, b| a.1.total_cmp(&b.1)).filter(|disk| disk.1 > 0.0)
}

#[test]
fn bytes_that_are_written_reach_the_disk() {
    let Some((disk, before)) = written() else {
        eprintln!("skipped: no disk of this system has written anything");
        return;
    };
    let labels = [("disk_io_direction", "write"), ("system_device", &disk)];
    let counted = || number("system_disk_io_bytes_total", &labels);
    let counted_before = counted();
    assert_between(before, counted_before, written().unwrap().1);
    let operations = number("system_disk_operations_total", &labels).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let mut file = File::create(folder.path().join("written")).unwrap();
    file.write_all(&vec![7; 4 << 20]).unwrap();
    file.sync_all().unwrap();
    let after = written().unwrap().1;
    let counted_after = counted();
    assert_between(after, counted_after, written().unwrap().1);
    // A folder for temporary files may be in memory.
    if after > before {
        assert!(counted_after > counted_before);
        assert!(number("system_disk_operations_total", &labels).unwrap() > operations);
    }
    // Partitions and loop devices are not shown.
    let reading = osapi_metrics_tests::reading::Reading::of(&crate::RUNTIME);
    let shown = reading.label_values("system_disk_io_bytes_total", "system_device");
    assert!(shown.iter().all(|name| Path::new("/sys/block").join(name).is_dir()), "{shown:?}");
    assert!(!shown.iter().any(|name| name.starts_with("loop")), "{shown:?}");
}

/// Bytes that the loopback has received.
fn received() -> f64 {
    let text = fs::read_to_string("/proc/self/net/dev").unwrap();
    let lo = text.lines().find_map(|line| line.trim().strip_prefix("lo:")).unwrap();
    lo.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn packets_on_the_loopback_are_counted_where_it_is_not_excluded() {
    let options = HostOptions::new().exclude_interfaces(["none"]);
    let _observations = options.observe_in::<CaseHost>(&Case { case: "loopback" }).unwrap();
    let labels = [("case", "loopback"), ("direction", "receive"), ("interface", "lo")];
    let counted = || case_number("host_case_network_bytes_total", &labels);
    let (begin, before, after) = (received(), counted(), received());
    assert_between(begin, before, after);
    let sockets = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    for _ in 0..50 {
        sockets[0].send_to(&[7; 1000], sockets[1].local_addr().unwrap()).unwrap();
        sockets[1].recv(&mut [0; 1000]).unwrap();
    }
    assert!(counted() >= before.map(|before| before + 50_000.0), "{before:?} {:?}", counted());
    assert!(case_number("host_case_network_sum_bytes_total", &labels[..1]) >= counted());
    // The set that comes with the instrumentation leaves it out.
    assert!(number("system_uptime_seconds", &[]).is_some());
    let reading = osapi_metrics_tests::reading::Reading::of(&crate::RUNTIME);
    let shown = reading.label_values("system_network_io_bytes_total", "network_interface_name");
    assert!(!shown.contains(&"lo".to_owned()), "{shown:?}");
}
