//! The history against a model that keeps every value of every frame.

use std::{collections::BTreeMap, num::NonZeroUsize, sync::Arc};

use osapi_metrics_explorer::{
    History, HistoryQuery, Limits, MetricInfo, MetricKind, NewSeries, ProcessInfo, SeriesKey,
};
use proptest::prelude::*;
use serde_json::Value;

const INTERVAL_MS: u64 = 1000;

/// What happens in one frame, for each of a few series.
#[derive(Clone, Debug)]
enum Event {
    Number(f64),
    Distribution(f64, [u64; 3]),
    /// The series goes on and has no value.
    Silence,
    /// The series ends; what is recorded later is a new series.
    End,
}

fn event() -> impl Strategy<Value = Event> {
    let number = prop_oneof![
        (0_u32..50).prop_map(f64::from),
        (-1e6..1e6).prop_map(|value: f64| value),
        Just(f64::NAN),
        Just(f64::NEG_INFINITY),
        Just(-0.0),
    ];
    prop_oneof![
        5 => number.prop_map(Event::Number),
        3 => (0.0..100.0, any::<[u16; 3]>())
            .prop_map(|(sum, buckets)| Event::Distribution(sum, buckets.map(u64::from))),
        1 => Just(Event::Silence),
        1 => Just(Event::End),
    ]
}

/// A history beside what it has to answer.
struct Pair {
    history: History,
    frames: usize,
    number: Arc<MetricInfo>,
    distribution: Arc<MetricInfo>,
    boundaries: Arc<[f64]>,
    /// The series that go on, by the number of the event's place and the kind.
    keys: BTreeMap<(usize, bool), (SeriesKey, String)>,
    /// For each frame that is kept, its time and the values of series.
    kept: Vec<(u64, BTreeMap<String, Value>)>,
    time_ms: u64,
    generation: usize,
}

impl Pair {
    fn new(frames: usize) -> Self {
        let limits = Limits::new(usize::MAX, NonZeroUsize::new(frames).unwrap());
        Self {
            history: History::new(limits),
            frames,
            number: Arc::new(MetricInfo::new("number", "test", MetricKind::Gauge, "")),
            distribution: Arc::new(MetricInfo::new("sizes", "test", MetricKind::Histogram, "By")),
            boundaries: Arc::from([1.0, 2.5]),
            keys: BTreeMap::new(),
            kept: Vec::new(),
            time_ms: 1_796_000_000_000,
            generation: 0,
        }
    }

    fn frame(&mut self, events: &[Event]) {
        self.time_ms += INTERVAL_MS;
        let mut values = BTreeMap::new();
        let mut recording = self.history.record(self.time_ms);
        for (place, event) in events.iter().enumerate() {
            let is_distribution = matches!(event, Event::Distribution(..));
            let mut end = |keys: &mut BTreeMap<_, (SeriesKey, String)>, kind: bool| {
                if let Some((key, _)) = keys.remove(&(place, kind)) {
                    recording.end_series(key);
                }
            };
            match event {
                Event::Silence => continue,
                Event::End => {
                    end(&mut self.keys, false);
                    end(&mut self.keys, true);
                    continue;
                }
                _ => end(&mut self.keys, !is_distribution),
            }
            let (key, name) = self.keys.entry((place, is_distribution)).or_insert_with(|| {
                self.generation += 1;
                let name = format!("{place}-{}", self.generation);
                let (metric, boundaries) = if is_distribution {
                    (&self.distribution, Some(&self.boundaries))
                } else {
                    (&self.number, None)
                };
                let labels = [("name", &*name)];
                let new = NewSeries { metric, labels: &labels, boundaries };
                (recording.begin_series(&new).expect("there is no limit of bytes"), name)
            });
            let value = match event {
                Event::Number(value) => {
                    recording.number(*key, *value);
                    number(*value)
                }
                Event::Distribution(sum, buckets) => {
                    recording.distribution(*key, *sum, buckets);
                    let buckets = buckets.iter().map(|&n| Value::from(n));
                    [number(*sum)].into_iter().chain(buckets).collect()
                }
                Event::Silence | Event::End => unreachable!("handled above"),
            };
            values.insert(name.clone(), value);
        }
        recording.finish();
        self.kept.push((self.time_ms, values));
        let dropped = self.kept.len().saturating_sub(self.frames);
        self.kept.drain(..dropped);
    }

