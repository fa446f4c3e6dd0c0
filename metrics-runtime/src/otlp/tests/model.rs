//! A program that records, its pushes at several intervals, and a collector that accepts some of
//! the requests.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::any_value,
    metrics::v1::{metric::Data, number_data_point},
};
use osapi_metrics_rules::InstrumentKind;
use proptest::prelude::*;
use prost::Message;

use crate::{
    config::OtlpTemporality,
    core::{
        snapshot::{
            Distributions, Exemplars, MetricIdentity, MetricSnapshot, Scope, Snapshot, Values,
        },
        storage::{AttributeValue, SeriesLabels, Value},
        sync::Timestamp,
    },
    otlp::{
        batch::{BatchSettings, FollowedCursor, requests},
        delta::{Cursor, LastExports, PushId},
        request::{Encoding, Request},
        temporality::TemporalityPreference,
    },
    periodic::{DueGroups, Schedule},
};

pub(super) const METRICS: usize = 4;

/// The last metric is a histogram, the other ones are counters.
const HISTOGRAM: usize = METRICS - 1;

/// A series that exists.
pub(super) struct Series {
    pub(super) labels: Arc<SeriesLabels>,
    /// A number that no other series has.
    id: i64,
    pub(super) value: u64,
}

/// A program that records, and whose clock goes on with each step.
pub(super) struct Program {
    begun: Instant,
    now: u64,
    pub(super) metrics: [Vec<Series>; METRICS],
    pub(super) ended: Vec<Arc<SeriesLabels>>,
    next_id: i64,
}

/// A push, with the groups of its metrics.
pub(super) struct Push {
    id: PushId,
    groups: [usize; METRICS],
    schedule: Schedule,
    last_exports: LastExports,
    settings: BatchSettings,
}

/// A point that the collector has accepted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) start: u64,
    pub(super) time: u64,
    pub(super) value: u64,
}

/// The accepted points of each series, by the metric and the id of the series.
pub(super) type Accepted = BTreeMap<(usize, i64), Vec<Point>>;

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Records in a series of a metric: a new one if there is no series at the position.
    Record { metric: usize, position: usize, more: u64 },
    /// A series ends.
    End { metric: usize, position: usize },
    /// Time goes on.
    Wait(u64),
    /// A push exports all metrics.
    Flush(usize),
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..METRICS, 0..4_usize, 0..9_u64)
            .prop_map(|(metric, position, more)| Step::Record { metric, position, more }),
        1 => (0..METRICS, 0..4_usize).prop_map(|(metric, position)| Step::End { metric, position }),
        4 => (0..25_u64).prop_map(Step::Wait),
        1 => (0..2_usize).prop_map(Step::Flush),
    ];
    prop::collection::vec(step, 1..120)
}

/// The groups of the metrics, and the intervals of the groups in milliseconds.
pub(super) type Groups = ([usize; METRICS], [u64; 3]);

pub(super) fn groups() -> impl Strategy<Value = Groups> {
    (prop::array::uniform4(0..3_usize), prop::array::uniform3(1..40_u64))
}

impl Program {
    fn new() -> Self {
        Self {
            begun: Instant::now(),
            now: 0,
            metrics: Default::default(),
            ended: Vec::new(),
            next_id: 0,
        }
    }

    /// The time goes on with each call, as it does between the steps of a program.
    fn now(&mut self) -> Timestamp {
        self.now += 1;
        Timestamp(self.now)
    }

    fn instant(&self) -> Instant {
        self.begun + Duration::from_millis(self.now)
    }

    fn record(&mut self, metric: usize, position: usize, more: u64) {
        if position >= self.metrics[metric].len() {
            let start = self.now();
            let id = self.next_id;
            self.next_id += 1;
            let attributes = [("id".into(), AttributeValue::Int(id))].into();
            let labels = Arc::new(SeriesLabels::of_attributes(attributes, start));
            self.metrics[metric].push(Series { labels, id, value: more });
        } else {
            self.metrics[metric][position].value += more;
        }
    }

    pub(super) fn end(&mut self, metric: usize, position: usize) {
        if position < self.metrics[metric].len() {
            let series = self.metrics[metric].remove(position);
            self.ended.push(series.labels);
        }
    }

    fn snapshot(&mut self, has: impl Fn(usize) -> bool) -> Snapshot {
        let read = |metric: usize| {
            let series = &self.metrics[metric];
            let is_histogram = metric == HISTOGRAM;
            let values = if is_histogram {
                let mut distributions = Distributions::default();
                for Series { value, .. } in series {
                    distributions.push_empty(&[1.0].into()).copy_from_slice(&[*value, 0]);
                    distributions.set_last(*value, Value::U64(*value), None);
                }
                Values::Distributions(distributions)
            } else {
                Values::Numbers(series.iter().map(|s| Some(Value::U64(s.value))).collect())
            };
            let identity = MetricIdentity {
                scope: Scope::default(),
                name: metric.to_string().into(),
                unit: "".into(),
                help: "".into(),
                kind: if is_histogram {
                    InstrumentKind::Histogram
                } else {
                    InstrumentKind::Counter
                },
            };
            let series = series.iter().map(|series| Arc::clone(&series.labels)).collect();
            let exemplars = Exemplars::default();
            MetricSnapshot {
                identity: Arc::new(identity),
                constants: &[],
                series,
                values,
                exemplars,
            }
        };
        let metrics = (0..METRICS).filter(|metric| has(*metric)).map(read).collect();
        Snapshot { time: self.now(), metrics, ..Snapshot::default() }
    }
}

