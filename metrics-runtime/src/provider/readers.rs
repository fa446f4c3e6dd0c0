use opentelemetry_sdk::metrics::{MeterProviderBuilder, reader::MetricReader};

use super::experimental::SharedReader;

/// The readers of a runtime, gathered before its provider is built.
#[derive(Default)]
pub(crate) struct Readers {
    shared: Vec<Box<dyn MetricReader>>,
    others: Vec<AddReader>,
}

/// Hands a reader, whose type need not be known, to the provider.
type AddReader = Box<dyn FnOnce(MeterProviderBuilder) -> MeterProviderBuilder + Send>;

impl Readers {
    /// Adds a reader of cumulative temporality. All such readers read one aggregation.
    #[cfg_attr(
        not(any(feature = "prometheus", feature = "_otlp", feature = "console")),
        expect(dead_code, reason = "the exporters are features")
    )]
    pub(crate) fn share(&mut self, reader: impl MetricReader) {
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

    pub(super) fn add_to(self, mut builder: MeterProviderBuilder) -> MeterProviderBuilder {
        if !self.shared.is_empty() {
            builder = builder.with_reader(SharedReader(self.shared));
        }
        self.others.into_iter().fold(builder, |builder, add| add(builder))
    }
}