    fn answer(&self, query: &str) -> Value {
        let query = HistoryQuery::parse(query).unwrap();
        let answer = self.history.answer(&query, &ProcessInfo::default(), INTERVAL_MS);
        let answer: String = answer.collect();
        serde_json::from_str(&answer).unwrap()
    }

    fn check(&self, query: &str, shown: &[&(u64, BTreeMap<String, Value>)]) {
        let answer = self.answer(query);
        let times: Vec<_> = shown.iter().map(|(time, _)| Value::from(*time)).collect();
        assert_eq!(answer["times"], Value::from(times), "{query}");
        let mut seen = BTreeMap::new();
        for series in answer["series"].as_array().unwrap() {
            let name = series["labels"]["name"].as_str().unwrap().to_owned();
            let values = series["values"].as_array().unwrap().clone();
            assert_eq!(values.len(), shown.len());
            assert!(seen.insert(name, values).is_none(), "a series is there twice");
        }
        for (position, (time, values)) in shown.iter().enumerate() {
            for (name, value) in values {
                let found = seen.get(name).unwrap_or_else(|| panic!("{name} at {time}: {answer}"));
                assert_eq!(&found[position], value, "{name} at {time}");
            }
            let present = seen.values().filter(|found| !found[position].is_null()).count();
            assert_eq!(present, values.len(), "at {time}");
        }
    }
}

/// The number as the answer writes it, read back.
#[expect(clippy::cast_possible_truncation, reason = "the values are small")]
fn number(value: f64) -> Value {
    if value.is_nan() {
        Value::from("NaN")
    } else if value.is_infinite() {
        Value::from(if value > 0.0 { "+Inf" } else { "-Inf" })
    } else if value.fract() == 0.0 && (value != 0.0 || value.is_sign_positive()) {
        Value::from(value as i64)
    } else {
        // serde_json reads some numbers one bit off, unless it is asked not to.
        serde_json::from_str(&value.to_string()).unwrap()
    }
}

proptest! {
    #[test]
    fn answers_are_what_was_recorded(
        frames in proptest::collection::vec(proptest::collection::vec(event(), 4), 1..40),
        limit in 1_usize..20,
        step in 1_usize..5,
    ) {
        let mut pair = Pair::new(limit);
        for events in &frames {
            pair.frame(events);
        }
        let all: Vec<_> = pair.kept.iter().collect();
        pair.check("", &all);
        // The newest frame is always shown.
        let steps: Vec<_> = pair.kept.iter().rev().step_by(step).rev().collect();
        pair.check(&format!("step={step}"), &steps);
        let newest = &all[all.len() - all.len().min(3)..];
        pair.check("seconds=3", newest);
        prop_assert_eq!(pair.history.frame_count(), all.len());
    }

    /// A browser that applies `hello` and every `update` has the newest values.
    #[test]
    fn updates_lead_to_the_newest_values(
        frames in proptest::collection::vec(proptest::collection::vec(event(), 4), 2..20),
    ) {
        let none: &[&str] = &[];
        let mut pair = Pair::new(600);
        pair.frame(&frames[0]);
        let hello = pair.history.hello(&ProcessInfo::default(), INTERVAL_MS, none);
        let mut browser = Browser::default();
        browser.apply(&hello);
        for events in &frames[1..] {
            pair.frame(events);
            browser.apply(&pair.history.update(Some(none)));
            let values = &pair.kept.last().unwrap().1;
            prop_assert_eq!(&browser.newest(), values);
            let mut late = Browser::default();
            late.apply(&pair.history.hello(&ProcessInfo::default(), INTERVAL_MS, none));
            prop_assert_eq!(&late.newest(), values);
        }
    }
}

