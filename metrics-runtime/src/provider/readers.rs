use opentelemetry_sdk::metrics::{MeterProviderBuilder, reader::MetricReader};

use super::experimental::SharedReader;

/// The readers of a runtime, gathered before its provider is built.
#[derive(Default)]
pub(crate) struct Readers {
    shared: Vec<Box<dyn MetricReader>>,
    others: Vec<AddReader>,
    has_scrapes: bool,
}

/// Hands a reader, whose type need not be known, to the provider.
type AddReader = Box<dyn FnOnce(MeterProviderBuilder) -> MeterProviderBuilder + Send>;

impl Readers {
    /// Adds a reader of cumulative temporality. All such readers read one aggregation.
    #[cfg_attr(
        not(any(feature = "_otlp", feature = "console")),
        expect(dead_code, reason = "the exporters are features")
    )]
    pub(crate) fn share(&mut self, reader: impl MetricReader) {
        self.shared.push(Box::new(reader));
    }

    /// Adds the reader of scrapes, which is of cumulative temporality.
    #[cfg_attr(not(feature = "prometheus"), expect(dead_code, reason = "scrapes are a feature"))]
    pub(crate) fn share_with_scrapes(&mut self, reader: impl MetricReader) {
        self.has_scrapes = true;
        self.shared.push(Box::new(reader));
    }

    /// Adds a reader with an aggregation of its own.
    pub(crate) fn add(&mut self, reader: impl MetricReader) {
        self.others.push(Box::new(|builder| builder.with_reader(reader)));
    }

    /// How many aggregations there are.
    pub(crate) fn aggregations(&self) -> usize {
        usize::from(!self.shared.is_empty()) + self.others.len()
    }

    /// Whether a reader may be of another temporality than cumulative.
    pub(super) fn has_other_temporality(&self) -> bool {
        !self.others.is_empty()
    }

    /// Whether nothing but scrapes reads.
    pub(super) fn are_scrapes_alone(&self) -> bool {
        self.has_scrapes && self.shared.len() == 1 && self.others.is_empty()
    }

    pub(super) fn add_to(self, mut builder: MeterProviderBuilder) -> MeterProviderBuilder {
        if !self.shared.is_empty() {
            builder = builder.with_reader(SharedReader(self.shared));
        }
        self.others.into_iter().fold(builder, |builder, add| add(builder))
    }
}
