//! What the engine answers, and what is shown of it.

use std::cell::Cell;

use osapi_metrics::instrumentation::docker::{DockerOptions, DockerStatsMetrics};
use serde_json::{Value, json};

use super::{
    IMAGE, LONG, OFTEN, Shown, Yard, becomes,
    engine::{Entry, TestEngine, answer, cgroup_v1, cgroup_v2},
};
use crate::read_lines_with;

fn options(engine: &TestEngine) -> DockerOptions {
    DockerOptions::new().socket(engine.socket()).interval(LONG)
}

fn close(shown: Option<f64>, expected: f64) -> bool {
    shown.is_some_and(|shown| (shown - expected).abs() <= expected.abs() * 1e-12)
}

/// A metric, its labels beside those of the container, and its value.
type Expected<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<f64>);

/// Asserts the values of metrics.
fn assert_shown(shown: &Shown, expected: &[Expected<'_>]) {
    for (metric, labels, value) in expected {
        let now = shown.number(metric, labels);
        let equal = match value {
            Some(value) => close(now, *value),
            None => now.is_none(),
        };
        assert!(equal, "{metric} {labels:?}: {now:?} is not {value:?}");
    }
}

const RECEIVE: (&str, &str) = ("network_io_direction", "receive");
const TRANSMIT: (&str, &str) = ("network_io_direction", "transmit");
const ETH0: (&str, &str) = ("network_interface_name", "eth0");
const READ: (&str, &str) = ("disk_io_direction", "read");
const WRITE: (&str, &str) = ("disk_io_direction", "write");

#[test]
fn values_are_those_of_docker_stats_with_cgroup_v2() {
    let engine = TestEngine::start();
    engine.run("values-v2", Entry::new("values-v2", cgroup_v2()));
    let _observations = options(&engine).observe().unwrap();
    let shown = Shown { container: "values-v2", image: IMAGE };
    becomes("a sample", || shown.number("container_memory_usage_bytes", &[]).is_some());
    let eth1 = ("network_interface_name", "eth1");
    let (sda, dm1) = (("system_device", "8:0"), ("system_device", "253:1"));
    assert_shown(
        &shown,
        &[
            ("container_cpu_time_seconds_total", &[("cpu_mode", "user")], Some(0.128_504)),
            ("container_cpu_time_seconds_total", &[("cpu_mode", "kernel")], Some(0.870_974)),
            // The first sample has no sample before it.
            ("container_cpu_usage", &[], None),
            // 234647552 less `inactive_file`, 41287680.
            ("container_memory_usage_bytes", &[], Some(193_359_872.0)),
            ("osapi_docker_memory_limit_bytes", &[], Some(268_435_456.0)),
            ("container_network_io_bytes_total", &[ETH0, RECEIVE], Some(1296.0)),
            ("container_network_io_bytes_total", &[ETH0, TRANSMIT], Some(648.0)),
            ("container_network_io_bytes_total", &[eth1, RECEIVE], Some(70.0)),
            ("container_network_io_bytes_total", &[eth1, TRANSMIT], Some(140.0)),
            ("container_disk_io_bytes_total", &[sda, READ], Some(167_936.0)),
            ("container_disk_io_bytes_total", &[sda, WRITE], Some(4096.0)),
            ("container_disk_io_bytes_total", &[dm1, READ], Some(8192.0)),
            ("container_disk_io_bytes_total", &[dm1, WRITE], Some(0.0)),
            // From 12:00:00.25 to 12:00:30.5.
            ("container_uptime_seconds", &[], Some(30.25)),
        ],
    );
    // A program sees the names of the set that it observes.
    assert_eq!(shown.number("container_cpu_usage_nanoseconds_total", &[]), None);
    assert_eq!(shown.number("container_memory_usage_limit_bytes", &[]), None);
}

#[test]
fn values_are_those_of_docker_stats_with_cgroup_v1() {
    let engine = TestEngine::start();
    engine.run("values-v1", Entry::new("values-v1", cgroup_v1()));
    let _observations = options(&engine).observe().unwrap();
    let shown = Shown { container: "values-v1", image: IMAGE };
    becomes("a sample", || shown.number("container_memory_usage_bytes", &[]).is_some());
    let device = ("system_device", "254:0");
    assert_shown(
        &shown,
        &[
            ("container_cpu_time_seconds_total", &[("cpu_mode", "user")], Some(0.02)),
            ("container_cpu_time_seconds_total", &[("cpu_mode", "kernel")], Some(0.01)),
            // 2887680 less `total_inactive_file`, 2162688, and not `inactive_file`.
            ("container_memory_usage_bytes", &[], Some(724_992.0)),
            ("osapi_docker_memory_limit_bytes", &[], Some(10_449_559_552.0)),
            ("container_network_io_bytes_total", &[ETH0, RECEIVE], Some(1532.0)),
            // `Sync` and `Total` are the same bytes once more.
            ("container_disk_io_bytes_total", &[device, READ], Some(2_502_656.0)),
            ("container_disk_io_bytes_total", &[device, WRITE], Some(512.0)),
        ],
    );
}

/// The percentage of `docker stats`, from two answers.
fn docker_percent(before: &Value, now: &Value) -> f64 {
    let difference = |path: &str| {
        let number = |answer: &Value| answer.pointer(path).and_then(Value::as_f64).unwrap();
        number(now) - number(before)
    };
    let of_container = difference("/cpu_stats/cpu_usage/total_usage");
    let of_system = difference("/cpu_stats/system_cpu_usage");
    of_container / of_system * now["cpu_stats"]["online_cpus"].as_f64().unwrap() * 100.0
}

#[test]
fn processors_in_use_are_those_of_docker_stats() {
    let engine = TestEngine::start();
    let before = cgroup_v2();
    engine.run("busy", Entry::new("busy", before.clone()));
    let options = options(&engine).interval(OFTEN);
    let _observations =
        [options.observe().unwrap(), options.observe_in::<DockerStatsMetrics>(&()).unwrap()];
    let shown = Shown { container: "busy", image: IMAGE };
    let sampled = || {
        let memory = ["container_memory_usage_bytes", "container_memory_usage_total_bytes"];
        memory.iter().all(|metric| shown.number(metric, &[]).is_some())
    };
    becomes("a sample", sampled);
    // Ten seconds later, of four processors, of which the container has used one and a half.
    let mut now = before.clone();
    now["read"] = json!("2026-03-01T12:00:40.500000000Z");
    now["cpu_stats"]["cpu_usage"]["total_usage"] = json!(999_478_000_u64 + 15_000_000_000);
    now["cpu_stats"]["system_cpu_usage"] = json!(4_836_970_000_000_u64 + 40_000_000_000);
    let expected = docker_percent(&before, &now);
    assert!(close(Some(expected), 150.0), "{expected}");
    engine.change("busy", |entry| entry.stats = now);
    // Each is shown until the next sample, whose time is that of the sample before.
    let (usage, percent) = (Cell::new(None), Cell::new(None));
    becomes("the second sample", || {
        for (seen, metric) in
            [(&usage, "container_cpu_usage"), (&percent, "container_cpu_utilization_ratio")]
        {
            seen.set(seen.get().or_else(|| shown.number(metric, &[])));
        }
        usage.get().is_some() && percent.get().is_some()
    });
    assert!(close(percent.get(), expected), "{percent:?}");
    assert!(close(usage.get(), expected / 100.0), "{usage:?}");
}

#[test]
fn names_of_the_collector_have_its_units() {
    let engine = TestEngine::start();
    engine.run("collector-v2", Entry::new("collector-v2", cgroup_v2()));
    engine.run("collector-v1", Entry::new("collector-v1", cgroup_v1()));
    let _observations = options(&engine).observe_in::<DockerStatsMetrics>(&()).unwrap();
    let shown = Shown { container: "collector-v2", image: IMAGE };
    becomes("a sample", || shown.number("container_memory_file_bytes", &[]).is_some());
    let (eth0, eth1) = (("interface", "eth0"), ("interface", "eth1"));
    assert_shown(
        &shown,
        &[
            ("container_cpu_usage_nanoseconds_total", &[], Some(999_478_000.0)),
            ("container_cpu_usage_usermode_nanoseconds_total", &[], Some(128_504_000.0)),
            ("container_cpu_usage_kernelmode_nanoseconds_total", &[], Some(870_974_000.0)),
            ("container_cpu_utilization_ratio", &[], None),
            ("container_memory_usage_total_bytes", &[], Some(193_359_872.0)),
            ("container_memory_usage_limit_bytes", &[], Some(268_435_456.0)),
            // As `docker stats` has it: 72.03%.
            ("container_memory_percent", &[], Some(193_359_872.0 / 268_435_456.0 * 100.0)),
            ("container_memory_file_bytes", &[], Some(60_162_048.0)),
            ("container_memory_total_cache_bytes", &[], None),
            ("container_network_io_usage_rx_bytes_total", &[eth0], Some(1296.0)),
            ("container_network_io_usage_tx_bytes_total", &[eth1], Some(140.0)),
            ("container_network_io_usage_rx_dropped_total", &[eth0], Some(2.0)),
            ("container_network_io_usage_tx_dropped_total", &[eth1], Some(3.0)),
            ("container_memory_usage_bytes", &[], None),
            ("container_uptime_seconds", &[], None),
        ],
    );
    let shown = Shown { container: "collector-v1", image: IMAGE };
    assert_shown(
        &shown,
        &[
            ("container_memory_total_cache_bytes", &[], Some(2_433_024.0)),
            ("container_memory_file_bytes", &[], None),
        ],
    );
    // Nobody has asked when the containers were started.
    let requests = engine.requests();
    assert_eq!(requests.iter().filter(|request| request.ends_with("/json")).count(), 1);
}

#[test]
fn each_container_has_its_name_and_its_image() {
    let engine = TestEngine::start();
    for (name, image) in [("pair-a", "nginx"), ("pair-b", "shop/web:1.4@sha256:aa")] {
        let mut entry = Entry::new(name, cgroup_v2());
        entry.listed["Image"] = image.into();
        engine.run(name, entry);
    }
    engine.change("pair-a", |entry| {
        // A container that others are linked to has their names for it.
        entry.listed["Names"] = json!(["/pair-b/database", "/pair-a"]);
        entry.listed["State"] = "paused".into();
        entry.stats["memory_stats"]["usage"] = json!(50_000_000);
    });
    engine.run("pair-c", Entry::new("pair-c", cgroup_v2()));
    engine.change("pair-c", |entry| entry.listed["State"] = "exited".into());
    let _observations = options(&engine).observe().unwrap();
    let [a, b] = [
        Shown { container: "pair-a", image: "nginx" },
        Shown { container: "pair-b", image: "shop/web" },
    ];
    becomes("a sample", || a.number("container_memory_usage_bytes", &[]).is_some());
    assert_eq!(a.number("container_memory_usage_bytes", &[]), Some(8_712_320.0));
    assert_eq!(b.number("container_memory_usage_bytes", &[]), Some(193_359_872.0));
    let of_c = read_lines_with("\"pair-c\"");
    assert!(of_c.label_values("container_memory_usage_bytes", "container_name").is_empty());
}

#[test]
fn what_an_engine_does_not_report_is_absent() {
    let engine = TestEngine::start();
    engine.run("empty", Entry::new("empty", json!({})));
    engine.run("nulls", {
        let mut stats = cgroup_v2();
        for field in ["cpu_stats", "networks", "blkio_stats"] {
            stats[field] = Value::Null;
        }
        stats["memory_stats"]["stats"] = Value::Null;
        Entry::new("nulls", stats)
    });
    engine.run("podman", Entry::new("podman", answer(include_str!("answers/podman_stats.json"))));
    engine.change("podman", |entry| {
        entry.inspected["State"]["StartedAt"] = "2026-12-01T02:45:12.626030881+02:00".into();
    });
    engine.run("bare", {
        let mut bare = Entry::new("bare", cgroup_v2());
        bare.listed = json!({ "Names": ["/bare"] });
        bare.inspected = json!({});
        bare
    });
    let _observations = options(&engine).observe().unwrap();
    let nulls = Shown { container: "nulls", image: IMAGE };
    becomes("a sample", || nulls.number("container_memory_usage_bytes", &[]).is_some());
    // Without details the usage is all that there is, as in `docker stats`.
    assert_eq!(nulls.number("container_memory_usage_bytes", &[]), Some(234_647_552.0));
    for metric in ["cpu_time_seconds_total", "network_io_bytes_total", "disk_io_bytes_total"] {
        let shown = read_lines_with("\"nulls\"");
        assert!(shown.label_values(&format!("container_{metric}"), "container_name").is_empty());
    }
    let empty = read_lines_with("\"empty\"");
    for metric in ["memory_usage_bytes", "cpu_time_seconds_total", "cpu_usage"] {
        assert!(empty.label_values(&format!("container_{metric}"), "container_name").is_empty());
    }
    // Podman reports no details of the memory, no disks, and its dates may have an offset.
    let podman = Shown { container: "podman", image: IMAGE };
    assert_shown(
        &podman,
        &[
            ("container_memory_usage_bytes", &[], Some(9_162_752.0)),
            ("osapi_docker_memory_limit_bytes", &[], Some(67_108_864.0)),
            ("container_cpu_time_seconds_total", &[("cpu_mode", "user")], Some(0.506_969_637)),
            ("container_uptime_seconds", &[], Some(3.0)),
        ],
    );
    // A list entry without an image gives no label, and an answer without a date no uptime.
    let bare = read_lines_with("\"bare\"");
    let name = [("container_name", "bare")];
    assert_eq!(bare.number("container_memory_usage_bytes", &name), Some(193_359_872.0));
    assert_eq!(bare.number("container_uptime_seconds", &name), None);
}

#[test]
fn a_set_of_a_service_records_the_roles_that_it_names() {
    let engine = TestEngine::start();
    engine.run("own", Entry::new("own", cgroup_v2()));
    let yard = Yard::observe("own-names", &options(&engine));
    becomes("a sample", || yard.memory("own") == Some(193_359_872.0));
    assert!(close(yard.of_container("cpu_seconds_total", "own"), 0.999_478));
    assert!(yard.errors() < 1.0);
    drop(yard);
    let after = read_lines_with("\"own-names\"");
    assert!(after.label_values("yard_memory_bytes", "container").is_empty());
    assert!(after.label_values("yard_sample_age_seconds", "engine").is_empty());
}
