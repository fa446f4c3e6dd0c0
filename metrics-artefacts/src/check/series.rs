use super::labels::Labels;
use crate::catalogue::SampleKind;

/// The result of a part of a query: what is known of its series.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) labels: Labels,
    /// Whether it is a number or a text rather than series.
    pub(super) is_scalar: bool,
    /// The samples, as long as they are those of one selector.
    pub(super) samples: Option<(String, SampleKind)>,
    /// The one metric that all of it is of.
    pub(super) of: Option<String>,
    /// Names whose growing sums are the values here.
    pub(super) bare: Vec<String>,
    /// Names of buckets with every boundary, which differ by `le` only.
    pub(super) buckets: Vec<String>,
    /// Names of buckets of which some series have other boundaries than others, each with the
    /// labels that distinguish the series.
    pub(super) mixed: Vec<(String, Vec<String>)>,
    /// Names of buckets that were aggregated over all boundaries.
    pub(super) lost: Vec<String>,
    /// Names of samples that are no buckets.
    pub(super) others: Vec<String>,
}

impl Series {
    pub(super) fn scalar() -> Self {
        Self { is_scalar: true, ..Self::of_labels(Labels::none()) }
    }

    /// Series of which nothing is known.
    pub(super) fn any() -> Self {
        Self::of_labels(Labels::Any)
    }

    pub(super) fn of_labels(labels: Labels) -> Self {
        Self {
            labels,
            is_scalar: false,
            samples: None,
            of: None,
            bare: Vec::new(),
            buckets: Vec::new(),
            mixed: Vec::new(),
            lost: Vec::new(),
            others: Vec::new(),
        }
    }

    /// The same series with other values: no growing sums, and not the samples of a selector.
    pub(super) fn computed(mut self) -> Self {
        self.bare.clear();
        self.samples = None;
        self
    }

    /// What two operands are made of, with the labels of the first one.
    pub(super) fn with_operand(mut self, other: Self) -> Self {
        self.samples = None;
        if self.of != other.of && !other.is_scalar {
            self.of = None;
        }
        self.bare.extend(other.bare);
        self.buckets.extend(other.buckets);
        self.mixed.extend(other.mixed);
        self.lost.extend(other.lost);
        self.others.extend(other.others);
        self
    }

    /// The names of the labels, as a message has them.
    pub(super) fn shown(&self) -> String {
        match &self.of {
            Some(name) => format!("`{name}`"),
            None => "the result here".to_owned(),
        }
    }
}
