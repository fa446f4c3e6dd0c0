use std::sync::Arc;

use super::{
    family::{Family, families},
    format::Format,
    merge::Merge,
    metadata::{TARGET, TARGET_SUFFIX, target_info},
    name_filter::NameFilter,
    settings::ExpositionSettings,
    source::{Source, Sources},
    write::Samples,
};
use crate::core::snapshot::{Resource, Snapshot, Values};

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
    lengths: [usize; 2],
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

    /// Renders the families of a snapshot that the filter has as one scrape.
    pub(crate) fn render(
        &mut self,
        snapshot: &Snapshot,
        format: Format,
        filter: &NameFilter,
    ) -> String {
        let Self { settings, sources, current, .. } = self;
        sources.follow(snapshot, settings.scope_labels);
        current.clear();
        for (nth, metric) in snapshot.metrics.iter().enumerate() {
            if (0..metric.values.len()).any(|position| metric.values.has(position)) {
                current.push(SourceId(nth, sources.get(nth).id));
            }
        }
        self.regroup();

        let Self { settings, sources, families, merge, target, lengths, .. } = self;
        let has_created = settings.created_samples && format == Format::OpenMetrics;
        let length = &mut lengths[format as usize];
        // A little more than the last length, because numbers grow.
        let capacity = if filter.is_all() { *length + *length / 32 } else { 0 };
        let mut out = String::with_capacity(capacity);
        if filter.has(TARGET, &["", TARGET_SUFFIX]) {
            out.push_str(target.text(&snapshot.resource, format));
        }
        let metric = |SourceId(nth, _): &SourceId| -> (&Source, &Values) {
            (sources.get(*nth), &snapshot.metrics[*nth].values)
        };
        let is_shown = |family: &&mut Family<_>| filter.has_family(&family.name, family.kind);
        for family in families.iter_mut().filter(is_shown) {
            out.push_str(family.header(format));
            let Family { name, kind, sources, .. } = family;
            let mut samples =
                Samples { out: &mut out, format, family: name, kind: *kind, has_created };
            match sources.as_slice() {
                [only] if metric(only).0.prefixes.are_distinct() => {
                    let (source, values) = metric(only);
                    samples.source(source, values, &snapshot.metrics[only.0].exemplars);
                }
                several => {
                    merge.write(&several.iter().map(metric).collect::<Vec<_>>(), &mut samples);
                }
            }
        }
        if format == Format::OpenMetrics {
            out.push_str("# EOF\n");
        }
        if filter.is_all() {
            *length = out.len();
        }
        out
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

impl Target {
    fn text(&mut self, resource: &Arc<Resource>, format: Format) -> &str {
        if !self.resource.as_ref().is_some_and(|known| Arc::ptr_eq(known, resource)) {
            self.resource = Some(Arc::clone(resource));
            self.texts = [Format::OpenMetrics, Format::Text].map(|f| target_info(resource, f));
        }
        &self.texts[format as usize]
    }
}
