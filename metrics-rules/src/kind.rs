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
}

impl InstrumentKind {
    /// Whether values of this kind never decrease, so that `rate()` is meaningful.
    pub const fn is_monotonic(self) -> bool {
        matches!(self, Self::Counter)
    }

    /// The kind in words: `counter`, `up-down counter`, `gauge` or `histogram`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::UpDownCounter => "up-down counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }

    /// The type that a Prometheus scrape shows: `counter`, `gauge` or `histogram`.
    pub const fn prometheus_type(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::UpDownCounter | Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl fmt::Display for InstrumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
