use std::{
    collections::{HashMap, hash_map::Entry},
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use osapi_metrics::instruments::Observation;
use reqwest::StatusCode;
use tokio::{
    sync::oneshot,
    task::{JoinError, spawn_blocking},
    time::timeout,
};
use tracing::{info, warn};

use super::{
    error::ModelError,
    files::Files,
    format::{MAX_BYTES, Model},
    index::Index,
};
use crate::{
    http_client::{HttpClient, HttpError},
    job::is_model_name,
    metrics::{CacheResult, DownloadResult, ModelMetrics},
};

/// Where models come from, and where they are kept.
#[derive(Clone, Debug)]
pub struct ModelCacheOptions {
    /// The address of the API: a model is at `{base}/models/{name}`.
    pub base: String,
    /// The folder of the files. Several processes can have the same.
    pub folder: PathBuf,
    /// The most bytes that the files may have together. A larger model is used and not kept.
    pub limit: u64,
    /// How long a download may take.
    pub download_timeout: Duration,
}

/// A cache of models on the disk. Clones share it.
///
/// Jobs that want the same model at the same time share one download. A file is checked each time
/// that it is read; one that is damaged is removed, and the model is downloaded again.
#[derive(Clone, Debug)]
pub struct ModelCache {
    shared: Arc<CacheState>,
}

#[derive(Debug)]
struct CacheState {
    options: ModelCacheOptions,
    http: HttpClient,
    files: Files,
    index: Index,
    loads: Mutex<HashMap<String, Load>>,
}

/// A load that goes on, for everybody who waits for it.
type Load = Shared<BoxFuture<'static, LoadResult>>;
type LoadResult = Result<(Arc<Model>, CacheResult), ModelError>;

impl ModelCache {
    /// Opens a cache, with the models that its folder has.
    ///
    /// # Errors
    /// The folder cannot be created or read.
    pub fn open(options: ModelCacheOptions, http: HttpClient) -> io::Result<Self> {
        let files = Files::open(options.folder.clone())?;
        let index = Index::default();
        for (name, bytes) in files.list()? {
            index.insert(&name, bytes);
        }
        let state = CacheState { options, http, files, index, loads: Mutex::default() };
        ModelMetrics::global().cache_evictions_total.add(state.evict());
        Ok(Self { shared: Arc::new(state) })
    }

    /// The model of this name, from the cache or by a download.
    ///
    /// A load goes on when this future is dropped, for others and for the cache.
    ///
    /// # Errors
    /// The model is not in the cache and cannot be downloaded.
    pub async fn get(&self, name: &str) -> Result<Arc<Model>, ModelError> {
        if !is_model_name(name) {
            return Err(ModelError::InvalidName { name: name.to_owned() });
        }
        let loaded = self.load(name).await;
        let result = loaded.as_ref().map_or(CacheResult::Miss, |(_, result)| *result);
        ModelMetrics::global().cache_requests_total.with(result).inc();
        loaded.map(|(model, _)| model)
    }

    /// Observes the size of the cache until the returned values are dropped.
    pub fn observe(&self) -> [Observation; 2] {
        let metrics = ModelMetrics::global();
        let (of_bytes, of_models) = (Arc::clone(&self.shared), Arc::clone(&self.shared));
        [
            metrics.cache_size_bytes.observe(move || of_bytes.index.bytes()),
            metrics.cache_models.observe(move || of_models.index.models()),
        ]
    }

    /// The load that goes on for this model, or a new one.
    fn load(&self, name: &str) -> Load {
        let (sender, receiver) = oneshot::channel();
        let load = match self.shared.loads().entry(name.to_owned()) {
            Entry::Occupied(running) => return running.get().clone(),
            Entry::Vacant(vacant) => {
                let load = receiver.map(|result| result.unwrap_or(Err(ModelError::Stopped)));
                vacant.insert(load.boxed().shared()).clone()
            }
        };
        let entry = LoadEntry { state: Arc::clone(&self.shared), name: name.to_owned() };
        tokio::spawn(async move {
            let result = entry.state.load(&entry.name).await;
            drop(entry);
            // Everybody may have stopped waiting.
            let _ = sender.send(result);
        });
        load
    }
}

/// Removes a load from the loads that go on, in whatever way it ends.
struct LoadEntry {
    state: Arc<CacheState>,
    name: String,
}

impl Drop for LoadEntry {
    fn drop(&mut self) {
        self.state.loads().remove(&self.name);
    }
}

/// What the cache has of a model.
enum Cached {
    Model(Model),
    Corrupt,
    Nothing,
}

impl CacheState {
    async fn load(self: &Arc<Self>, name: &str) -> LoadResult {
        let (state, owned) = (Arc::clone(self), name.to_owned());
        match spawn_blocking(move || state.read(&owned)).await.map_err(stopped)? {
            Cached::Model(model) => return Ok((Arc::new(model), CacheResult::Hit)),
            Cached::Corrupt => ModelMetrics::global().cache_corrupt_files_total.inc(),
            Cached::Nothing => {}
        }
        self.download(name).await.map(|model| (Arc::new(model), CacheResult::Miss))
    }

    /// Reads the file of a model, and removes it if it is damaged.
    fn read(&self, name: &str) -> Cached {
        if !self.index.use_now(name) {
            return Cached::Nothing;
        }
        let cached = match self.files.read(name).map(|bytes| Model::parse(name, &bytes)) {
            Ok(Ok(model)) => return Cached::Model(model),
            Ok(Err(defect)) => {
                warn!(model = name, %defect, "a cached file is damaged; downloading it again");
                self.files.remove(name);
                Cached::Corrupt
            }
            // Another process that has the folder removed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Cached::Nothing,
            Err(error) => {
                warn!(model = name, %error, "a file of the cache cannot be read");
                Cached::Nothing
            }
        };
        self.index.remove(name);
        cached
    }

    async fn download(self: &Arc<Self>, name: &str) -> Result<Model, ModelError> {
        let metrics = ModelMetrics::global();
        let begun = Instant::now();
        let ended = self.fetch(name).await;
        let result = match &ended {
            Ok(_) => DownloadResult::Completed,
            Err(ModelError::Corrupt { .. }) => DownloadResult::Corrupt,
            Err(_) => DownloadResult::Failed,
        };
        metrics.downloads_total.with(result).inc();
        if ended.is_ok() {
            metrics.download_duration_seconds.record_duration(begun.elapsed());
            info!(model = name, duration = ?begun.elapsed(), "downloaded a model");
        }
        ended
    }

    async fn fetch(self: &Arc<Self>, name: &str) -> Result<Model, ModelError> {
        let url = format!("{}/models/{name}", self.options.base.trim_end_matches('/'));
        let owned = || name.to_owned();
        let limit = self.options.download_timeout;
        let received = timeout(limit, self.http.get(&url, MAX_BYTES)).await;
        let bytes = match received {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(HttpError::Status { status: StatusCode::NOT_FOUND, .. })) => {
                return Err(ModelError::Missing { name: owned() });
            }
            Ok(Err(cause)) => return Err(ModelError::Download { name: owned(), cause }),
            Err(_) => return Err(ModelError::TimedOut { name: owned(), limit }),
        };
        ModelMetrics::global().download_bytes_total.add(bytes.len() as u64);
        let (state, name) = (Arc::clone(self), owned());
        let stored = spawn_blocking(move || match Model::parse(&name, &bytes) {
            Ok(model) => Ok((model, state.store(&name, &bytes))),
            Err(defect) => Err(ModelError::Corrupt { name, defect }),
        });
        let (model, evicted) = stored.await.map_err(stopped)??;
        ModelMetrics::global().cache_evictions_total.add(evicted);
        Ok(model)
    }

    /// Keeps a model, and returns how many others were removed for it. Where it cannot be kept, the
    /// next job downloads it again.
    fn store(&self, name: &str, bytes: &[u8]) -> u64 {
        let length = bytes.len() as u64;
        if length > self.options.limit {
            return 0;
        }
        if let Err(error) = self.files.write(name, bytes) {
            warn!(model = name, %error, "a model cannot be kept in the cache");
            return 0;
        }
        self.index.insert(name, length);
        self.evict()
    }

    fn evict(&self) -> u64 {
        let evicted = self.index.evict(self.options.limit);
        for name in &evicted {
            self.files.remove(name);
        }
        evicted.len() as u64
    }

    fn loads(&self) -> MutexGuard<'_, HashMap<String, Load>> {
        self.loads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread that reads a file ends early only when the program does.
fn stopped(_: JoinError) -> ModelError {
    ModelError::Stopped
}
