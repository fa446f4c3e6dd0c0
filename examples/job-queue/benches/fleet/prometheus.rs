//! What a fleet costs a real Prometheus that scrapes it.

use std::{fs, path::Path, thread, time::Duration};

use osapi_metrics_tests::servers::{self, PrometheusServer};

use crate::{process::FleetProcess, scrape::sum};

/// What happens between scrapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The workers that are there work on.
    Work,
    /// Also, every tenth worker is replaced by a new one.
    Churn,
}

/// How a fleet is scraped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) interval: Duration,
    pub(crate) scrapes: usize,
    pub(crate) change: Change,
}

/// The state of a Prometheus.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerCost {
    pub(crate) head_series: f64,
    pub(crate) resident_bytes: f64,
    pub(crate) heap_bytes: f64,
    pub(crate) chunks: f64,
    pub(crate) wal_bytes: u64,
    pub(crate) samples: f64,
    pub(crate) processor_seconds: f64,
}

/// What a fleet costs.
#[derive(Debug)]
pub(crate) struct FleetCost {
    pub(crate) idle: ServerCost,
    pub(crate) busy: ServerCost,
    pub(crate) samples_of_a_scrape: f64,
    pub(crate) seconds_of_a_scrape: f64,
}

impl ServerCost {
    fn of(server: &PrometheusServer) -> Self {
        let text = server.own_metrics();
        let value = |name| sum(&text, name);
        Self {
            head_series: value("prometheus_tsdb_head_series"),
            resident_bytes: value("process_resident_memory_bytes"),
            heap_bytes: value("go_memstats_heap_inuse_bytes"),
            chunks: value("prometheus_tsdb_head_chunks"),
            wal_bytes: size(&server.data().join("wal")),
            samples: value("prometheus_tsdb_head_samples_appended_total"),
            processor_seconds: value("process_cpu_seconds_total"),
        }
    }
}

/// Has a Prometheus scrape the fleet; `None` where there is none.
pub(crate) fn measure(fleet: &mut FleetProcess, workers: usize, plan: Plan) -> Option<FleetCost> {
    let idle = {
        let server = servers::prometheus("scrape_configs: []")?;
        // The first garbage collections are over by then.
        thread::sleep(Duration::from_secs(1));
        ServerCost::of(&server)
    };
    let server = servers::prometheus(&config(fleet, plan.interval))?;
    for scrape in 1..=plan.scrapes {
        while server.number("count_over_time(up[1h])").unwrap_or_default() < scrape as f64 {
            thread::sleep(Duration::from_millis(20));
        }
        if scrape == plan.scrapes {
            break;
        }
        fleet.work(workers);
        if plan.change == Change::Churn {
            fleet.replace(workers / 10);
        }
    }
    assert_eq!(server.number("min_over_time(up[1h])"), Some(1.0), "every scrape has succeeded");
    let last = |series| server.number(series).unwrap_or_else(|| panic!("there is no {series}"));
    Some(FleetCost {
        idle,
        busy: ServerCost::of(&server),
        samples_of_a_scrape: last("scrape_samples_scraped"),
        seconds_of_a_scrape: last("avg_over_time(scrape_duration_seconds[1h])"),
    })
}

fn config(fleet: &FleetProcess, interval: Duration) -> String {
    let (millis, address) = (interval.as_millis(), fleet.address());
    format!(
        "global: {{ scrape_interval: {millis}ms, scrape_timeout: {millis}ms }}\n\
         scrape_configs:\n\
         - job_name: fleet\n  \
           static_configs: [{{ targets: ['{address}'] }}]\n"
    )
}

/// The bytes that the files below a folder take on the disk.
fn size(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;

    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let of_entry = |entry: fs::DirEntry| {
        let Ok(metadata) = entry.metadata() else { return 0 };
        if metadata.is_dir() { size(&entry.path()) } else { 512 * metadata.blocks() }
    };
    entries.flatten().map(of_entry).sum()
}