/// What a page knows.
#[derive(Default)]
struct Browser {
    names: BTreeMap<u64, String>,
    values: BTreeMap<u64, Value>,
}

impl Browser {
    fn apply(&mut self, event: &str) {
        let event: Value = serde_json::from_str(event).unwrap();
        for series in event["series"].as_array().unwrap() {
            let name = series["labels"]["name"].as_str().unwrap().to_owned();
            assert!(self.names.insert(series["id"].as_u64().unwrap(), name).is_none());
        }
        for value in event["values"].as_array().unwrap() {
            let id = value[0].as_u64().unwrap();
            assert!(self.names.contains_key(&id), "a value of an unknown series");
            self.values.insert(id, value[1].clone());
        }
        for id in event.get("ended").and_then(Value::as_array).into_iter().flatten() {
            self.names.remove(&id.as_u64().unwrap());
            self.values.remove(&id.as_u64().unwrap());
        }
    }

    fn newest(&self) -> BTreeMap<String, Value> {
        let values = self.values.iter().filter(|(_, value)| !value.is_null());
        values.map(|(id, value)| (self.names[id].clone(), value.clone())).collect()
    }
}

/// A thousand series, of which every one changes in each frame: a third of them by fractions, a
/// third by whole numbers, a third are histograms of 16 buckets that get two samples.
#[test]
fn ten_minutes_of_a_thousand_series_fit() {
    let mut history = History::new(Limits::default());
    let fractions = Arc::new(MetricInfo::new("seconds_total", "t", MetricKind::Counter, "s"));
    let counts = Arc::new(MetricInfo::new("jobs_total", "t", MetricKind::Counter, "{job}"));
    let sizes = Arc::new(MetricInfo::new("duration_seconds", "t", MetricKind::Histogram, "s"));
    let boundaries: Arc<[f64]> = (1..16).map(f64::from).collect();
    let mut keys = Vec::new();
    let mut buckets = [0; 16];
    let mut sum = 0.1;
    for second in 0..700_u32 {
        let mut frame = history.record(u64::from(second) * INTERVAL_MS);
        buckets[(second % 16) as usize] += 1;
        buckets[(second % 7) as usize] += 1;
        sum += 0.123_456_7 * f64::from(second % 11);
        for series in 0..1000 {
            if second == 0 {
                let (metric, boundaries) = match series % 3 {
                    0 => (&fractions, None),
                    1 => (&counts, None),
                    _ => (&sizes, Some(&boundaries)),
                };
                let name = format!("tenant-{series:04}");
                let labels = [("tenant", &*name), ("status", "completed")];
                let new = NewSeries { metric, labels: &labels, boundaries };
                keys.push(frame.begin_series(&new).expect("there is room"));
            }
            match series % 3 {
                0 => frame.number(keys[series], sum + series as f64 / 7.0),
                1 => frame.number(keys[series], f64::from(second) * (series + 1) as f64),
                _ => frame.distribution(keys[series], sum * (series as f64), &buckets),
            }
        }
        frame.finish();
        assert!(history.bytes() <= Limits::default().bytes, "{}", history.bytes());
    }
    assert_eq!(history.left_out(), 0);
    println!("{} frames in {} bytes", history.frame_count(), history.bytes());
    assert_eq!(history.frame_count(), 600);
}

