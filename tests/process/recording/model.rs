//! For any steps of threads in any order, the metrics have the series and values of a map behind a
//! lock.
//!
//! All threads record sums and samples in the same series. A series that is set, or that ends, is
//! used by one thread alone, because its value depends on the order.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex},
    thread,
};

use osapi_metrics::{Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, UpDownCounter};
use osapi_metrics_tests::reading::Histogram as Samples;
use proptest::{collection::vec, prelude::*};

use crate::read;

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum Place {
    Here,
    There,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct Key {
    #[label(max = 200)]
    key: u8,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "model")]
struct Recorded {
    /// A closed set.
    closed_total: Counter<Place>,
    /// A closed set of fractions.
    closed_fractions_total: Counter<Place, f64>,
    /// A closed set.
    closed_stock: UpDownCounter<Place>,
    /// Without labels.
    level: Gauge,
    /// An open set.
    open_total: Counter<Key>,
    /// An open set of fractions.
    open_fractions_total: Counter<Key, f64>,
    /// An open set.
    open_stock: UpDownCounter<Key>,
    /// An open set.
    open_level: Gauge<Key, i64>,
    /// An open set.
    #[metric(unit = "s", buckets = [1, 2, 4])]
    open_seconds: Histogram<Key>,
    /// A closed set.
    #[metric(unit = "By", buckets = [1, 2, 4])]
    closed_size_bytes: Histogram<Place, u64>,
    /// An open set, whose series end.
    #[metric(unit = "s", buckets = [1, 2, 4])]
    ending_seconds: Histogram<Key>,
}

const BOUNDS: [f64; 3] = [1.0, 2.0, 4.0];

/// A step of a thread. Numbers are quarters, which floats add up exactly in any order.
#[derive(Clone, Copy, Debug)]
enum Step {
    Closed(Place, u8),
    Open(Key, u8),
    Float(Place, Key, u8),
    UpDown(Place, Key, i8),
    Record(Place, Key, u8),
    SetLevel(u8),
    ClearLevel,
    /// From here on each thread has keys of its own.
    Set(Key, i8),
    Clear(Key),
    /// Makes a handle without recording.
    With(Key),
    Count(Key, u8),
    Sample(Key, u8),
    Remove(Key),
    Retain(u8),
    Collect,
}

fn step() -> impl Strategy<Value = Step> {
    let place = || prop_oneof![Just(Place::Here), Just(Place::There)];
    let key = || (0_u8..6).prop_map(|key| Key { key });
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(place, n)| Step::Closed(place, n)),
        (key(), any::<u8>()).prop_map(|(key, n)| Step::Open(key, n)),
        (place(), key(), any::<u8>()).prop_map(|(place, key, n)| Step::Float(place, key, n)),
        (place(), key(), any::<i8>()).prop_map(|(place, key, n)| Step::UpDown(place, key, n)),
        (place(), key(), 0_u8..24).prop_map(|(place, key, n)| Step::Record(place, key, n)),
        any::<u8>().prop_map(Step::SetLevel),
        Just(Step::ClearLevel),
        (key(), any::<i8>()).prop_map(|(key, n)| Step::Set(key, n)),
        key().prop_map(Step::Clear),
        key().prop_map(Step::With),
        (key(), any::<u8>()).prop_map(|(key, n)| Step::Count(key, n)),
        (key(), 0_u8..24).prop_map(|(key, n)| Step::Sample(key, n)),
        key().prop_map(Step::Remove),
        (0_u8..6).prop_map(Step::Retain),
        Just(Step::Collect),
    ]
}

