use std::sync::Arc;

use super::{
    exemplar::oversized,
    family::{Family, families},
    format::Format,
    merge::Merge,
    metadata::{TARGET, TARGET_SUFFIX, target_info},
    name_filter::NameFilter,
    protobuf::{Messages, Scratch, target_info as target_message},
    scrape_format::ScrapeFormat,
    settings::ExpositionSettings,
    source::{Source, Sources},
    write::{FamilyWriter, Samples},
};
use crate::core::{
    self_metrics::left_out_exemplars,
    snapshot::{Resource, Snapshot, Values},
};

/// Renders scrapes, and caches the parts that do not change between scrapes: names, labels,
/// boundaries, the order of families and series. A scrape drops the parts that it does not use.
#[derive(Debug, Default)]
pub(crate) struct Exposition {
    settings: ExpositionSettings,
    sources: Sources,
    /// The metrics that had values in the last scrape, and their families.
    last: Vec<SourceId>,
    families: Vec<Family<SourceId>>,
    /// The metrics that have values in this scrape.
    current: Vec<SourceId>,
    merge: Merge,
    target: Target,
    /// The length of the last scrape of all families in each format.
    lengths: [usize; ScrapeFormat::COUNT],
    scratch: Scratch,
}

/// A metric that has values: its position in the snapshot, and the id of its source.
#[derive(Clone, Copy, Debug, PartialEq)]
struct SourceId(usize, u64);

/// The family of the resource's attributes.
#[derive(Debug, Default)]
struct Target {
    resource: Option<Arc<Resource>>,
    texts: [String; 2],
}

impl Exposition {
    pub(crate) fn new(settings: ExpositionSettings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Renders the families of a snapshot that the filter has as one scrape in a text format.
    pub(crate) fn render(
        &mut self,
        snapshot: &Snapshot,
        format: Format,
        filter: &NameFilter,
    ) -> String {
        self.follow(snapshot);
        let capacity = self.capacity(ScrapeFormat::Text(format), filter);
        let Self { settings, sources, families, merge, target, .. } = self;
        let has_created = settings.created_samples && format == Format::OpenMetrics;
        let mut out = String::with_capacity(capacity);
        if filter.has(TARGET, &["", TARGET_SUFFIX]) {
            out.push_str(target.text(&snapshot.resource, format));
        }
        for family in shown(families, filter) {
            out.push_str(family.header(format));
            let Family { name, kind, sources: series, .. } = family;
            let mut samples =
                Samples { out: &mut out, format, family: name, kind: *kind, has_created };
            write(series, sources, snapshot, merge, &mut samples);
        }
        if format == Format::OpenMetrics {
            out.push_str("# EOF\n");
        }
        self.remember(ScrapeFormat::Text(format), filter, out.len());
        out
    }

    /// Encodes the families of a snapshot that the filter has as one scrape in the protobuf format.
    pub(crate) fn encode(&mut self, snapshot: &Snapshot, filter: &NameFilter) -> Vec<u8> {
        self.follow(snapshot);
        let capacity = self.capacity(ScrapeFormat::Protobuf, filter);
        let Self { sources, families, merge, scratch, .. } = self;
        let mut out = Vec::with_capacity(capacity);
        if filter.has(TARGET, &["", TARGET_SUFFIX]) {
            target_message(&snapshot.resource, &mut out);
        }
        for family in shown(families, filter) {
            let mut messages = Messages::of(family, scratch);
            write(&family.sources, sources, snapshot, merge, &mut messages);
            messages.end(&mut out);
        }
        self.remember(ScrapeFormat::Protobuf, filter, out.len());
        out
    }

    /// Brings what is kept in line with a snapshot.
    fn follow(&mut self, snapshot: &Snapshot) {
        let Self { settings, sources, current, .. } = self;
        sources.follow(snapshot, settings.scope_labels);
        current.clear();
        for (nth, metric) in snapshot.metrics.iter().enumerate() {
            if (0..metric.values.len()).any(|position| metric.values.has(position)) {
                current.push(SourceId(nth, sources.get(nth).id));
            }
        }
        self.regroup();
    }

    /// A little more than the last length, because numbers grow.
    fn capacity(&self, format: ScrapeFormat, filter: &NameFilter) -> usize {
        let length = self.lengths[format.index()];
        if filter.is_all() { length + length / 32 } else { 0 }
    }

    fn remember(&mut self, format: ScrapeFormat, filter: &NameFilter, length: usize) {
        if filter.is_all() {
            self.lengths[format.index()] = length;
        }
    }

    /// Groups the metrics that have values now into families, unless the same metrics had values
    /// last.
    fn regroup(&mut self) {
        let Self { sources, last, families: regrouped, current, .. } = self;
        if current != last {
            let metrics = current.iter().map(|&id| (id, sources.get(id.0)));
            *regrouped = families(metrics.collect());
            std::mem::swap(current, last);
        }
    }
}

/// The families that a filter has.
fn shown<'a>(
    families: &'a mut [Family<SourceId>],
    filter: &NameFilter,
) -> impl Iterator<Item = &'a mut Family<SourceId>> {
    families.iter_mut().filter(|family| filter.has_family(&family.name, family.kind))
}

/// Writes the series of a family.
fn write(
    series: &[SourceId],
    sources: &Sources,
    snapshot: &Snapshot,
    merge: &mut Merge,
    writer: &mut impl FamilyWriter,
) {
    let metric = |SourceId(nth, _): &SourceId| -> (&Source, &Values) {
        (sources.get(*nth), &snapshot.metrics[*nth].values)
    };
    match series {
        [only] if metric(only).0.prefixes.are_distinct() => {
            let (source, values) = metric(only);
            let exemplars = &snapshot.metrics[only.0].exemplars;
            writer.source(source, values, exemplars);
            if writer.has_exemplars() {
                left_out_exemplars(oversized(exemplars));
            }
        }
        several => merge.write(&several.iter().map(metric).collect::<Vec<_>>(), writer),
    }
}

impl Target {
    fn text(&mut self, resource: &Arc<Resource>, format: Format) -> &str {
        if !self.resource.as_ref().is_some_and(|known| Arc::ptr_eq(known, resource)) {
            self.resource = Some(Arc::clone(resource));
            self.texts = [Format::OpenMetrics, Format::Text].map(|f| target_info(resource, f));
        }
        &self.texts[format as usize]
    }
}
