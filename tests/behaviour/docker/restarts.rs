//! Containers that are started anew.

use osapi_metrics::instrumentation::docker::DockerOptions;
use serde_json::json;

use super::{
    IMAGE, OFTEN, Shown, becomes,
    engine::{Entry, TestEngine, cgroup_v2},
};

#[test]
fn a_restart_begins_counters_and_uptime_anew() {
    let engine = TestEngine::start();
    engine.run("again", Entry::new("again", cgroup_v2()));
    let options = DockerOptions::new().socket(engine.socket()).interval(OFTEN);
    let _observations = options.observe().unwrap();
    let shown = Shown { container: "again", image: IMAGE };
    let cpu = || shown.number("container_cpu_time_seconds_total", &[("cpu_mode", "kernel")]);
    let received = || {
        let labels = [("network_interface_name", "eth0"), ("network_io_direction", "receive")];
        shown.number("container_network_io_bytes_total", &labels)
    };
    becomes("a sample", || received() == Some(1296.0));
    assert_eq!(shown.number("container_uptime_seconds", &[]), Some(30.25));

    // The same container five seconds after a restart.
    engine.change("again", |entry| {
        entry.inspected["State"]["StartedAt"] = "2026-03-01T12:01:00Z".into();
        entry.inspected["RestartCount"] = json!(1);
        entry.stats["read"] = "2026-03-01T12:01:05Z".into();
        entry.stats["cpu_stats"]["cpu_usage"] = json!({
            "total_usage": 30_000_000,
            "usage_in_kernelmode": 20_000_000,
            "usage_in_usermode": 10_000_000,
        });
        entry.stats["networks"] = json!({ "eth0": { "rx_bytes": 12, "tx_bytes": 0 } });
    });
    // A counter shows what the kernel counts, and goes back.
    becomes("the counters begin anew", || (cpu(), received()) == (Some(0.02), Some(12.0)));
    assert_eq!(shown.number("container_uptime_seconds", &[]), Some(5.0));
    // There is no time to compare the first sample after the restart with.
    assert_eq!(shown.number("container_cpu_usage", &[]), None);
    let eth1 = [("network_interface_name", "eth1"), ("network_io_direction", "receive")];
    assert_eq!(shown.number("container_network_io_bytes_total", &eth1), None);

    // Another container of this name goes on in the series.
    engine.change("again", |entry| entry.stats["networks"]["eth0"]["rx_bytes"] = json!(99));
    becomes("the next sample", || received() == Some(99.0));
    engine.remove("again");
    becomes("the series end", || (cpu(), received()) == (None, None));
}
