use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use opentelemetry_sdk::metrics::data::ResourceMetrics;

use super::{
    core_source::CoreSource,
    stream::{MetricRef, Stream},
};

/// The metrics that the SDK collects, recognised from scrape to scrape.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// The streams of the current scrape, in the order of the SDK's data.
    current: Vec<Stream>,
    /// The streams of the last scrape during a read; empty otherwise.
    known: HashTable<Stream>,
    hasher: DefaultHashBuilder,
    ids: u64,
}

impl Streams {
    /// Reads the data that the SDK collected. Streams of the last scrape that are not in the data
    /// are dropped.
    pub(super) fn read(&mut self, metrics: &ResourceMetrics, core: &[CoreSource]) {
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
            scope.metrics().map(move |metric| MetricRef { scope: name, version, metric })
        });
        for collected in collected {
            let MetricRef { scope, version, metric } = collected;
            let hash = hasher.hash_one((scope, version, metric.name()));
            let found = known.find_entry(hash, |stream| stream.is(collected));
            let mut stream = found.map_or_else(
                |_| {
                    *ids += 1;
                    Stream::new(*ids, collected, core)
                },
                |known| known.remove().0,
            );
            stream.read(metric);
            current.push(stream);
        }
        known.clear();
    }

    /// The streams that a scrape shows.
    pub(super) fn visible(&self) -> impl Iterator<Item = (usize, &Stream)> {
        self.current.iter().enumerate().filter(|(_, stream)| !stream.is_core())
    }

    pub(super) fn get(&self, nth: usize) -> &Stream {
        &self.current[nth]
    }
}
