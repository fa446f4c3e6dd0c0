//! The answer of `/history`.

use super::{
    describe::{push_head, push_series, push_state},
    process::ProcessInfo,
};
use crate::{
    history::{History, HistoryQuery, Series},
    json::{push_integer, push_list},
};

impl History {
    /// The history as JSON. `interval_ms` is the time between frames.
    #[must_use]
    pub fn answer(&self, query: &HistoryQuery, process: &ProcessInfo, interval_ms: u64) -> String {
        let (frames, oldest) = self.frames();
        let wanted: Vec<(usize, &Series)> =
            self.series().filter(|(_, series)| query.wants(&series.metric.name)).collect();
        let mut states = vec![None; oldest.len()];
        for (slot, _) in &wanted {
            states[*slot].clone_from(&oldest[*slot]);
        }
        let first = query.seconds().map_or(0, |seconds| frames.len().saturating_sub(seconds));
        // The newest frame is always shown.
        let is_shown = |number: usize| {
            number >= first && (frames.len() - 1 - number).is_multiple_of(query.step())
        };

        let mut times = Vec::new();
        let mut values = vec![String::new(); wanted.len()];
        for (number, frame) in frames.iter().enumerate() {
            frame.apply(&mut states);
            if !is_shown(number) {
                continue;
            }
            for ((slot, _), values) in wanted.iter().zip(&mut values) {
                if !times.is_empty() {
                    values.push(',');
                }
                push_state(values, states[*slot].as_ref());
            }
            times.push(frame.time_ms);
        }

        let mut answer = String::from("{");
        push_head(&mut answer, process, interval_ms, self.left_out());
        answer.push_str(",\"times\":");
        push_list(&mut answer, &times, |answer, time| push_integer(answer, *time));
        answer.push_str(",\"series\":");
        push_list(&mut answer, wanted.iter().zip(&values), |answer, ((_, series), values)| {
            answer.push('{');
            push_series(answer, series);
            answer.push_str(",\"values\":[");
            answer.push_str(values);
            answer.push_str("]}");
        });
        answer.push('}');
        answer
    }
}
