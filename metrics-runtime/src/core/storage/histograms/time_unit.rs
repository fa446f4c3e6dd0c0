use std::time::Duration;

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl TimeUnit {
    /// The unit of this code. `None` if it is not a unit of time.
    pub(crate) fn of(unit: Option<&str>) -> Option<Self> {
        Some(match unit? {
            "s" => Self::Seconds,
            "ms" => Self::Milliseconds,
            "us" => Self::Microseconds,
            "ns" => Self::Nanoseconds,
            _ => return None,
        })
    }

    #[inline]
    pub(crate) fn number(self, duration: Duration) -> f64 {
        let seconds = duration.as_secs_f64();
        match self {
            Self::Seconds => seconds,
            Self::Milliseconds => seconds * 1e3,
            Self::Microseconds => seconds * 1e6,
            Self::Nanoseconds => seconds * 1e9,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_follow_the_unit() {
        let number = |unit| TimeUnit::of(unit).map(|u| u.number(Duration::from_micros(1_500)));
        for (unit, value) in [("s", 0.0015), ("ms", 1.5), ("us", 1_500.0), ("ns", 1_500_000.0)] {
            assert_eq!(number(Some(unit)), Some(value), "{unit}");
        }
        assert_eq!(number(Some("By")), None);
        assert_eq!(number(None), None);
    }
}
