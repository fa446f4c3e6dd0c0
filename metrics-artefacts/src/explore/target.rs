//! One process: what it exposes now, and its catalogue.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use osapi_metrics::catalogue::document::CatalogueDocument;
use osapi_metrics_rules::excerpt::ShownAddress;

use super::{
    declared::Declared,
    families::{self, Family},
    notice::Notice,
};
use crate::{
    bearer::BearerToken,
    catalogue::{CatalogueSource, Catalogues},
    exposition::Format,
    web::{Answer, Client},
};

/// How long a catalogue is taken for that of the process. A process of another version may have
/// taken the place of the first one.
const CATALOGUE_AGE: Duration = Duration::from_secs(60);

/// A process that is shown.
pub(super) struct Target {
    url: String,
    /// The label of its series.
    pub(super) instance: String,
    client: Client,
    token: Option<BearerToken>,
    /// What catalogues of a person declare; absent if the process is asked.
    given: Option<Arc<Declared>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_up: Option<bool>,
    families: Option<Arc<[Family]>>,
    /// The names of the metrics that were recorded, as catalogues have them.
    recorded: BTreeSet<String>,
    catalogue: Option<Asked>,
}

/// What the process has said when it was asked for its catalogue.
struct Asked {
    at: Instant,
    /// Whether the process did not answer since then, so that another version may run now.
    is_stale: bool,
    document: Option<Arc<CatalogueDocument>>,
    declared: Arc<Declared>,
}

impl Target {
    pub(super) fn new(
        url: String,
        instance: String,
        patience: Duration,
        token: Option<BearerToken>,
        given: Option<Arc<Declared>>,
    ) -> Self {
        let client = Client::new(patience);
        Self { url, instance, client, token, given, state: Mutex::default() }
    }

    /// What the process exposes now; absent while it does not answer.
    pub(super) fn families(&self) -> Option<Arc<[Family]>> {
        self.state().families.clone()
    }

    /// The catalogue that the process has shown.
    pub(super) fn document(&self) -> Option<Arc<CatalogueDocument>> {
        self.state().catalogue.as_ref()?.document.clone()
    }

    /// Adds the names of the metrics that were recorded here.
    pub(super) fn add_recorded(&self, names: &mut BTreeSet<String>) {
        names.extend(self.state().recorded.iter().cloned());
    }

    /// The name of the service, as it says itself.
    pub(super) fn service(&self) -> Option<String> {
        let families = self.families()?;
        let info = families.iter().find(|family| family.name == "target_info")?;
        let name = |(key, value): &(String, String)| (key == "service_name").then(|| value.clone());
        info.series.keys().flatten().find_map(name)
    }

    /// Asks the process.
    pub(super) fn ask(&self, notify: &dyn Fn(&Notice)) {
        let answer = self.client.ask(&self.url, &[], Format::ACCEPT, self.token.as_ref());
        let answer = answer.map_err(|error| error.to_string());
        let read = answer.and_then(|answer| self.read(&answer, &self.declared(notify)));
        let mut state = self.state();
        let was_up = state.is_up.replace(read.is_ok());
        let notice = match read {
            Ok(families) => {
                for family in families.iter().filter(|family| family.is_recorded()) {
                    if !state.recorded.contains(&family.name) {
                        state.recorded.insert(family.name.clone());
                    }
                }
                state.families = Some(families.into());
                let back = || Notice::Back { url: ShownAddress(&self.url).to_string() };
                (was_up == Some(false)).then(back)
            }
            Err(problem) => {
                state.families = None;
                if let Some(asked) = &mut state.catalogue {
                    asked.is_stale = true;
                }
                (was_up != Some(false)).then_some(Notice::Away { problem })
            }
        };
        drop(state);
        if let Some(notice) = notice {
            notify(&notice);
        }
    }

    /// What the process declares. It answers, so that it can be asked.
    fn declared(&self, notify: &dyn Fn(&Notice)) -> Arc<Declared> {
        if let Some(given) = &self.given {
            return Arc::clone(given);
        }
        if let Some(asked) = &self.state().catalogue
            && !asked.is_stale
            && asked.at.elapsed() < CATALOGUE_AGE
        {
            return Arc::clone(&asked.declared);
        }
        let loaded = CatalogueSource::Url(catalogue_of(&self.url)).load(self.token.as_ref());
        let mut state = self.state();
        let is_first = state.catalogue.is_none();
        let before = state.catalogue.take().and_then(|asked| asked.document);
        let (document, problem) = match loaded {
            Ok(document) if before.as_deref() == Some(&document) => (before, None),
            Ok(document) => (Some(Arc::new(document)), None),
            Err(error) => (before, Some(error.to_string())),
        };
        let catalogues =
            Catalogues::of(document.iter().map(|document| (**document).clone()).collect());
        let declared = Arc::new(Declared::of(&catalogues));
        let asked = Asked {
            at: Instant::now(),
            is_stale: false,
            document,
            declared: Arc::clone(&declared),
        };
        state.catalogue = Some(asked);
        drop(state);
        if let Some(problem) = problem.filter(|_| is_first) {
            notify(&Notice::NoCatalogue { problem });
        }
        declared
    }

    fn read(&self, answer: &Answer, declared: &Declared) -> Result<Vec<Family>, String> {
        let format = Format::of_content_type(&answer.content_type);
        let read = families::read(&answer.body, format, declared);
        read.map_err(|error| format!("{}: {error}", ShownAddress(&self.url)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The address of the catalogue of a process, below that of its metrics.
fn catalogue_of(url: &str) -> String {
    let metrics = url.split(['?', '#']).next().unwrap_or_default();
    format!("{}/catalogue", metrics.trim_end_matches('/'))
}
