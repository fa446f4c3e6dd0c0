//! The models of the workers of a process, and what their connectors need beside them.

use std::{path::Path, time::Duration};

use osapi_common::folder::TemporaryFolder;
use osapi_metrics::instruments::Observation;

use super::error::StartError;
use crate::{
    connectors::Connectors,
    http_client::HttpClient,
    models::{ModelCache, ModelCacheOptions},
};

/// How long another service may be silent.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the download of a model may take.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(30);

/// The most bytes of models on the disk.
const CACHE_BYTES: u64 = 64 << 20;

/// The most bytes that the output of a job may have in memory.
const MEMORY_LIMIT: u64 = 256 << 20;

/// The models of a process, and the connectors that use them.
#[derive(Debug)]
pub(super) struct ModelStore {
    pub(super) connectors: Connectors,
    _observations: [Observation; 2],
    /// The last field, because the cache is in the folder.
    _folder: Option<TemporaryFolder>,
}

impl ModelStore {
    /// Models of the API at this address, in this folder or in a temporary one.
    pub(super) fn open(api: &str, folder: Option<&Path>) -> Result<Self, StartError> {
        let (folder, temporary) = match folder {
            Some(folder) => (folder.to_owned(), None),
            None => {
                let temporary = TemporaryFolder::create("job-queue-models-")?;
                (temporary.path().join("models"), Some(temporary))
            }
        };
        let http = HttpClient::new(RESPONSE_TIMEOUT)?;
        let options = ModelCacheOptions {
            base: api.trim_end_matches('/').to_owned(),
            folder: folder.clone(),
            limit: CACHE_BYTES,
            download_timeout: DOWNLOAD_TIMEOUT,
        };
        let models = ModelCache::open(options, http.clone())
            .map_err(|cause| StartError::Models { folder, cause })?;
        let observations = models.observe();
        let connectors = Connectors { http, models, memory_limit: MEMORY_LIMIT };
        Ok(Self { connectors, _observations: observations, _folder: temporary })
    }
}
