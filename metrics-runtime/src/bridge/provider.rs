use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use opentelemetry::{KeyValue, metrics::MeterProvider};
use opentelemetry_sdk::{
    error::OTelSdkError,
    metrics::{Instrument, SdkMeterProvider, data::ResourceMetrics},
};

use super::{
    attachment::{Attachment, detach, scope},
    build_info,
    created::CreatedInstruments,
    experimental::PullReader,
    resource::{resource, sdk_resource},
    views::{AddReader, ForOthers, View, ViewMatches, limits},
};
use crate::{
    config::MetricsConfig,
    core::{
        instruments::{RegisteredHistogram, RegisteredInstrument},
        registry::instruments,
        snapshot::{ConstantLabels, MetricIdentity, MetricSnapshot, Resource},
        storage::SinkId,
    },
};

/// The SDK's provider of one runtime.
pub(crate) struct Bridge {
    id: SinkId,
    sdk: SdkMeterProvider,
    reader: PullReader,
    resource: Arc<Resource>,
    constants: Arc<ConstantLabels>,
    /// Absent if a view of the user changes it.
    build_info: Option<MetricSnapshot>,
    /// The instruments that snapshots read without the SDK.
    direct: Vec<&'static dyn RegisteredInstrument>,
    /// Their identities, if they are in the SDK too.
    duplicates: Vec<MetricIdentity>,
    created: CreatedInstruments,
    /// Whether the user has added readers.
    has_readers: bool,
}

/// The input of a bridge.
pub(crate) struct BridgeSetup<'a> {
    /// Gives the resource, the constant labels, the boundaries that replace the declared ones, and
    /// the series limit and the buckets of instruments of other libraries.
    pub(crate) config: &'a MetricsConfig,
    /// The readers of the user.
    pub(crate) readers: Vec<AddReader>,
    /// The views of the user.
    pub(crate) views: Vec<View>,
}

impl Bridge {
    /// Builds the provider, and attaches the instruments that a reader or a view of the user asks
    /// for.
    pub(crate) fn start(setup: BridgeSetup<'_>) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(1);

        let BridgeSetup { config, readers, views } = setup;
        let sdk_resource = sdk_resource(config);
        let build = build_info::of(&sdk_resource);
        let (reader, has_readers) = (PullReader::new(), !readers.is_empty());
        let resource = Arc::new(resource(&sdk_resource));
        let constants = config.constant_labels.iter();
        let constants = ConstantLabels::new(constants.map(|(key, text)| (&**key, &**text)));
        let mut builder =
            SdkMeterProvider::builder().with_resource(sdk_resource).with_reader(reader.clone());
        builder = readers.into_iter().fold(builder, |builder, add| add(builder));
        for view in views.iter().cloned() {
            builder = builder.with_view(move |instrument: &Instrument| {
                // Views must not drop the instrument without values.
                if instrument.name() == CATCH_UP { None } else { view(instrument) }
            });
        }
        let matches = ViewMatches::of(&views, instruments());
        let created = CreatedInstruments::default();
        let for_others = ForOthers {
            series_limit: config.cardinality_limit,
            has_exponential: config.prefers_native(),
        };
        let limits = limits(for_others, views, created.clone());
        let sdk = builder.with_view(limits).build();

        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut bridge = Self {
            id,
            sdk,
            reader,
            resource,
            constants: Arc::new(constants),
            build_info: None,
            direct: Vec::new(),
            duplicates: Vec::new(),
            created,
            has_readers,
        };
        let mut with_views = bridge.add_build_info(build, matches.build_info);
        let mut histograms = Vec::new();
        for instrument in instruments() {
            let has_view = matches.contain(instrument);
            if has_view || has_readers {
                bridge.attach(instrument, config, has_view);
                histograms.extend(instrument.histogram());
            }
            if has_view {
                with_views.push(MetricIdentity::of(instrument.descriptor()));
            } else {
                bridge.direct.push(instrument);
                if has_readers {
                    bridge.duplicates.push(MetricIdentity::of(instrument.descriptor()));
                }
            }
        }
        catch_up_before_reading(&bridge.sdk, histograms);
        bridge.created.reset(with_views);
        bridge
    }

