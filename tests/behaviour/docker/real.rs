//! A real engine.

use osapi_metrics::instrumentation::docker::DockerOptions;
use osapi_metrics_tests::servers;

use super::{OFTEN, Shown, becomes};

#[test]
fn podman_answers_as_docker_does() {
    const NAME: &str = "real-container";
    const SHARE: &str = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; sleep 300";
    let Some(podman) = servers::podman() else { return };
    let image = podman.image();
    if let Err(reason) = podman.run(NAME, &["/bin/sh", "-c", SHARE]) {
        return servers::report_unfit("podman", &reason);
    }
    let _observations =
        DockerOptions::new().socket(podman.socket()).interval(OFTEN * 5).observe().unwrap();
    let shown = Shown { container: NAME, image };
    let number = |metric: &str| shown.number(metric, &[]);
    becomes("a sample", || number("container_memory_usage_bytes").is_some());
    let memory = number("container_memory_usage_bytes").unwrap();
    assert!((4096.0..64.0 * 1024.0 * 1024.0).contains(&memory), "{memory}");
    assert_eq!(number("osapi_docker_memory_limit_bytes"), Some(64.0 * 1024.0 * 1024.0));
    let user =
        || shown.number("container_cpu_time_seconds_total", &[("cpu_mode", "user")]).unwrap_or(0.0);
    becomes("the loop takes time", || user() > 0.001);
    becomes("there is a second sample", || number("container_cpu_usage").is_some());
    let uptime = number("container_uptime_seconds").unwrap();
    assert!((0.0..300.0).contains(&uptime), "{uptime}");

    podman.stop(NAME);
    becomes("it has ended", || number("container_memory_usage_bytes").is_none());
    podman.start_again(NAME);
    becomes("it runs again", || number("container_uptime_seconds").is_some());
    podman.remove(NAME);
    becomes("it is gone", || number("container_uptime_seconds").is_none());
}
