//! What the kernel counts, compared with the files.

use std::{fs, hint::black_box};

use super::{assert_between, number, wait_for};

/// The field of `/proc/stat` with the time of a mode, in seconds.
fn stat(mode: usize) -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap();
    let total = text.lines().next().unwrap().split_whitespace();
    total.skip(1).nth(mode).unwrap().parse::<f64>().unwrap() / 100.0
}

fn time(mode: &str) -> Option<f64> {
    number("system_cpu_time_seconds_total", &[("cpu_mode", mode)])
}

fn burn() {
    black_box((0..1_000_000_u64).fold(0, |sum, n| sum ^ black_box(n)));
}

#[test]
fn processor_time_is_the_time_that_the_kernel_counts() {
    let modes = ["user", "nice", "system", "idle", "iowait", "interrupt", "softirq", "steal"];
    for (index, mode) in modes.into_iter().enumerate() {
        let (before, counted, after) = (stat(index), time(mode), stat(index));
        // Times of idle processors are corrected by the kernel, and do not go back here.
        let correction = if (3..=4).contains(&index) { 3.0 } else { 0.0 };
        assert_between(before, counted, after + correction);
    }
}

#[test]
fn work_takes_processor_time() {
    let (before, begin) = (time("user").unwrap(), stat(0));
    while stat(0) < begin + 0.2 {
        burn();
    }
    assert!(time("user").unwrap() >= before + 0.19);
}

#[test]
fn shares_of_the_modes_come_after_a_second_and_are_one() {
    let share = |mode| number("system_cpu_utilization_ratio", &[("cpu_mode", mode)]);
    let user = wait_for(|| {
        burn();
        share("user")
    });
    assert!((0.0..=1.0).contains(&user), "{user}");
    // Each collection may end at another time.
    let reading = osapi_metrics_tests::reading::Reading::of(&crate::RUNTIME);
    let modes = reading.label_values("system_cpu_utilization_ratio", "cpu_mode");
    let share = |mode: &String| {
        reading.number("system_cpu_utilization_ratio", &[("cpu_mode", mode)]).unwrap()
    };
    let sum: f64 = modes.iter().map(share).sum();
    assert!(modes.len() == 8 && (sum - 1.0).abs() < 1e-9, "{modes:?} {sum}");
}

#[test]
fn processors_are_the_lines_of_the_kernel() {
    let text = fs::read_to_string("/proc/stat").unwrap();
    let lines = text.lines().filter(|line| line.starts_with("cpu")).count() - 1;
    assert_eq!(number("system_cpu_logical_count", &[]), Some(lines as f64));
}

fn meminfo(name: &str) -> Option<f64> {
    let text = fs::read_to_string("/proc/meminfo").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<f64>().ok()? * 1024.0)
}

#[test]
fn memory_is_what_the_kernel_reports() {
    let total = meminfo("MemTotal").unwrap();
    assert_eq!(number("system_memory_limit_bytes", &[]), Some(total));
    let state = |name, state| number(name, &[("system_memory_state", state)]);
    // Other programs change it meanwhile; the reading of the kernel is one of many.
    let is_near = |value: Option<f64>, expected: f64| {
        value.is_some_and(|value| (value - expected).abs() < 0.2 * total)
    };
    let available = meminfo("MemAvailable").unwrap();
    assert!(is_near(state("system_memory_usage_bytes", "used"), total - available));
    assert!(is_near(state("system_memory_usage_bytes", "free"), meminfo("MemFree").unwrap()));
    assert!(is_near(number("system_memory_linux_available_bytes", &[]), available));
    let share = state("system_memory_utilization_ratio", "used").unwrap();
    assert!(is_near(Some(share * total), total - available), "{share}");
    let swap = ["used", "free"]
        .map(|state| number("system_paging_usage_bytes", &[("system_paging_state", state)]));
    let swap_total = meminfo("SwapTotal").unwrap();
    assert_eq!(swap[0].zip(swap[1]).map(|(used, free)| used + free), Some(swap_total));
}

#[test]
fn load_uptime_and_pressure_are_what_the_kernel_reports() {
    let field = |path: &str, index: usize| {
        let text = fs::read_to_string(path).unwrap();
        text.split_whitespace().nth(index).unwrap().parse::<f64>().unwrap()
    };
    for (index, minutes) in [1, 5, 15].into_iter().enumerate() {
        let name = format!("system_cpu_load_average_{minutes}m");
        // The kernel makes a new average every five seconds.
        wait_for(|| {
            let before = field("/proc/loadavg", index);
            (number(&name, &[]) == Some(before)).then_some(())
        });
    }
    let before = field("/proc/uptime", 0);
    let counted = number("system_uptime_seconds", &[]);
    assert_between(before, counted, field("/proc/uptime", 0));

    for resource in ["cpu", "io", "memory"] {
        let stalled = || {
            let text = fs::read_to_string(format!("/proc/pressure/{resource}")).ok()?;
            let (_, total) = text.lines().next()?.rsplit_once("total=")?;
            Some(total.parse::<f64>().unwrap() / 1e6)
        };
        let labels = [("resource", resource), ("stall", "some")];
        let counted = || number("osapi_host_pressure_seconds_total", &labels);
        match stalled() {
            Some(before) => {
                let counted = counted();
                assert_between(before, counted, stalled().unwrap());
            }
            None => assert_eq!(counted(), None),
        }
    }
}
