use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use opentelemetry_sdk::metrics::data::ResourceMetrics;

use super::{
    core_source::CoreSource,
    stream::{Collected, Stream},
};

/// What the SDK collects, known again from scrape to scrape.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// Those of the scrape that runs, in the order in which the SDK gave them.
    current: Vec<Stream>,
    /// Room for those of the last one, to find them among.
    known: HashTable<Stream>,
    hasher: DefaultHashBuilder,
    ids: u64,
}

impl Streams {
    /// Takes what was collected. What the last scrape had and this one does not is forgotten.
    pub(super) fn read(&mut self, metrics: &ResourceMetrics, own: &[CoreSource]) {
        let Self { current, known, hasher, ids } = self;
        for stream in current.drain(..) {
            let hash = |stream: &Stream| {
                let metadata = &stream.source().metadata;
                hasher.hash_one((&*metadata.scope, metadata.version.as_deref(), &*metadata.name))
            };
            known.insert_unique(hash(&stream), stream, hash);
        }
        let collected = metrics.scope_metrics().flat_map(|scope| {
            let (name, version) = (scope.scope().name(), scope.scope().version());
            scope.metrics().map(move |metric| Collected { scope: name, version, metric })
        });
        for collected in collected {
            let Collected { scope, version, metric } = collected;
            let hash = hasher.hash_one((scope, version, metric.name()));
            let found = known.find_entry(hash, |stream| stream.is(collected));
            let mut stream = found.map_or_else(
                |_| {
                    *ids += 1;
                    Stream::new(*ids, collected, own)
                },
                |known| known.remove().0,
            );
            stream.read(metric);
            current.push(stream);
        }
        known.clear();
    }

    /// The streams that a scrape shows.
    pub(super) fn shown(&self) -> impl Iterator<Item = (usize, &Stream)> {
        self.current.iter().enumerate().filter(|(_, stream)| !stream.is_own())
    }

    pub(super) fn get(&self, nth: usize) -> &Stream {
        &self.current[nth]
    }
}