/// The name of a metric, and the value of its label.
type Series = (&'static str, String);

/// The simplest implementation that could be correct.
#[derive(Debug, Default)]
struct Model {
    numbers: HashMap<Series, f64>,
    samples: HashMap<Series, Vec<f64>>,
}

impl Model {
    /// A series begins at zero with its first use; series of closed label sets are always there.
    fn begin(&mut self, name: &'static str, label: &impl ToString) -> &mut f64 {
        self.numbers.entry((name, label.to_string())).or_default()
    }

    fn record(&mut self, name: &'static str, label: &impl ToString, value: f64) {
        self.samples.entry((name, label.to_string())).or_default().push(value);
    }

    fn end(&mut self, name: &'static str, label: &impl ToString) -> bool {
        self.numbers.remove(&(name, label.to_string())).is_some()
    }

    /// Applies a step of a thread.
    fn take(&mut self, thread: u8, step: Step) {
        let own = |key: Key| key_of(thread, key).key;
        match step {
            Step::Closed(place, n) => {
                *self.begin("model_closed_total", &place.as_str()) += f64::from(n);
            }
            Step::Open(Key { key }, n) => *self.begin("model_open_total", &key) += f64::from(n),
            Step::Float(place, Key { key }, n) => {
                let value = f64::from(n) / 4.0;
                *self.begin("model_closed_fractions_total", &place.as_str()) += value;
                *self.begin("model_open_fractions_total", &key) += value;
            }
            Step::UpDown(place, Key { key }, n) => {
                *self.begin("model_closed_stock", &place.as_str()) += f64::from(n);
                *self.begin("model_open_stock", &key) += f64::from(n);
            }
            Step::Record(place, Key { key }, n) => {
                self.record("model_closed_size_bytes", &place.as_str(), f64::from(n));
                self.record("model_open_seconds", &key, f64::from(n) / 4.0);
            }
            Step::SetLevel(n) if thread == 0 => *self.begin("model_level", &"") = f64::from(n),
            Step::ClearLevel if thread == 0 => drop(self.end("model_level", &"")),
            Step::SetLevel(_) | Step::ClearLevel | Step::Collect => {}
            Step::Set(key, n) => *self.begin("model_open_level", &own(key)) = f64::from(n),
            Step::Clear(key) => drop(self.end("model_open_level", &own(key))),
            Step::With(key) => drop(self.begin("model_open_total", &own(key))),
            Step::Count(key, n) => *self.begin("model_open_total", &own(key)) += f64::from(n),
            Step::Sample(key, n) => {
                self.record("model_ending_seconds", &own(key), f64::from(n) / 4.0);
            }
            Step::Remove(key) => {
                self.end("model_open_total", &own(key));
                self.end("model_open_level", &own(key));
                self.samples.remove(&("model_ending_seconds", own(key).to_string()));
            }
            Step::Retain(divisor) => {
                let ends =
                    |label: &str| label.parse().is_ok_and(|key| is_to_end(thread, key, divisor));
                let names = ["model_open_total", "model_open_level"];
                self.numbers.retain(|(name, label), _| !(names.contains(name) && ends(label)));
                let is_ending = |name: &str| name == "model_ending_seconds";
                self.samples.retain(|(name, label), _| !(is_ending(name) && ends(label)));
            }
        }
    }
}

/// The key of one thread, behind the keys that all threads share.
fn key_of(thread: u8, Key { key }: Key) -> Key {
    Key { key: 10 * (thread + 1) + key }
}

fn is_to_end(thread: u8, key: u8, divisor: u8) -> bool {
    key / 10 == thread + 1 && key.is_multiple_of(divisor + 1)
}

/// Applies a step of a thread to the metrics.
fn take(thread: u8, step: Step) {
    let set = Recorded::global();
    let own = |key| key_of(thread, key);
    match step {
        Step::Closed(place, n) => set.closed_total.with(place).add(u64::from(n)),
        Step::Open(key, n) => set.open_total.with(key).add(u64::from(n)),
        Step::Float(place, key, n) => {
            set.closed_fractions_total.with(place).add(f64::from(n) / 4.0);
            set.open_fractions_total.with(key).add(f64::from(n) / 4.0);
        }
        Step::UpDown(place, key, n) => {
            set.closed_stock.with(place).add(i64::from(n));
            set.open_stock.with(key).add(i64::from(n));
        }
        Step::Record(place, key, n) => {
            set.closed_size_bytes.with(place).record(u64::from(n));
            set.open_seconds.with(key).record(f64::from(n) / 4.0);
        }
        Step::SetLevel(n) if thread == 0 => set.level.set(f64::from(n)),
        Step::ClearLevel if thread == 0 => set.level.clear(),
        Step::SetLevel(_) | Step::ClearLevel => {}
        Step::Set(key, n) => set.open_level.with(own(key)).set(i64::from(n)),
        Step::Clear(key) => set.open_level.with(own(key)).clear(),
        Step::With(key) => drop(set.open_total.with(own(key))),
        Step::Count(key, n) => set.open_total.with(own(key)).add(u64::from(n)),
        Step::Sample(key, n) => set.ending_seconds.with(own(key)).record(f64::from(n) / 4.0),
        Step::Remove(key) => {
            set.open_total.remove(own(key));
            set.open_level.remove(own(key));
            set.ending_seconds.remove(own(key));
        }
        Step::Retain(divisor) => {
            let keep = |labels: &osapi_metrics::labels::SeriesLabels| {
                let key = labels.get("key").unwrap().to_string().parse().unwrap();
                !is_to_end(thread, key, divisor)
            };
            set.open_total.retain(keep);
            set.open_level.retain(keep);
            set.ending_seconds.retain(keep);
        }
        Step::Collect => drop(read()),
    }
}

/// The series that a scrape shows.
fn shown() -> Model {
    let reading = read();
    let mut model = Model::default();
    for metric in Recorded::DESCRIPTORS {
        let name = metric.name;
        let key = metric.labels.first().map_or("", |label| label.key);
        for value in reading.label_values(name, key) {
            let labels = [(key, &*value)];
            let labels = if key.is_empty() { &[][..] } else { &labels };
            if let Some(number) = reading.number(name, labels) {
                model.numbers.insert((name, value), number);
            } else {
                let Samples { count, sum, buckets, bounds } =
                    reading.histogram(name, labels).unwrap();
                assert_eq!(bounds, BOUNDS);
                assert_eq!(buckets.iter().sum::<u64>(), count);
                let buckets = buckets.into_iter().map(|count| count as f64);
                model.samples.insert((name, value), buckets.chain([sum]).collect());
            }
        }
    }
    model
}

/// The samples of the model as a scrape shows them: the number in each bucket, and the sum.
fn bucketed(samples: &HashMap<Series, Vec<f64>>) -> HashMap<Series, Vec<f64>> {
    let shown = |samples: &Vec<f64>| {
        let mut buckets = vec![0.0; BOUNDS.len() + 1];
        for sample in samples {
            buckets[BOUNDS.partition_point(|bound| bound < sample)] += 1.0;
        }
        buckets.push(samples.iter().sum());
        buckets
    };
    samples.iter().map(|(series, samples)| (series.clone(), shown(samples))).collect()
}

/// The model of all cases so far, because the metrics keep the values of all cases.
static MODEL: LazyLock<Mutex<Model>> = LazyLock::new(|| {
    let mut model = Model::default();
    for name in ["model_closed_total", "model_closed_fractions_total", "model_closed_stock"] {
        for place in Place::VALUES {
            model.begin(name, place);
        }
    }
    Mutex::new(model)
});

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn threads_record_what_a_map_behind_a_lock_would_have(
        threads in vec(vec(step(), 0..40), 1..4),
    ) {
        thread::scope(|scope| {
            for (thread, steps) in (0..).zip(&threads) {
                scope.spawn(move || {
                    for step in steps {
                        take(thread, *step);
                        MODEL.lock().unwrap().take(thread, *step);
                    }
                });
            }
        });
        let model = MODEL.lock().unwrap();
        let shown = shown();
        prop_assert_eq!(&shown.numbers, &model.numbers);
        prop_assert_eq!(shown.samples, bucketed(&model.samples));
    }
}