    /// Adds the build, and returns it if snapshots read it from the SDK.
    fn add_build_info(&mut self, build: [KeyValue; 3], has_view: bool) -> Vec<MetricIdentity> {
        let snapshot = build_info::snapshot(&build);
        let identity = (*snapshot.identity).clone();
        if has_view || self.has_readers {
            build_info::observe(&self.sdk, build);
        }
        if has_view {
            return vec![identity];
        }
        self.duplicates.extend(self.has_readers.then_some(identity));
        self.build_info = Some(snapshot);
        Vec::new()
    }

    fn attach(
        &self,
        instrument: &'static dyn RegisteredInstrument,
        config: &MetricsConfig,
        has_view: bool,
    ) {
        let descriptor = instrument.descriptor();
        let attachment = Attachment {
            id: self.id,
            has_readers: self.has_readers,
            is_direct: !has_view,
            meter: &self.sdk.meter_with_scope(scope(descriptor)),
            buckets: config.buckets_of(descriptor.name, descriptor.prometheus_name()),
        };
        attachment.attach(instrument);
    }

    pub(crate) fn id(&self) -> SinkId {
        self.id
    }

    /// Detaches every instrument from this provider.
    pub(crate) fn detach(&self) {
        for instrument in instruments() {
            detach(instrument, self.id);
        }
    }

    /// The instruments that snapshots read without the SDK.
    pub(crate) fn direct(&self) -> impl Iterator<Item = &'static dyn RegisteredInstrument> {
        self.direct.iter().copied()
    }

    /// The build, unless a view of the user changes it.
    pub(crate) fn build_info(&self) -> Option<&MetricSnapshot> {
        self.build_info.as_ref()
    }

    pub(crate) fn resource(&self) -> &Arc<Resource> {
        &self.resource
    }

    /// The labels that snapshots have for every series.
    pub(crate) fn constants(&self) -> &Arc<ConstantLabels> {
        &self.constants
    }

    pub(crate) fn sdk(&self) -> &SdkMeterProvider {
        &self.sdk
    }

    /// Collects what the SDK has: instruments of other libraries, instruments with a view of the
    /// user, and what other readers left behind of the instruments that snapshots read without the
    /// SDK, which [`is_duplicate`](Self::is_duplicate) recognises.
    pub(crate) fn collect(&self) -> Result<ResourceMetrics, OTelSdkError> {
        self.reader.read(self.has_readers)
    }

    /// The instruments that [`collect`](Self::collect) is for, beyond a number that is known
    /// already, under the names that they were created with.
    pub(crate) fn created_beyond(&self, known: usize) -> Vec<MetricIdentity> {
        self.created.beyond(known)
    }

    pub(crate) fn is_duplicate(&self, metric: &MetricIdentity) -> bool {
        self.duplicates.contains(metric)
    }
}

/// The name of an instrument that has a callback and no values.
const CATCH_UP: &str = "osapi.metrics.catch_up";

/// Adds an instrument whose callback passes on the samples that histograms have not passed to the
/// SDK yet. A collection runs callbacks before it reads. The instrument has no value, so it is not
/// exported.
fn catch_up_before_reading(sdk: &SdkMeterProvider, histograms: Vec<RegisteredHistogram>) {
    if histograms.is_empty() {
        return;
    }
    let meter = sdk.meter(env!("CARGO_PKG_NAME"));
    let builder = meter.u64_observable_counter(CATCH_UP);
    let catch_up = move || histograms.iter().for_each(|histogram| histogram.catch_up());
    let _ = builder.with_callback(move |_| catch_up()).build();
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridge").field("id", &self.id).finish_non_exhaustive()
    }
}
