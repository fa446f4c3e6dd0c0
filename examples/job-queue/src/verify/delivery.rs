//! Which exports that were due have arrived.

use std::time::{Duration, SystemTime};

use super::{freshness::between, receiver::Export};

/// The exports of one interval: the moments at which they were due, and what has come of them.
///
/// An export is due at each multiple of the interval after the start. It is delivered **itself** if
/// a request that the receiver accepted has the metrics of this interval, collected at that moment,
/// be it at the first try or at a later one. It is **delivered** if the values of that moment have
/// arrived in time, in whatever request: counters and histograms are cumulative, so that the next
/// export has everything that a lost one had. What is lost with the request is the level of a gauge
/// at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Delivery {
    /// The interval.
    pub(super) interval: Duration,
    /// The exports that were due.
    pub(super) due: usize,
    /// Those that have arrived themselves.
    pub(super) themselves: usize,
    /// Those whose values have arrived in time.
    pub(super) delivered: usize,
    /// The longest time from the moment at which an export was due to the arrival of its values.
    /// `None` if values have not arrived.
    pub(super) longest: Option<Duration>,
}

/// The time in which a process works, from the beginning of its schedule to its stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) begin: SystemTime,
    pub(super) end: SystemTime,
}

impl Delivery {
    /// The exports of an interval within the span; the closure says which metrics they have. Values
    /// are in time within `limit`.
    pub(super) fn of(
        exports: &[Export],
        span: Span,
        interval: Duration,
        limit: Duration,
        is_of: impl Fn(&str) -> bool,
    ) -> Self {
        let arrivals = exports.iter().filter_map(|export| {
            let collected = export.collected(&is_of)?;
            // The last export comes with the stop, and is not one of the schedule.
            let is_due = collected <= span.end;
            Some((place(span.begin, collected, interval), is_due, export.arrived))
        });
        let arrivals: Vec<_> = arrivals.collect();
        let due = span_places(span, interval);
        let mut delivery =
            Self { interval, due, themselves: 0, delivered: 0, longest: Some(Duration::ZERO) };
        for nth in 1..=due {
            let moment = span.begin + interval * u32::try_from(nth).unwrap_or(u32::MAX);
            let took = arrivals
                .iter()
                .filter(|(place, _, _)| *place >= nth)
                .map(|(_, _, arrived)| between(moment, *arrived))
                .min();
            let is_itself = |(place, is_due, _): &_| *is_due && *place == nth;
            delivery.themselves += usize::from(arrivals.iter().any(is_itself));
            delivery.delivered += usize::from(took.is_some_and(|took| took <= limit));
            delivery.longest = delivery.longest.zip(took).map(|(longest, took)| longest.max(took));
        }
        delivery
    }
}

/// The number of the export that was collected then. Collections come a little after their moment,
/// and the beginning is known to some milliseconds only.
fn place(begin: SystemTime, collected: SystemTime, interval: Duration) -> usize {
    intervals_in(between(begin, collected) + interval / 2, interval)
}

/// The number of exports that are due within the span, without one that is under way at its end.
fn span_places(span: Span, interval: Duration) -> usize {
    intervals_in(between(span.begin, span.end).saturating_sub(interval / 10), interval)
}

/// The number of whole intervals in a time.
pub(super) fn intervals_in(time: Duration, interval: Duration) -> usize {
    let intervals = time.as_nanos() / interval.as_nanos().max(1);
    usize::try_from(intervals).unwrap_or(usize::MAX)
}

/// The share of exports that are delivered, in percent. `None` if none was due.
pub(super) fn percent_delivered(deliveries: &[Delivery]) -> Option<f64> {
    let due: usize = deliveries.iter().map(|delivery| delivery.due).sum();
    let delivered: usize = deliveries.iter().map(|delivery| delivery.delivered).sum();
    (due > 0).then(|| 100.0 * delivered as f64 / due as f64)
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    const INTERVAL: Duration = Duration::from_secs(5);
    const LIMIT: Duration = Duration::from_secs(12);

    fn at(seconds: f64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs_f64(1_000.0 + seconds)
    }

    /// Exports that were collected and have arrived then.
    fn delivery(exports: &[(f64, f64)], end: f64) -> Delivery {
        let exports: Vec<_> = exports
            .iter()
            .map(|(collected, arrived)| Export {
                arrived: at(*arrived),
                metrics: [("jobs".to_owned(), at(*collected))].into(),
                completed: None,
            })
            .collect();
        let span = Span { begin: at(0.0), end: at(end) };
        Delivery::of(&exports, span, INTERVAL, LIMIT, |name| name == "jobs")
    }

    #[test]
    fn a_retry_delivers_the_export_itself() {
        let found = delivery(&[(5.0, 5.1), (9.99, 12.5), (15.2, 15.3)], 16.0);
        assert_eq!((found.due, found.themselves, found.delivered), (3, 3, 3));
        assert_eq!(found.longest, Some(Duration::from_millis(2_500)));
    }

    #[test]
    fn the_next_export_delivers_the_values_of_a_lost_one_in_time() {
        let found = delivery(&[(5.0, 5.1), (15.0, 15.1)], 16.0);
        assert_eq!((found.due, found.themselves, found.delivered), (3, 2, 3));
        assert_eq!(found.longest, Some(Duration::from_millis(5_100)));
        // Those of the first arrive after 20 s, those of the second after 15 s, and so on.
        let found = delivery(&[(25.0, 25.0)], 26.0);
        assert_eq!((found.due, found.themselves, found.delivered), (5, 1, 3));
        assert_eq!(found.longest, Some(Duration::from_secs(20)));
    }

    #[test]
    fn the_export_of_the_stop_brings_values_and_is_not_due() {
        let found = delivery(&[(5.0, 5.1), (16.1, 16.2)], 16.0);
        assert_eq!((found.due, found.themselves, found.delivered), (3, 1, 3));
    }

    #[test]
    fn values_that_never_arrive_are_not_delivered() {
        let found = delivery(&[(5.0, 5.1)], 16.0);
        assert_eq!((found.due, found.delivered, found.longest), (3, 1, None));
        assert_eq!(percent_delivered(&[found]).map(f64::round), Some(33.0));
        let other = delivery(&[(5.0, 5.1)], 6.0);
        assert_eq!(percent_delivered(&[found, other]).map(f64::round), Some(50.0));
        assert_eq!(percent_delivered(&[]), None);
    }

    #[test]
    fn an_export_at_the_very_end_is_not_due() {
        assert_eq!(delivery(&[], 10.2).due, 1);
        assert_eq!(delivery(&[], 10.6).due, 2);
        assert_eq!(delivery(&[], 0.0).due, 0);
    }
}
