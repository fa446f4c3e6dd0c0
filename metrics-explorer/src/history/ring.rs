use std::{collections::VecDeque, mem};

use super::{
    frame::{Frame, FrameWriter},
    limits::Limits,
    series::{NewSeries, Series, SeriesKey, State},
};

/// The values of series over time, in bounded memory.
///
/// A frame is recorded at each interval. When the frames are more than the limit, or take more
/// bytes, the oldest ones are dropped.
///
/// ```
/// use std::sync::Arc;
///
/// use osapi_metrics_explorer::{
///     History, HistoryQuery, Limits, MetricInfo, MetricKind, NewSeries, ProcessInfo,
/// };
///
/// let mut history = History::new(Limits::default());
/// let metric = Arc::new(MetricInfo::new("jobs_total", "shop", MetricKind::Counter, "{job}"));
/// let mut frame = history.record(1_796_000_000_000);
/// let series = NewSeries { metric: &metric, labels: &[("kind", "mail")], boundaries: None };
/// let key = frame.begin_series(&series).expect("there is room for it");
/// frame.number(key, 17.0);
/// frame.finish();
///
/// let query = HistoryQuery::parse("metric=jobs_total").unwrap();
/// let answer: String = history.answer(&query, &ProcessInfo::default(), 1000).collect();
/// assert!(answer.contains(r#""labels":{"kind":"mail"},"values":[17]"#), "{answer}");
/// ```
#[derive(Debug)]
pub struct History {
    limits: Limits,
    slots: Vec<Option<Series>>,
    /// For each slot, the state that the oldest frame changes.
    oldest: Vec<Option<State>>,
    free: Vec<u32>,
    /// The series that have ended, with the frames in which they did.
    ended: VecDeque<(u64, u32)>,
    series_bytes: usize,
    frames: VecDeque<Frame>,
    frame_bytes: usize,
    /// The number of the oldest frame; the first frame of a history is 1.
    first_frame: u64,
    next_id: u64,
    /// Series that there was no room for in the newest frame.
    left_out: usize,
    writer: FrameWriter,
    news: News,
}

/// What the newest frame has changed.
#[derive(Debug, Default)]
pub(crate) struct News {
    pub(crate) begun: Vec<SeriesKey>,
    pub(crate) changed: Vec<SeriesKey>,
    /// The identifiers of series.
    pub(crate) ended: Vec<u64>,
}

impl History {
    /// An empty history.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            slots: Vec::new(),
            oldest: Vec::new(),
            free: Vec::new(),
            ended: VecDeque::new(),
            series_bytes: 0,
            frames: VecDeque::new(),
            frame_bytes: 0,
            first_frame: 1,
            next_id: 0,
            left_out: 0,
            writer: FrameWriter::default(),
            news: News::default(),
        }
    }

    /// Begins the frame of this time, in milliseconds since 1970. A series that is not recorded in
    /// it has no value at this time.
    pub fn record(&mut self, time_ms: u64) -> Recording<'_> {
        self.news = News::default();
        self.left_out = 0;
        Recording { history: self, time_ms }
    }

    /// The bytes that the history takes: series with their labels, and frames.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.series_bytes + self.frame_bytes
    }

    /// The number of frames.
    #[must_use]
    pub fn frame_count(&self) -> usize {
        self.frames.len()
    }

    /// The number of series that there was no room for in the newest frame.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    pub(crate) fn news(&self) -> &News {
        &self.news
    }

    /// The time of the newest frame.
    pub(crate) fn time_ms(&self) -> u64 {
        self.frames.back().map_or(0, |frame| frame.time_ms)
    }

    /// The frames, the oldest one first.
    pub(crate) fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.frames.iter()
    }

    /// The states of all slots before the oldest frame.
    pub(crate) fn oldest(&self) -> &[Option<State>] {
        &self.oldest
    }

    /// Every series that a frame has a value of.
    pub(crate) fn series(&self) -> impl Iterator<Item = (usize, &Series)> {
        self.slots.iter().enumerate().filter_map(|(slot, series)| Some((slot, series.as_ref()?)))
    }

    pub(crate) fn of_key(&self, key: SeriesKey) -> Option<&Series> {
        self.slots[slot(key)].as_ref()
    }

    /// The number of the frame that is recorded now.
    fn next_frame(&self) -> u64 {
        self.first_frame + self.frames.len() as u64
    }

    fn add_slot(&mut self) -> Option<u32> {
        let slot = u32::try_from(self.slots.len()).ok()?;
        self.slots.push(None);
        self.oldest.push(None);
        Some(slot)
    }

    fn shrink(&mut self) {
        let is_over = |history: &Self| {
            history.frames.len() > history.limits.frames.get()
                || history.bytes() > history.limits.bytes && history.frames.len() > 1
        };
        while is_over(self) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        let Some(frame) = self.frames.pop_front() else { return };
        self.frame_bytes -= frame.bytes();
        frame.apply(&mut self.oldest);
        let number = self.first_frame;
        self.first_frame += 1;
        while let Some(&(ended_in, slot)) = self.ended.front()
            && ended_in <= number
        {
            self.ended.pop_front();
            if let Some(series) = self.slots[slot as usize].take() {
                self.series_bytes -= series.bytes();
            }
            self.oldest[slot as usize] = None;
            self.free.push(slot);
        }
    }
}