/// What does not fit goes early, and is said.
#[test]
fn memory_is_bounded_whatever_is_recorded() {
    let limits = Limits::new(100_000, NonZeroUsize::new(600).unwrap());
    let mut history = History::new(limits);
    let metric = Arc::new(MetricInfo::new("noise", "t", MetricKind::Gauge, ""));
    let mut keys: Vec<Option<SeriesKey>> = Vec::new();
    for second in 0..50_u64 {
        let mut frame = history.record(second);
        for series in 0..1000_usize {
            if second == 0 {
                let name = "x".repeat(100);
                let labels = [("name", &*name)];
                let new = NewSeries { metric: &metric, labels: &labels, boundaries: None };
                keys.push(frame.begin_series(&new));
            } else if keys[series].is_none() {
                frame.leave_out();
            }
            if let Some(key) = keys[series] {
                let noise = (second * 7919 + series as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                frame.number(key, f64::from_bits(noise | 1));
            }
        }
        frame.finish();
        assert!(history.bytes() <= limits.bytes, "{}", history.bytes());
    }
    let kept = keys.iter().flatten().count();
    assert!(kept > 50, "{kept}");
    assert_eq!(history.left_out(), 1000 - kept);
    assert!((2..50).contains(&history.frame_count()), "{}", history.frame_count());
    let all = HistoryQuery::parse("").unwrap();
    let answer: String = history.answer(&all, &ProcessInfo::default(), INTERVAL_MS).collect();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["left_out"], 1000 - kept);
}

/// Series that come and go leave nothing behind.
#[test]
fn series_that_end_give_their_memory_back() {
    let limits = Limits::new(usize::MAX, NonZeroUsize::new(10).unwrap());
    let mut history = History::new(limits);
    let metric = Arc::new(MetricInfo::new("short", "t", MetricKind::Gauge, ""));
    let mut most = 0;
    for second in 0..1000_u64 {
        let mut frame = history.record(second);
        let name = second.to_string();
        let labels = [("name", &*name)];
        let new = NewSeries { metric: &metric, labels: &labels, boundaries: None };
        let key = frame.begin_series(&new).unwrap();
        frame.number(key, 1.0);
        frame.finish();
        let mut frame = history.record(second);
        frame.end_series(key);
        frame.finish();
        if second == 50 {
            most = history.bytes();
        }
    }
    assert!(history.bytes() <= most + 100, "{} after {most}", history.bytes());
}

/// An answer of any length takes the memory of a piece.
#[test]
fn a_long_answer_comes_in_pieces() {
    const SERIES: usize = 1000;
    const FRAMES: u64 = 600;

    let mut history = History::new(Limits::default());
    let metric = Arc::new(MetricInfo::new("quiet", "t", MetricKind::Gauge, ""));
    let mut keys = Vec::new();
    for second in 0..FRAMES {
        let mut frame = history.record(second);
        for series in 0..SERIES {
            if second == 0 {
                let name = series.to_string();
                let labels = [("name", &*name)];
                let new = NewSeries { metric: &metric, labels: &labels, boundaries: None };
                keys.push(frame.begin_series(&new).expect("there is room for it"));
            }
            frame.number(keys[series], if second < 300 { 0.0 } else { series as f64 });
        }
        frame.finish();
    }
    let all = HistoryQuery::parse("").unwrap();
    let answer = history.answer(&all, &ProcessInfo::default(), INTERVAL_MS);
    // It is of the time at which it was asked for.
    for second in FRAMES..2 * FRAMES {
        history.record(second).finish();
    }
    let pieces: Vec<String> = answer.collect();
    assert!(pieces.len() > 2, "{}", pieces.len());
    assert!(pieces.iter().all(|piece| piece.len() < 2_000_000));

    let answer: Value = serde_json::from_str(&pieces.concat()).unwrap();
    let series = answer["series"].as_array().unwrap();
    assert_eq!((series.len(), answer["times"].as_array().unwrap().len()), (SERIES, 600));
    for one in series {
        let name: u64 = one["labels"]["name"].as_str().unwrap().parse().unwrap();
        let expected: Vec<u64> =
            (0..FRAMES).map(|second| if second < 300 { 0 } else { name }).collect();
        assert_eq!(one["values"], Value::from(expected));
    }
}
