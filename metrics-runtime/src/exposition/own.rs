use std::{borrow::Cow, sync::Arc};

use super::{
    labels::Labels,
    lines::Lines,
    source::{About, Source, Values},
};
use crate::{provider::DirectInstrument, recording::AllSeries};

/// An instrument of our own, read without the SDK.
#[derive(Debug)]
pub(super) struct Own {
    instrument: DirectInstrument,
    /// The series that the lines are written for. As long as it is kept, no other list has its address.
    series: Option<AllSeries>,
    source: Source,
}

impl Own {
    pub(super) fn new(instrument: DirectInstrument) -> Self {
        let metric = instrument.descriptor();
        let origin = &metric.origin;
        let about = About::new(
            (Cow::Borrowed(origin.package), Some(Cow::Borrowed(origin.version))),
            Cow::Borrowed(metric.name),
            metric.unit,
            metric.kind,
            Cow::Borrowed(metric.help.trim()),
        );
        let values = Values::Numbers(Vec::new());
        Self { instrument, series: None, source: Source { about, lines: Lines::default(), values } }
    }

    /// Takes the values of this moment, and tells whether there are any.
    pub(super) fn read(&mut self) -> bool {
        let Self { instrument, series, source: Source { about, lines, values } } = self;
        let Values::Numbers(values) = values else { return false };
        let Some(current) = instrument.read(values) else { return false };
        if !series.as_ref().is_some_and(|known| Arc::ptr_eq(known, &current)) {
            let labels = current.iter().map(|one| Labels::of_point(one.attributes.iter(), &[]));
            *lines = Lines::new(&about.family, about.kind, labels);
            *series = Some(current);
        }
        values.iter().any(Option::is_some)
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// Whether the SDK has this instrument under that name.
    pub(super) fn is(&self, other: &About, unit: &str) -> bool {
        let (about, metric) = (&self.source.about, self.instrument.descriptor());
        (&about.scope, &about.version, &about.name) == (&other.scope, &other.version, &other.name)
            && (about.kind, metric.unit.unwrap_or_default()) == (other.kind, unit)
            && about.help == other.help
    }

    pub(super) fn instrument(&self) -> DirectInstrument {
        self.instrument
    }
}
