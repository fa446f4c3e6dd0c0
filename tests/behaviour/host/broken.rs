//! Files that are missing, cut, garbled, or never answer.

use std::{fs::OpenOptions, process::Command};

use super::{
    folders::{Root, STAT, Shown},
    wait_for,
};

/// A file, and how its values are taken out of what is shown.
type Value = (&'static str, fn(&mut Shown) -> &mut Option<f64>);

const FILES: [Value; 6] = [
    ("proc/stat", |shown| &mut shown.cpu),
    ("proc/meminfo", |shown| &mut shown.memory),
    ("proc/loadavg", |shown| &mut shown.load),
    ("proc/uptime", |shown| &mut shown.uptime),
    ("proc/1/net/dev", |shown| &mut shown.network),
    ("proc/pressure/io", |shown| &mut shown.pressure),
];

/// Breaks each file in turn, and mends it.
fn assert_only_its_values_are_absent(case: &'static str, break_file: impl Fn(&Root, &str)) {
    let root = Root::new(case);
    let _observations = root.observe().unwrap();
    let mut expected = Shown::whole();
    for (file, value) in FILES {
        let whole = std::fs::read(root.path().join(file)).unwrap();
        let before = root.read();
        assert_eq!(before.of_files(), expected, "before {file} is broken");
        break_file(&root, file);
        let was = value(&mut expected).take();
        let broken = root.read();
        assert_eq!(broken.of_files(), expected, "while {file} is broken");
        assert!(root.read().errors > before.errors, "{file} is broken and no error is counted");
        root.write(file, whole);
        *value(&mut expected) = was;
        assert_eq!(root.read().of_files(), expected, "when {file} is back");
    }
}

#[test]
fn a_file_that_vanishes_leaves_the_others_and_can_return() {
    assert_only_its_values_are_absent("vanished", Root::remove);
}

#[test]
fn an_empty_file_has_no_values() {
    assert_only_its_values_are_absent("empty", |root, file| root.write(file, ""));
}

#[test]
fn a_file_that_is_cut_has_no_values() {
    assert_only_its_values_are_absent("cut", |root, file| {
        let text = std::fs::read(root.path().join(file)).unwrap();
        root.write(file, &text[..text.len() / 2]);
    });
}

#[test]
fn a_garbled_file_has_no_values() {
    assert_only_its_values_are_absent("garbled", |root, file| {
        root.write(file, b"\xff\xfe\x00\n::: ~ \xc3\n");
    });
    assert_only_its_values_are_absent("other text", |root, file| {
        root.write(file, "cpu : some MemTotal : eth0 : x = 1\n\n-1 \u{e9}:\n");
    });
}

#[test]
fn disks_that_are_not_there_have_no_values() {
    let root = Root::new("no disks");
    let _observations = root.observe().unwrap();
    for text in ["", "8 0 sda 5 0 20 1 6 0 4", "8 0 sda\n", "\n", "\u{fffd}\n"] {
        root.write("proc/diskstats", text);
        let shown = root.read();
        assert_eq!((shown.disk, shown.disk_sum), (None, None), "{text:?}");
    }
    // A counter shows the errors that were counted before it is read.
    assert!(root.read().errors >= 5.0);
}

#[test]
fn files_that_are_missing_from_the_beginning_leave_the_others() {
    let root = Root::new("missing");
    for (file, _) in &FILES[1..] {
        root.remove(file);
    }
    root.remove("proc/1/mountinfo");
    root.remove("proc/diskstats");
    let _observations = root.observe().unwrap();
    let shown = root.read();
    assert_eq!((shown.cpu, shown.memory, shown.disk), (Some(5.0), None, None));
    // Pressure is not measured by each kernel, so that its files may be missing.
    assert_eq!((shown.network, shown.pressure), (None, None));
    assert!(root.read().errors >= 4.0);
    root.write("proc/meminfo", "MemTotal: 100 kB\nMemFree: 60 kB\nMemAvailable: 50 kB\n");
    assert_eq!(root.read().memory, Some(50.0 * 1024.0));
}

#[test]
fn counters_that_go_back_are_those_of_another_device_and_sums_go_on() {
    let root = Root::new("backwards");
    let _observations = root.observe().unwrap();
    let disks = |text| {
        root.write("proc/diskstats", text);
        let shown = root.read();
        (shown.disk, shown.disk_sum.map(|sum| sum / 512.0))
    };
    assert_eq!(disks("8 0 sda 5 0 20 1 6 0 100 2 0 4 9\n"), (Some(51_200.0), Some(120.0)));
    // The disk is unplugged, and another one is plugged in.
    let other = "8 0 sdb 1 0 10 1 1 0 10 2 0 4 9\n";
    std::fs::create_dir_all(root.path().join("sys/block/sdb")).unwrap();
    assert_eq!(disks(other), (None, Some(140.0)));
    let both = "8 0 sda 1 0 1 1 1 0 2 2 0 4 9\n8 0 sdb 1 0 10 1 1 0 11 2 0 4 9\n";
    assert_eq!(disks(both), (Some(1024.0), Some(144.0)));

    // The kernel corrects times of processors.
    let user = |ticks: u32| {
        root.write("proc/stat", STAT.replace("cpu  500", &format!("cpu  {ticks}")));
        root.read().cpu
    };
    assert_eq!([499, 510, 5].map(user), [Some(5.0), Some(5.1), Some(0.05)]);
}

#[test]
fn a_mount_that_does_not_answer_blocks_no_collection() {
    let root = Root::new("hanging");
    // Whoever opens a named pipe to read waits for a writer.
    root.remove("proc/1/mountinfo");
    let pipe = root.path().join("proc/1/mountinfo");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let observations = root.observe().unwrap();
    let shown = root.read();
    assert_eq!((shown.of_files(), shown.filesystem), (Shown::whole(), None));
    // After three intervals the reading counts as failed, while it goes on.
    wait_for(|| (root.read().errors > 0.0).then_some(()));
    // The writer lets the reading go on. It fails, for a pipe has no beginning to read from.
    let writer = OpenOptions::new().write(true).open(&pipe).unwrap();
    root.write("proc/1/mended", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
    std::fs::rename(root.path().join("proc/1/mended"), &pipe).unwrap();
    wait_for(|| root.read().filesystem);
    drop((writer, observations));
}
