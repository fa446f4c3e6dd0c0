use std::{sync::Arc, time::SystemTime};

use osapi_metrics_explorer::ProcessInfo;

use crate::{
    bridge::Bridge,
    collection::{Collector, label_text},
    config::{ExplorerHistory, MetricsConfig},
    core::{catalogue::Catalogue, snapshot::Resource, storage::AttributeRef},
    explorer::{Explorer, ExplorerSetup},
    http::ExplorerSource,
    runtime::error::InstallError,
};

/// An explorer that is ready to start.
#[derive(Debug)]
pub(in crate::runtime) struct PreparedExplorer {
    is_on: bool,
    history: ExplorerHistory,
}

/// The explorer of a runtime; absent if it is off.
#[derive(Debug)]
pub(in crate::runtime) struct RunningExplorer(Option<Explorer>);

#[expect(clippy::unnecessary_wraps, reason = "without the feature it can fail")]
pub(in crate::runtime) fn prepare(
    config: &MetricsConfig,
) -> Result<PreparedExplorer, InstallError> {
    let is_on = config.explorer.unwrap_or_default();
    Ok(PreparedExplorer { is_on, history: config.explorer_history })
}

impl PreparedExplorer {
    pub(in crate::runtime) fn start(
        self,
        bridge: &Arc<Bridge>,
        catalogue: &Catalogue,
    ) -> RunningExplorer {
        let process = process_of(bridge.resource());
        let bridge = Arc::clone(bridge);
        let setup = || ExplorerSetup {
            collector: Box::new(move || Collector::new(Arc::clone(&bridge))),
            catalogue: catalogue.clone(),
            history: self.history,
        };
        RunningExplorer(self.is_on.then(|| Explorer::new(process, setup())))
    }
}

impl RunningExplorer {
    /// The explorer of a runtime without metrics.
    pub(in crate::runtime) fn without_metrics() -> Self {
        Self(None)
    }

    pub(in crate::runtime) fn source(&self) -> ExplorerSource {
        self.0.clone()
    }

    /// Ends what the explorer runs and what it sends.
    pub(in crate::runtime) fn end(&self) {
        if let Some(explorer) = &self.0 {
            explorer.end();
        }
    }
}

/// The process that is installed now.
fn process_of(resource: &Resource) -> ProcessInfo {
    let text = |key: &str| {
        let found = resource.attributes.iter().find(|(known, _)| **known == *key);
        found
            .map(|(_, value)| label_text(AttributeRef::Other(value)).into_owned())
            .unwrap_or_default()
    };
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let started_ms = u64::try_from(since.as_millis()).unwrap_or_default();
    ProcessInfo::new(
        text("service.name"),
        text("service.version"),
        text("service.instance.id"),
        started_ms,
    )
}
