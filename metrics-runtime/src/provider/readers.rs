use opentelemetry_sdk::metrics::{MeterProviderBuilder, reader::MetricReader};

use super::experimental::SharedReader;

/// The readers of a runtime, collected before its provider is built.
#[derive(Default)]
pub(crate) struct Readers {
    shared: Vec<BoxedReader>,
    others: Vec<AddReader>,
    has_scrapes: bool,
}

/// A reader of any type.
pub(crate) type BoxedReader = Box<dyn MetricReader>;

/// Passes a reader, whose type is erased, to the provider.
type AddReader = Box<dyn FnOnce(MeterProviderBuilder) -> MeterProviderBuilder + Send>;

impl Readers {
    /// Adds a reader of cumulative temporality, if there is one. All readers that are added here
    /// read one aggregation.
    pub(crate) fn share(&mut self, reader: Option<BoxedReader>) {
        self.shared.extend(reader);
    }

    /// Adds the reader of scrapes, which has cumulative temporality, if scrapes are served.
    pub(crate) fn share_with_scrapes(&mut self, reader: Option<BoxedReader>) {
        self.has_scrapes |= reader.is_some();
        self.share(reader);
    }

    /// Adds a reader with an aggregation of its own.
    pub(crate) fn add(&mut self, reader: impl MetricReader) {
        self.others.push(Box::new(|builder| builder.with_reader(reader)));
    }

    /// The number of aggregations.
    pub(crate) fn aggregations(&self) -> usize {
        usize::from(!self.shared.is_empty()) + self.others.len()
    }

    /// Whether a reader may have another temporality than cumulative.
    pub(super) fn has_other_temporality(&self) -> bool {
        !self.others.is_empty()
    }

    /// Whether the reader of scrapes is the only reader.
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
