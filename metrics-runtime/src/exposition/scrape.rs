use opentelemetry_sdk::{Resource, metrics::data::ResourceMetrics};

use super::{
    core_source::CoreSource,
    family::{Family, families},
    format::Format,
    merge::Merge,
    metadata::target_info,
    source::Source,
    streams::Streams,
    write::Samples,
};
use crate::core::instruments::RegisteredInstrument;

/// Renders scrapes, and keeps from each to the next whatever does not change: names, labels, boundaries, the order of
/// families and series. What a scrape does not use is forgotten with it.
#[derive(Debug, Default)]
pub(crate) struct Exposition {
    own: Vec<CoreSource>,
    streams: Streams,
    /// The metrics that had values last, and their families.
    shown: Vec<SourceId>,
    families: Vec<Family<SourceId>>,
    /// Room for the metrics that have values now.
    present: Vec<SourceId>,
    merge: Merge,
    target: Target,
    /// How long the last scrape of each format was.
    lengths: [usize; 2],
}

/// Where a metric that has values is found.
#[derive(Clone, Copy, Debug, PartialEq)]
enum SourceId {
    Core(usize),
    /// The place among the streams, and which stream it is.
    Stream(usize, u64),
}

/// The family of the resource's attributes.
#[derive(Debug, Default)]
struct Target {
    resource: Option<Resource>,
    texts: [String; 2],
}

impl Exposition {
    /// `own` are the instruments that are read without the SDK.
    pub(crate) fn new(own: impl IntoIterator<Item = &'static dyn RegisteredInstrument>) -> Self {
        Self { own: own.into_iter().map(CoreSource::new).collect(), ..Self::default() }
    }

    /// Renders the values of this moment, and what the SDK has just collected, as one scrape.
    pub(crate) fn render(&mut self, metrics: &ResourceMetrics, format: Format) -> String {
        let Self { own, streams, present, .. } = self;
        streams.read(metrics, own);
        present.clear();
        for (nth, own) in own.iter_mut().enumerate() {
            if own.read() {
                present.push(SourceId::Core(nth));
            }
        }
        present.extend(streams.shown().map(|(nth, stream)| SourceId::Stream(nth, stream.id())));
        self.regroup();

        let Self { own, streams, families, merge, target, lengths, .. } = self;
        let length = &mut lengths[format as usize];
        // A little more, because numbers grow.
        let mut out = String::with_capacity(*length + *length / 32);
        out.push_str(target.text(metrics.resource(), format));
        let source = |shown: &SourceId| source(own, streams, *shown);
        for family in families {
            out.push_str(family.header(format));
            let Family { name, kind, sources, .. } = family;
            let mut samples = Samples { out: &mut out, format, family: name, kind: *kind };
            match sources.as_slice() {
                [only] if source(only).lines.are_distinct() => samples.source(source(only)),
                several => {
                    merge.write(&several.iter().map(source).collect::<Vec<_>>(), &mut samples);
                }
            }
        }
        if format == Format::OpenMetrics {
            out.push_str("# EOF\n");
        }
        *length = out.len();
        out
    }

    /// Forgets what is kept between scrapes.
    pub(crate) fn forget(&mut self) {
        *self = Self::new(self.own.iter().map(CoreSource::instrument));
    }

    /// Sorts into families what has values now, unless it is what had values last.
    fn regroup(&mut self) {
        let Self { own, streams, shown, families: arranged, present, .. } = self;
        if present != shown {
            let metrics =
                present.iter().map(|&shown| (shown, &source(own, streams, shown).metadata));
            *arranged = families(metrics.collect());
            std::mem::swap(present, shown);
        }
    }
}

fn source<'a>(own: &'a [CoreSource], streams: &'a Streams, shown: SourceId) -> &'a Source {
    match shown {
        SourceId::Core(nth) => own[nth].source(),
        SourceId::Stream(nth, _) => streams.get(nth).source(),
    }
}

impl Target {
    fn text(&mut self, resource: &Resource, format: Format) -> &str {
        if self.resource.as_ref() != Some(resource) {
            self.resource = Some(resource.clone());
            self.texts = [Format::OpenMetrics, Format::Text].map(|f| target_info(resource, f));
        }
        &self.texts[format as usize]
    }
}
