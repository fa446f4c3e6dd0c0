use opentelemetry_sdk::{Resource, metrics::data::ResourceMetrics};

use super::{
    core_source::CoreSource,
    family::{Family, families},
    format::Format,
    merge::Merge,
    metadata::target_info,
    source::SampleSource,
    streams::Streams,
    write::Samples,
};
use crate::core::instruments::RegisteredInstrument;

/// Renders scrapes, and caches the parts that do not change between scrapes: names, labels,
/// boundaries, the order of families and series. A scrape drops the parts that it does not use.
#[derive(Debug, Default)]
pub(crate) struct Exposition {
    core: Vec<CoreSource>,
    streams: Streams,
    /// The metrics that had values in the last scrape, and their families.
    last: Vec<SourceId>,
    families: Vec<Family<SourceId>>,
    /// The metrics that have values in this scrape.
    current: Vec<SourceId>,
    merge: Merge,
    target: Target,
    /// The length of the last scrape of each format.
    lengths: [usize; 2],
}

/// The source of a metric that has values.
#[derive(Clone, Copy, Debug, PartialEq)]
enum SourceId {
    Core(usize),
    /// The position among the streams, and the id of the stream.
    Stream(usize, u64),
}

/// The family of the resource's attributes.
#[derive(Debug, Default)]
struct Target {
    resource: Option<Resource>,
    texts: [String; 2],
}

impl Exposition {
    /// `core` are the instruments that are read without the SDK.
    pub(crate) fn new(core: impl IntoIterator<Item = &'static dyn RegisteredInstrument>) -> Self {
        Self { core: core.into_iter().map(CoreSource::new).collect(), ..Self::default() }
    }

    /// Renders the current values of the core instruments, and the data that the SDK has just
    /// collected, as one scrape.
    pub(crate) fn render(&mut self, metrics: &ResourceMetrics, format: Format) -> String {
        let Self { core, streams, current, .. } = self;
        streams.read(metrics, core);
        current.clear();
        for (nth, source) in core.iter_mut().enumerate() {
            if source.read() {
                current.push(SourceId::Core(nth));
            }
        }
        current.extend(streams.visible().map(|(nth, stream)| SourceId::Stream(nth, stream.id())));
        self.regroup();

        let Self { core, streams, families, merge, target, lengths, .. } = self;
        let length = &mut lengths[format as usize];
        // A little more than the last length, because numbers grow.
        let mut out = String::with_capacity(*length + *length / 32);
        out.push_str(target.text(metrics.resource(), format));
        let source = |id: &SourceId| source(core, streams, *id);
        for family in families {
            out.push_str(family.header(format));
            let Family { name, kind, sources, .. } = family;
            let mut samples = Samples { out: &mut out, format, family: name, kind: *kind };
            match sources.as_slice() {
                [only] if source(only).prefixes.are_distinct() => samples.source(source(only)),
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

    /// Drops everything that is cached between scrapes.
    pub(crate) fn forget(&mut self) {
        *self = Self::new(self.core.iter().map(CoreSource::instrument));
    }

    /// Groups the metrics that have values now into families, unless the same metrics had values
    /// last.
    fn regroup(&mut self) {
        let Self { core, streams, last, families: regrouped, current, .. } = self;
        if current != last {
            let metrics = current.iter().map(|&id| (id, &source(core, streams, id).metadata));
            *regrouped = families(metrics.collect());
            std::mem::swap(current, last);
        }
    }
}

fn source<'a>(core: &'a [CoreSource], streams: &'a Streams, id: SourceId) -> &'a SampleSource {
    match id {
        SourceId::Core(nth) => core[nth].source(),
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
