//! What is logged of a limit that was exceeded.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use osapi_metrics::{Counter, Gauge, Histogram, LabelSet, MetricSet, exposition::Format};
use osapi_metrics_tests::reading::install;
use tracing_subscriber::util::SubscriberInitExt;

use crate::take_turn;

#[derive(Clone, Copy, Debug, LabelSet)]
struct Tenant {
    #[label(max = 3)]
    tenant: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "exceeded")]
struct Exceeded {
    /// Counted.
    jobs_total: Counter<Tenant>,
    /// Samples.
    #[metric(unit = "s")]
    wait_seconds: Histogram<Tenant>,
    /// Never beyond a limit.
    level: Gauge<Tenant>,
}

/// Keeps the lines of a log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_limit_that_is_exceeded_is_logged_once_for_each_metric() {
    let _turn = take_turn();
    let metrics = install();
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let of_this = |log: &Log| {
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        text.lines().filter(|line| line.contains("exceeded_")).map(str::to_owned).collect()
    };
    {
        let _default = subscriber.set_default();
        let exceeded = Exceeded::global();
        for round in 0..3 {
            for tenant in 0..3 {
                exceeded.jobs_total.with(Tenant { tenant }).inc();
                exceeded.wait_seconds.with(Tenant { tenant }).record(0.5);
                exceeded.level.with(Tenant { tenant }).set(0.5);
            }
            if round == 0 {
                metrics.render(Format::Text);
                let lines: Vec<String> = of_this(&log);
                assert_eq!(lines, [""; 0], "no limit is exceeded yet");
            }
            for tenant in 3..10 {
                exceeded.jobs_total.with(Tenant { tenant }).inc();
                exceeded.wait_seconds.with(Tenant { tenant }).record(0.5);
            }
            metrics.render(Format::Text);
            metrics.render(Format::OpenMetrics);
        }
    }
    let lines: Vec<String> = of_this(&log);
    let of = |name: &str| {
        let mut lines = lines.iter().filter(|line| line.contains(name));
        let line = lines.next().unwrap_or_else(|| panic!("nothing of {name}: {lines:?}"));
        assert_eq!(lines.next(), None);
        line
    };
    for name in ["exceeded_jobs_total", "exceeded_wait_seconds"] {
        let line = of(name);
        assert!(line.contains("WARN"), "{line}");
        assert!(line.contains("limit=3 values of the label `tenant`"), "{line}");
        assert!(line.contains("record fewer values, or declare a higher limit"), "{line}");
    }
    assert_eq!(lines.len(), 2, "{lines:?}");
}
