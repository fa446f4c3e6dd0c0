//! Names and texts that constants and other macros give.

use osapi_metrics::{
    Catalogue, Counter, Gauge, JobMetrics, LabelSet, LabelValue, MetricDescriptor, MetricSet,
    UpDownCounter, instrumented_job,
};

mod names {
    pub(crate) const SENT: &str = "my_app.mails.sent";
    pub(crate) const HELP: &str = "Mails sent.";
    pub(crate) const RUNBOOK: &str = "https://example.org/mails";
    pub(crate) const QUEUE: &str = "queue.name";
    pub(crate) const SEND: &str = "mail.send";
    pub(crate) static FILL: &str = "my_app_spool_fill_ratio";
}

trait Named {
    const NAME: &'static str;
}

struct Spool;

impl Named for Spool {
    const NAME: &'static str = "my_app_spool_files";
}

#[derive(Clone, Copy, LabelSet, LabelValue)]
#[label(key = concat!("kind", "_of_mail"))]
enum Kind {
    Letter,
}

#[derive(Clone, LabelSet)]
#[label(allow(semconv_names))]
struct Labels<'a> {
    #[label(key = names::QUEUE, max = 10)]
    queue: &'a str,
    #[label(key = concat!("is", "_urgent"))]
    urgent: bool,
}

#[derive(MetricSet)]
#[metric_set(
    prefix = concat!("my", "_app"),
    runbook = names::RUNBOOK,
    allow(semconv_names)
)]
struct Mails {
    #[metric(name = names::SENT, unit = "{mail}", description = names::HELP)]
    sent: Counter<Labels<'static>>,
    #[metric(name = names::FILL, unit = "1", description = concat!("Fill", " level."), warning(above = 0.8))]
    fill: Gauge,
    /// Files in the spool.
    #[metric(name = <Spool as Named>::NAME, renamed_from = "my_app_spool_entries")]
    files: UpDownCounter,
    /// Mails by kind.
    kinds: UpDownCounter<Kind>,
}

#[derive(MetricSet)]
#[metric_set(prefix = "my_app")]
struct Known {
    /// Mails that wait.
    #[metric(name = concat!("my_app", "_mails_waiting"))]
    waiting: Gauge,
}

#[instrumented_job(name = names::SEND)]
fn send() {}

#[instrumented_job(name = concat!("mail", ".", "drop"))]
fn drop_mail() {}

fn main() {
    let names = |descriptors: &'static [MetricDescriptor]| -> Vec<(&str, &str)> {
        descriptors.iter().map(|metric| (metric.name, metric.prometheus_name())).collect()
    };
    assert_eq!(
        names(Mails::DESCRIPTORS),
        [
            ("my_app.mails.sent", "my_app_mails_sent_total"),
            ("my_app_spool_fill_ratio", "my_app_spool_fill_ratio"),
            ("my_app_spool_files", "my_app_spool_files"),
            ("my_app_kinds", "my_app_kinds"),
        ]
    );
    assert_eq!(names(Known::DESCRIPTORS), [("my_app_mails_waiting", "my_app_mails_waiting")]);
    let helps: Vec<_> = Mails::DESCRIPTORS.iter().map(|metric| metric.help).collect();
    assert_eq!(helps, ["Mails sent.", "Fill level.", "Files in the spool.", "Mails by kind."]);
    let keys: Vec<_> = Mails::DESCRIPTORS[0].labels.iter().map(|label| label.key).collect();
    assert_eq!(keys, ["queue.name", "is_urgent"]);
    assert_eq!(Mails::DESCRIPTORS[3].labels[0].key, "kind_of_mail");

    let catalogue = Catalogue::linked().expect("no conflicts");
    let jobs: Vec<_> = catalogue.jobs().map(|job| job.name).collect();
    assert!(jobs.contains(&"mail.send") && jobs.contains(&"mail.drop"), "{jobs:?}");

    Mails::global().sent.with(Labels { queue: "mail", urgent: true }).inc();
    Mails::global().fill.set(0.5);
    Mails::global().files.inc();
    Mails::global().kinds.with(Kind::Letter).inc();
    Known::global().waiting.set(1.0);
    let _ = JobMetrics::global();
    send();
    drop_mail();
}
