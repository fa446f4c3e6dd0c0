//! The kinds of instruments.

use core::fmt;

/// The kind of an instrument, with the names of OpenTelemetry. An observable instrument has the
/// kind of its synchronous counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InstrumentKind {
    /// A sum that only grows.
    Counter,
    /// A sum that grows and shrinks. Prometheus shows it as a gauge.
    UpDownCounter,
    /// The last value that was set.
    Gauge,
    /// A distribution of values over buckets.
    Histogram,
    /// Facts in labels, with the value 1. Text formats older than `OpenMetrics` show it as a gauge.
    Info,
    /// A value for each state of a closed set, 1 or 0. Text formats older than `OpenMetrics` show
    /// it as a gauge.
    StateSet,
}

impl InstrumentKind {
    /// Whether values of this kind never decrease, so that `rate()` is meaningful.
    pub const fn is_monotonic(self) -> bool {
        matches!(self, Self::Counter)
    }

    /// The kind in words: `counter`, `up-down counter`, `gauge`, `histogram`, `info` or `state set`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::UpDownCounter => "up-down counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Info => "info",
            Self::StateSet => "state set",
        }
    }

    /// The kind with its article: `a counter`, `an up-down counter`.
    pub const fn with_article(self) -> &'static str {
        match self {
            Self::Counter => "a counter",
            Self::UpDownCounter => "an up-down counter",
            Self::Gauge => "a gauge",
            Self::Histogram => "a histogram",
            Self::Info => "an info",
            Self::StateSet => "a state set",
        }
    }

    /// The type that a Prometheus scrape shows in text format 0.0.4 and in protobuf: `counter`,
    /// `gauge` or `histogram`.
    pub const fn prometheus_type(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::UpDownCounter | Self::Gauge | Self::Info | Self::StateSet => "gauge",
            Self::Histogram => "histogram",
        }
    }

    /// The type that a scrape shows in `OpenMetrics`: `info`, `stateset`, or that of
    /// [`prometheus_type`](Self::prometheus_type).
    pub const fn openmetrics_type(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::StateSet => "stateset",
            Self::Counter | Self::UpDownCounter | Self::Gauge | Self::Histogram => {
                self.prometheus_type()
            }
        }
    }

    /// Whether the values can have a unit: not those of infos and state sets, which are 1 and 0.
    pub const fn has_unit(self) -> bool {
        !matches!(self, Self::Info | Self::StateSet)
    }

    /// The suffix of the name of an instrument, which its samples have and its `OpenMetrics` family
    /// does not: `_total` of counters and `_info` of infos; empty for other kinds.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Counter => "_total",
            Self::Info => "_info",
            Self::UpDownCounter | Self::Gauge | Self::Histogram | Self::StateSet => "",
        }
    }
}

impl fmt::Display for InstrumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