impl Push {
    fn new(id: u64, (groups, intervals): Groups, begun: Instant, cumulative: bool) -> Self {
        let temporality =
            if cumulative { OtlpTemporality::Cumulative } else { OtlpTemporality::Delta };
        Self {
            id: PushId::of(id),
            groups,
            schedule: Schedule::new(begun, &intervals.map(Duration::from_millis)),
            last_exports: LastExports::new(intervals.len()),
            settings: BatchSettings {
                encoding: Encoding::Protobuf,
                // Two or three points.
                max_request_bytes: 300,
                temporality: TemporalityPreference::new(temporality),
            },
        }
    }

    /// Exports as the schedule says, late or not.
    fn export_if_due(
        &mut self,
        program: &mut Program,
        cursor: &mut Cursor,
        is_accepted: impl FnMut() -> bool,
        accepted: &mut Accepted,
    ) {
        let due = match self.schedule.begin_run(program.instant()) {
            Some(DueGroups::Some(due)) => due.to_vec(),
            Some(DueGroups::All) => panic!("there are several groups"),
            None => return,
        };
        self.export(program, cursor, DueGroups::Some(&due), is_accepted, accepted);
    }

    pub(super) fn export(
        &mut self,
        program: &mut Program,
        cursor: &mut Cursor,
        due: DueGroups<'_>,
        mut is_accepted: impl FnMut() -> bool,
        accepted: &mut Accepted,
    ) {
        let snapshot = program.snapshot(|metric| due.has(self.groups[metric]));
        let export = cursor.begin(self.id);
        let ended_before = self.last_exports.note(due, export);
        let followed = (!self.settings.temporality.is_cumulative())
            .then_some(FollowedCursor { cursor: &mut *cursor, ended_before });
        let (requests, oversized) = requests(&snapshot, &self.settings, followed, false);
        assert!(oversized.is_empty(), "{oversized:?}");
        for request in requests.into_iter().filter(|_| is_accepted()) {
            for (series, point) in points(&request) {
                assert!(due.has(self.groups[series.0]), "only metrics that are due");
                accepted.entry(series).or_default().push(point);
            }
            cursor.advance(request.pending, snapshot.time);
        }
    }
}

/// The points of a request, with their metric and the id of their series.
fn points(request: &Request) -> Vec<((usize, i64), Point)> {
    let message = ExportMetricsServiceRequest::decode(request.body.clone()).unwrap();
    let scopes = message.resource_metrics.into_iter().flat_map(|resource| resource.scope_metrics);
    let metrics = scopes.flat_map(|scope| scope.metrics);
    let mut points = Vec::new();
    for metric in metrics {
        let name: usize = metric.name.parse().unwrap();
        let mut add = |attributes: &[_], start, time, value| {
            let [opentelemetry_proto::tonic::common::v1::KeyValue { value: id, .. }] = attributes
            else {
                panic!("{attributes:?}")
            };
            let Some(any_value::Value::IntValue(id)) = id.clone().and_then(|id| id.value) else {
                panic!("{id:?}")
            };
            points.push(((name, id), Point { start, time, value }));
        };
        match metric.data.unwrap() {
            Data::Sum(sum) => {
                for point in sum.data_points {
                    let Some(number_data_point::Value::AsInt(value)) = point.value else {
                        panic!("{point:?}")
                    };
                    let value = u64::try_from(value).unwrap();
                    let (start, time) = (point.start_time_unix_nano, point.time_unix_nano);
                    add(&point.attributes, start, time, value);
                }
            }
            Data::Histogram(histogram) => {
                for point in histogram.data_points {
                    assert_eq!(point.bucket_counts.iter().sum::<u64>(), point.count);
                    let (start, time) = (point.start_time_unix_nano, point.time_unix_nano);
                    add(&point.attributes, start, time, point.count);
                }
            }
            other => panic!("{other:?}"),
        }
    }
    points
}

/// Runs the program with two pushes to one endpoint, which does not accept each request. At the
/// end everything is accepted.
pub(super) fn run(
    steps: &[Step],
    groups: [Groups; 2],
    answers: &[bool],
    cumulative: bool,
) -> Outcome {
    let mut program = Program::new();
    let mut cursor = Cursor::default();
    let begun = program.begun;
    let mut pushes = [(0, groups[0]), (1, groups[1])]
        .map(|(id, groups)| Push::new(id, groups, begun, cumulative));
    let mut accepted = [Accepted::new(), Accepted::new()];
    let mut answers = answers.iter().copied().cycle();
    let mut answer = || answers.next().unwrap_or(true);
    for step in steps {
        match *step {
            Step::Record { metric, position, more } => program.record(metric, position, more),
            Step::End { metric, position } => program.end(metric, position),
            Step::Wait(time) => program.now += time,
            Step::Flush(push) => {
                let (push, accepted) = (&mut pushes[push], &mut accepted[push]);
                push.export(&mut program, &mut cursor, DueGroups::All, &mut answer, accepted);
            }
        }
        for (push, accepted) in pushes.iter_mut().zip(&mut accepted) {
            push.export_if_due(&mut program, &mut cursor, &mut answer, accepted);
        }
    }
    for (push, accepted) in pushes.iter_mut().zip(&mut accepted) {
        push.export(&mut program, &mut cursor, DueGroups::All, || true, accepted);
    }
    Outcome { program, accepted, cursor, pushes }
}

pub(super) struct Outcome {
    pub(super) program: Program,
    /// By the push.
    pub(super) accepted: [Accepted; 2],
    pub(super) cursor: Cursor,
    pub(super) pushes: [Push; 2],
}

impl Outcome {
    /// The series that exist at the end.
    pub(super) fn series(&self) -> impl Iterator<Item = ((usize, i64), &Series)> {
        let metrics = self.program.metrics.iter().enumerate();
        metrics.flat_map(|(metric, all)| all.iter().map(move |s| ((metric, s.id), s)))
    }
}
