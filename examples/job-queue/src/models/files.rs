//! The files of the cache: one for each model.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use osapi_metrics::regular_file;
use tempfile::NamedTempFile;

use super::format::MAX_BYTES;
use crate::job::is_model_name;

const EXTENSION: &str = "model";
const TEMPORARY: &str = ".download-";
/// A file that is being written is not older.
const ABANDONED: Duration = Duration::from_secs(3_600);

#[derive(Clone, Debug)]
pub(super) struct Files {
    folder: PathBuf,
}

impl Files {
    /// Creates the folder where it is missing.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// The names and sizes of the models in the folder, those that were written first in front.
    /// Removes what a process that was killed has left.
    pub(super) fn list(&self) -> io::Result<Vec<(String, u64)>> {
        let mut models = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            // Another process that has the folder may remove files now.
            let Ok(metadata) = path.metadata() else { continue };
            let written = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if is_temporary(&path) {
                if written.elapsed().is_ok_and(|age| age > ABANDONED) {
                    let _ = fs::remove_file(&path);
                }
            } else if let Some(name) = model_name(&path) {
                models.push((written, name.to_owned(), metadata.len()));
            }
        }
        models.sort();
        Ok(models.into_iter().map(|(_, name, bytes)| (name, bytes)).collect())
    }

    pub(super) fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        regular_file::read(&self.path(name), MAX_BYTES)
    }

    /// Writes a model. Whoever reads it at the same time reads the former file or the new one.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = NamedTempFile::with_prefix_in(TEMPORARY, &self.folder)?;
        file.write_all(bytes)?;
        file.persist(self.path(name))?;
        Ok(())
    }

    /// Removes a model; it may be gone already.
    pub(super) fn remove(&self, name: &str) {
        if let Err(error) = fs::remove_file(self.path(name))
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(model = name, %error, "a file of the cache cannot be removed");
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension(EXTENSION)
    }
}

fn is_temporary(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(TEMPORARY))
}

fn model_name(path: &Path) -> Option<&str> {
    if path.extension()? != EXTENSION {
        return None;
    }
    path.file_stem()?.to_str().filter(|name| is_model_name(name))
}
