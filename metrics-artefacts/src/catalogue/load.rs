use osapi_metrics::catalogue::document::{CatalogueDocument, DocumentError};

use super::{index::Catalogues, source::CatalogueSource};
use crate::{
    bearer::BearerToken,
    input::{self, FileError},
    web::{self, WebError},
};

/// A catalogue that cannot be read. Names its source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The address does not answer with a catalogue.
    #[error(transparent)]
    Web(#[from] WebError),
    /// The text is not a catalogue that this version reads.
    #[error("{origin}: {cause}")]
    Document {
        /// The file or the address.
        origin: String,
        /// What is wrong with it.
        cause: DocumentError,
    },
    /// The catalogue declares nothing.
    #[error("{origin}: the catalogue has no metrics, so there is nothing to compare with")]
    Empty {
        /// The file or the address.
        origin: String,
    },
}

impl CatalogueSource {
    /// Reads the catalogue, with the token if an address asks for one.
    ///
    /// # Errors
    ///
    /// [`LoadError`] if the file cannot be read, the address does not answer, or the text is not a
    /// catalogue of a known version.
    pub fn load(&self, token: Option<&BearerToken>) -> Result<CatalogueDocument, LoadError> {
        let json = match self {
            Self::File(path) => input::read(path)?,
            Self::Url(url) => web::ask(url, &[], "*/*", web::PATIENCE, token)?.body,
        };
        let origin = || self.to_string();
        let document = CatalogueDocument::from_json(&json)
            .map_err(|cause| LoadError::Document { origin: origin(), cause })?;
        if document.sets.is_empty() {
            return Err(LoadError::Empty { origin: origin() });
        }
        Ok(document)
    }
}

impl Catalogues {
    /// Reads the catalogues of all programs of a system, with the token if addresses ask for one.
    ///
    /// # Errors
    ///
    /// [`LoadError`] of the first catalogue that cannot be read.
    pub fn load(
        sources: &[CatalogueSource],
        token: Option<&BearerToken>,
    ) -> Result<Self, LoadError> {
        let documents = sources.iter().map(|source| source.load(token));
        let documents: Result<Vec<_>, _> = documents.collect();
        Ok(Self::of(documents?))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_is_no_catalogue_is_named_with_the_mistake() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalogue.json");
        let load = || CatalogueSource::File(path.clone()).load(None).unwrap_err().to_string();
        let name = path.display().to_string();

        assert!(load().contains(&name));
        for (json, expected) in [
            ("{", "it is not a catalogue: EOF while parsing an object at line 1 column 1"),
            (r#"{"schema_version": 7}"#, "it has the schema version 7, and this program reads"),
            (r#"{"schema_version": 1}"#, "the catalogue has no metrics"),
            ("[]", "expected an object with `schema_version`"),
            (
                r#"{"schema_version": 1, "sets": [{"name": "A", "package": "a", "metrics": [
                    {"name": "a", "prometheus_name": "a", "kind": "speed"}]}]}"#,
                ": `/sets/0/metrics/0/kind`: `speed` is not one of `counter`, `up_down_counter`",
            ),
        ] {
            fs::write(&path, json).unwrap();
            let message = load();
            assert!(message.contains(&name) && message.contains(expected), "{message}");
        }
    }
}
