//! The list: 75 metrics of three systems, by name, kind, unit, labels and closed values.

mod job_queue;
mod osapi;
mod tasker;

/// A metric of the list.
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    /// The name in Prometheus, of a histogram without the suffixes of its samples.
    pub(crate) scraped: &'static str,
    pub(crate) kind: Kind,
    /// The unit; empty where the list has none.
    pub(crate) unit: &'static str,
    pub(crate) labels: &'static [Label],
    /// Labels in Prometheus that the list does not have.
    pub(crate) added: &'static [&'static str],
    /// The upper bounds of the buckets; empty where the list has none.
    pub(crate) buckets: &'static [f64],
    /// The values of a state, each with its meaning.
    pub(crate) states: &'static [(u8, &'static str)],
}

/// The kind of an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
    UpDownCounter,
}

/// A label of the list.
#[derive(Clone, Copy)]
pub(crate) struct Label {
    pub(crate) key: &'static str,
    /// The key in Prometheus.
    pub(crate) scraped: &'static str,
    /// Every value that it can have; empty for a label with open values.
    pub(crate) values: &'static [&'static str],
    /// Values in Prometheus that the list does not have.
    pub(crate) added: &'static [&'static str],
    /// Whether a series can lack the label.
    pub(crate) optional: bool,
}

/// An application, and its metrics in the order of the list.
pub(crate) struct System {
    pub(crate) name: &'static str,
    pub(crate) metrics: &'static [Metric],
}

/// The whole list.
pub(crate) const SYSTEMS: [System; 3] = [
    System { name: "osapi", metrics: osapi::METRICS },
    System { name: "tasker", metrics: tasker::METRICS },
    System { name: "job-queue", metrics: job_queue::METRICS },
];

impl Metric {
    const fn scraped_as(self, scraped: &'static str) -> Self {
        Self { scraped, ..self }
    }

    const fn with(self, added: &'static [&'static str]) -> Self {
        Self { added, ..self }
    }

    const fn with_buckets(self, buckets: &'static [f64]) -> Self {
        Self { buckets, ..self }
    }

    const fn with_states(self, states: &'static [(u8, &'static str)]) -> Self {
        Self { states, ..self }
    }
}

impl Label {
    const fn scraped_as(self, scraped: &'static str) -> Self {
        Self { scraped, ..self }
    }

    const fn with(self, added: &'static [&'static str]) -> Self {
        Self { added, ..self }
    }

    const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

impl Kind {
    /// The words of tables.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::UpDownCounter => "up-down counter",
        }
    }

    /// The type in Prometheus, which does not distinguish gauges and up-down counters.
    pub(crate) fn scraped(self) -> &'static str {
        match self {
            Self::UpDownCounter => Self::Gauge.as_str(),
            kind => kind.as_str(),
        }
    }
}

macro_rules! constructors {
    ($($function:ident: $kind:ident;)*) => {$(
        const fn $function(
            name: &'static str,
            unit: &'static str,
            labels: &'static [Label],
        ) -> Metric {
            Metric {
                name,
                scraped: name,
                kind: Kind::$kind,
                unit,
                labels,
                added: &[],
                buckets: &[],
                states: &[],
            }
        }
    )*};
}
constructors! {
    counter: Counter;
    gauge: Gauge;
    histogram: Histogram;
    up_down_counter: UpDownCounter;
}

const fn open(key: &'static str) -> Label {
    closed(key, &[])
}

const fn closed(key: &'static str, values: &'static [&'static str]) -> Label {
    Label { key, scraped: key, values, added: &[], optional: false }
}

#[test]
fn the_list_has_75_metrics_each_once() {
    use std::collections::BTreeSet;

    let all = || SYSTEMS.iter().flat_map(|system| system.metrics);
    let names: BTreeSet<_> = all().map(|metric| metric.name).collect();
    let scraped: BTreeSet<_> = all().map(|metric| metric.scraped).collect();
    assert_eq!((all().count(), names.len(), scraped.len()), (75, 75, 75));
}
