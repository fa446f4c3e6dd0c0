use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

/// The result of a query.
#[derive(Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
pub(super) enum Answer {
    Matrix(Vec<Ranged>),
    Vector(Vec<Instant>),
    Scalar(Sample),
    String(IgnoredAny),
}

/// A series of a query over time. A native histogram has no values.
#[derive(Deserialize)]
pub(super) struct Ranged {
    metric: BTreeMap<String, String>,
    #[serde(default)]
    values: Vec<Sample>,
}

/// A series of a query for one moment.
#[derive(Deserialize)]
pub(super) struct Instant {
    metric: BTreeMap<String, String>,
    value: Option<Sample>,
}

/// Seconds since 1970, and the value as a text, since JSON has no infinity.
type Sample = (f64, String);

/// The labels of a series, and its points.
pub(super) type LabelledPoints = (BTreeMap<String, String>, Vec<(f64, f64)>);

impl Answer {
    /// The series with their labels, in the order of their labels.
    pub(super) fn into_series(self) -> Vec<LabelledPoints> {
        let points = |samples: Vec<Sample>| {
            let point = |(time, value): Sample| (time, value.parse().unwrap_or(f64::NAN));
            samples.into_iter().map(point).collect::<Vec<_>>()
        };
        let mut series: Vec<_> = match self {
            Self::Matrix(series) => {
                series.into_iter().map(|of| (of.metric, points(of.values))).collect()
            }
            Self::Vector(series) => series
                .into_iter()
                .map(|of| (of.metric, points(of.value.into_iter().collect())))
                .collect(),
            Self::Scalar(sample) => vec![(BTreeMap::new(), points(vec![sample]))],
            Self::String(_) => Vec::new(),
        };
        series.sort_by(|a, b| a.0.cmp(&b.0));
        series
    }
}

/// What a Prometheus says about a query that it refuses.
#[derive(Deserialize)]
pub(super) struct Refusal {
    pub(super) error: String,
}
