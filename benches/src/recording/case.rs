/// An operation that contenders perform. Each case runs on every number of threads, and all threads
/// use the same series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// Two clock reads, the least that a duration costs.
    ClockPair,
    /// One series of a counter with one label.
    Counter,
    /// One series of a histogram with one label and 12 boundaries.
    Histogram,
    /// All metrics of a job, around a function that does nothing.
    Job,
    /// All metrics of a job, around an async function that is polled once.
    JobAsync,
    /// The function of a job without metrics, and with metrics that are switched off.
    JobBare,
    /// A counter whose label takes the next of 100 values at each call. The compiler knows the
    /// values.
    CounterVarying,
    /// A counter whose label takes the next of 100 texts at each call. The compiler does not know
    /// the texts.
    CounterVaryingOpen,
}

impl Case {
    pub(crate) const ALL: [Self; 8] = [
        Self::ClockPair,
        Self::Counter,
        Self::Histogram,
        Self::Job,
        Self::JobAsync,
        Self::JobBare,
        Self::CounterVarying,
        Self::CounterVaryingOpen,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ClockPair => "clock_pair",
            Self::Counter => "counter",
            Self::Histogram => "histogram",
            Self::Job => "job",
            Self::JobAsync => "job_async",
            Self::JobBare => "job_bare",
            Self::CounterVarying => "counter_varying",
            Self::CounterVaryingOpen => "counter_varying_open",
        }
    }

    /// The heading of its table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::ClockPair => "Two clock reads",
            Self::Counter => "A counter with one label, always the same series",
            Self::Histogram => {
                "A histogram with one label and 12 boundaries, always the same series"
            }
            Self::Job => "A whole job that does nothing",
            Self::JobAsync => "A whole job that does nothing, as an async function polled once",
            Self::JobBare => {
                "The call of a function without metrics, and with metrics switched off"
            }
            Self::CounterVarying => {
                "A counter whose label varies over 100 values known to the compiler"
            }
            Self::CounterVaryingOpen => "A counter whose label varies over 100 texts",
        }
    }
}
