use osapi_metrics::catalogue::document::ObjectiveDocument;

use super::{
    super::{document::Record, duration, handler::Handler},
    source::Source,
};
use crate::generate::query::Selector;

/// The windows that good and valid jobs are counted in, with their seconds.
pub(super) const WINDOWS: [(&str, f64); 7] = [
    ("5m", 300.0),
    ("30m", 1800.0),
    ("1h", 3600.0),
    ("2h", 7200.0),
    ("6h", 21_600.0),
    ("1d", 86_400.0),
    ("3d", 259_200.0),
];

/// The fewest jobs in the shorter window of an alert, if the objective does not say it.
const MIN_EVENTS: u64 = 10;

/// An objective of a handler, with the counters that it is measured by.
#[derive(Debug)]
pub(super) struct Measured<'a> {
    pub(super) handler: Handler<'a>,
    pub(super) objective: ObjectiveDocument,
    pub(super) source: Source,
    pub(super) docs_url: &'a str,
    pub(super) scale: f64,
}

impl Measured<'_> {
    /// The fewest jobs in the shorter window of an alert.
    pub(super) fn min_events(&self) -> u64 {
        self.objective.min_events.unwrap_or(MIN_EVENTS)
    }

    /// The increases and the burn rate for each window.
    pub(super) fn records(&self) -> Vec<Record> {
        let record = |name: String, expr: String| Record {
            name,
            expr,
            labels: self.handler.alert_labels.clone(),
        };
        let of_window = |(window, seconds): (&str, f64)| {
            let range = duration::text(seconds * self.scale);
            let (good, valid) = (self.good(window), self.valid(window));
            let burn = format!("(1 - {good} / ({valid} > 0)) / (1 - {})", self.objective.target);
            [
                record(self.record_name("valid", "increase", window), self.source.valid(&range)),
                record(self.record_name("good", "increase", window), self.source.good(&range)),
                record(self.record_name("burn", "ratio", window), burn),
            ]
        };
        WINDOWS.into_iter().flat_map(of_window).collect()
    }

    /// The recorded increase of good jobs.
    pub(super) fn good(&self, window: &str) -> Selector {
        self.recorded("good", "increase", window)
    }

    /// The recorded increase of valid jobs.
    pub(super) fn valid(&self, window: &str) -> Selector {
        self.recorded("valid", "increase", window)
    }

    /// The recorded burn rate. It has no series without valid jobs.
    pub(super) fn burn(&self, window: &str) -> Selector {
        self.recorded("burn", "ratio", window)
    }

    fn recorded(&self, what: &str, operation: &str, window: &str) -> Selector {
        let labels = self.handler.alert_labels.iter();
        let all = Selector::of(&self.record_name(what, operation, window));
        labels.fold(all, |all, (label, value)| all.with(label, value))
    }

    /// The name of a record: `level:metric:operation`.
    fn record_name(&self, what: &str, operation: &str, window: &str) -> String {
        let labels: Vec<_> = self.handler.alert_labels.keys().map(String::as_str).collect();
        let level = if labels.is_empty() { "set".to_owned() } else { labels.join("_") };
        format!("{level}:{}_{what}:{operation}{window}", self.source.stem())
    }
}
