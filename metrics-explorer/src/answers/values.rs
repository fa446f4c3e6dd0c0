//! The answer of `/history`.

use std::{mem, sync::Arc, vec};

use super::{
    describe::{push_head, push_series, push_state},
    process::ProcessInfo,
};
use crate::{
    history::{Frame, History, HistoryQuery, SeriesIdentity, State},
    json::{push_integer, push_list},
};

/// The values of a piece. The frames are read once for each piece, so that few pieces take less
/// time and small ones less memory.
const VALUES: usize = 250_000;

/// The answer of `/history`, as pieces of a JSON text of about a megabyte each, so that an answer
/// of any length takes little memory. It is of the time at which it was asked for: it shares the
/// frames of the history, and needs the history no more.
///
/// ```
/// use osapi_metrics_explorer::{History, HistoryQuery, Limits, ProcessInfo};
///
/// let history = History::new(Limits::default());
/// let query = HistoryQuery::parse("seconds=60")?;
/// let answer: String = history.answer(&query, &ProcessInfo::default(), 1000).collect();
/// assert!(answer.ends_with(r#""times":[],"series":[]}"#));
/// # Ok::<(), osapi_metrics_explorer::QueryError>(())
/// ```
#[derive(Debug)]
pub struct HistoryAnswer {
    /// What is before the series; empty when it has been written.
    head: String,
    frames: Vec<Frame>,
    /// For each frame, whether its values are in the answer.
    is_shown: Vec<bool>,
    series: vec::IntoIter<WantedSeries>,
    slots: usize,
    has_ended: bool,
}

#[derive(Debug)]
struct WantedSeries {
    slot: usize,
    identity: Arc<SeriesIdentity>,
    /// The state before the oldest frame.
    oldest: Option<State>,
}

impl History {
    /// The history as JSON. `interval_ms` is the time between frames.
    pub fn answer(
        &self,
        query: &HistoryQuery,
        process: &ProcessInfo,
        interval_ms: u64,
    ) -> HistoryAnswer {
        let oldest = self.oldest();
        let wanted = self.series().filter(|(_, series)| query.wants(&series.identity.metric.name));
        let series: Vec<_> = wanted
            .map(|(slot, series)| WantedSeries {
                slot,
                identity: Arc::clone(&series.identity),
                oldest: oldest[slot].clone(),
            })
            .collect();
        let frames: Vec<_> = self.frames().cloned().collect();
        let first = query.seconds().map_or(0, |seconds| frames.len().saturating_sub(seconds));
        // The newest frame is always shown.
        let is_shown = (0..frames.len()).map(|number| {
            number >= first && (frames.len() - 1 - number).is_multiple_of(query.step())
        });
        let is_shown: Vec<_> = is_shown.collect();

        let mut head = String::from("{");
        push_head(&mut head, process, interval_ms, self.left_out());
        head.push_str(",\"times\":");
        let times = frames.iter().zip(&is_shown).filter(|(_, is_shown)| **is_shown);
        push_list(&mut head, times, |head, (frame, _)| push_integer(head, frame.time_ms));
        head.push_str(",\"series\":[");
        HistoryAnswer {
            head,
            frames,
            is_shown,
            series: series.into_iter(),
            slots: oldest.len(),
            has_ended: false,
        }
    }
}

impl Iterator for HistoryAnswer {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if self.has_ended {
            return None;
        }
        let is_first = !self.head.is_empty();
        let mut piece = mem::take(&mut self.head);
        let mut series = self.next_series();
        let values = self.values(&mut series);
        for (index, (series, values)) in series.iter().zip(values).enumerate() {
            piece.push_str(if is_first && index == 0 { "{" } else { ",{" });
            push_series(&mut piece, &series.identity);
            piece.push_str(",\"values\":[");
            piece.push_str(&values);
            piece.push_str("]}");
        }
        if self.series.as_slice().is_empty() {
            self.has_ended = true;
            piece.push_str("]}");
        }
        Some(piece)
    }
}

impl HistoryAnswer {
    /// The series of the next piece.
    fn next_series(&mut self) -> Vec<WantedSeries> {
        let shown = self.is_shown.iter().filter(|is_shown| **is_shown).count();
        let (mut next, mut values) = (Vec::new(), 0);
        while values < VALUES
            && let Some(series) = self.series.next()
        {
            values += shown * series.oldest.as_ref().map_or(1, |state| state.cells.len());
            next.push(series);
        }
        next
    }

    /// For each series, its values as items of a list.
    fn values(&self, series: &mut [WantedSeries]) -> Vec<String> {
        let mut states = vec![None; self.slots];
        for series in &mut *series {
            states[series.slot] = series.oldest.take();
        }
        let mut values = vec![String::new(); series.len()];
        let mut is_first = true;
        for (frame, is_shown) in self.frames.iter().zip(&self.is_shown) {
            frame.apply(&mut states);
            if !is_shown {
                continue;
            }
            for (series, values) in series.iter().zip(&mut values) {
                if !is_first {
                    values.push(',');
                }
                push_state(values, states[series.slot].as_ref());
            }
            is_first = false;
        }
        values
    }
}