/// A frame that is being recorded. It is complete with [`finish`](Self::finish); a frame that is
/// dropped before has the values that it got.
#[derive(Debug)]
#[must_use = "a frame is complete with `finish`"]
pub struct Recording<'a> {
    history: &'a mut History,
    time_ms: u64,
}

impl Recording<'_> {
    /// Adds a series. `None` if there is no room for it; it is counted then.
    pub fn begin_series(&mut self, series: &NewSeries<'_>) -> Option<SeriesKey> {
        let history = &mut *self.history;
        let new = Series::new(history.next_id, series);
        let bytes = new.bytes();
        if history.series_bytes + bytes > history.limits.bytes / 2 {
            history.left_out += 1;
            return None;
        }
        let slot = match history.free.pop() {
            Some(slot) => slot,
            None => history.add_slot()?,
        };
        history.oldest[slot as usize] = Some(new.newest.clone());
        history.slots[slot as usize] = Some(new);
        history.next_id += 1;
        history.series_bytes += bytes;
        let key = SeriesKey(slot);
        history.news.begun.push(key);
        Some(key)
    }

    /// Counts a series that [had no room](Self::begin_series) when it began.
    pub fn leave_out(&mut self) {
        self.history.left_out += 1;
    }

    /// The number that a series has now.
    pub fn number(&mut self, key: SeriesKey, value: f64) {
        let number = self.history.next_frame();
        let History { slots, writer, news, .. } = &mut *self.history;
        let Some(series) = &mut slots[slot(key)] else { return };
        series.last_frame = number;
        let state = &mut series.newest;
        let old = state.cells[0];
        if !state.has_value || old.to_bits() != value.to_bits() {
            writer.number(slot(key), old, value);
            state.has_value = true;
            state.cells[0] = value;
            news.changed.push(key);
        }
    }

    /// The sum and the samples in each bucket that a histogram has now.
    ///
    /// # Panics
    ///
    /// If the buckets are not as many as the series began with.
    pub fn distribution(&mut self, key: SeriesKey, sum: f64, buckets: &[u64]) {
        let number = self.history.next_frame();
        let History { slots, writer, news, .. } = &mut *self.history;
        let Some(series) = &mut slots[slot(key)] else { return };
        series.last_frame = number;
        let (state, labels) = (&mut series.newest, &series.identity.labels);
        assert_eq!(state.cells.len(), buckets.len() + 1, "the buckets of {labels}");
        let new: Box<[f64]> =
            [sum].into_iter().chain(buckets.iter().map(|&n| from_samples(n))).collect();
        let is_same = |(old, new): (&f64, &f64)| old.to_bits() == new.to_bits();
        if !state.has_value || !state.cells.iter().zip(&new).all(is_same) {
            writer.distribution(slot(key), &state.cells, &new);
            state.has_value = true;
            state.cells = new;
            news.changed.push(key);
        }
    }

    /// Ends a series. Its key is not valid after that.
    pub fn end_series(&mut self, key: SeriesKey) {
        let number = self.history.next_frame();
        let History { slots, writer, news, ended, .. } = &mut *self.history;
        let Some(series) = &mut slots[slot(key)] else { return };
        if mem::take(&mut series.newest.has_value) {
            writer.absent(slot(key));
        }
        series.ended_in = Some(number);
        ended.push_back((number, key.0));
        news.ended.push(series.identity.id);
    }

    /// Ends the frame, and drops the oldest frames beyond the limits.
    pub fn finish(self) {}
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        let number = self.history.next_frame();
        let History { slots, writer, news, .. } = &mut *self.history;
        for (index, series) in slots.iter_mut().enumerate() {
            let Some(series) = series else { continue };
            if series.newest.has_value && series.last_frame != number {
                series.newest.has_value = false;
                writer.absent(index);
                news.changed.push(SeriesKey(u32::try_from(index).expect("a key of this slot")));
            }
        }
        let frame = self.history.writer.finish(self.time_ms);
        self.history.frame_bytes += frame.bytes();
        self.history.frames.push_back(frame);
        self.history.shrink();
    }
}

fn slot(key: SeriesKey) -> usize {
    key.0 as usize
}

#[expect(clippy::cast_precision_loss, reason = "documented: rounded above 2^53")]
fn from_samples(samples: u64) -> f64 {
    samples as f64
}
