use osapi_metrics_rules::excerpt::Excerpt;

use super::{
    check::{InvalidValue, check},
    model::CatalogueDocument,
};

/// The version of the form that this crate writes, and the newest that it reads.
///
/// A field that is added leaves the version as it is, and readers ignore fields that they do not
/// know. A field that is removed or that changes its meaning makes a new version.
pub const SCHEMA_VERSION: u32 = 1;

/// A text that is not the document of a catalogue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The text is not JSON, or a field is missing or of another type. Has the line and column.
    #[error("it is not a catalogue: {}", Excerpt::of_message(&.0.to_string()))]
    Invalid(#[from] serde_json::Error),
    /// A value that a catalogue does not have, such as an unknown kind of a metric, a text that is
    /// no name, or the name of another metric.
    #[error("`{pointer}`: {problem}")]
    Value {
        /// The place, as a JSON Pointer.
        pointer: String,
        /// What is there, and what is allowed.
        problem: String,
    },
    /// A newer version of the framework has written it.
    #[error(
        "it has the schema version {found}, and this program reads version {SCHEMA_VERSION}; update \
         the program, or write the catalogue with an older version"
    )]
    Newer {
        /// The version that the document has.
        found: u32,
    },
}

impl CatalogueDocument {
    /// The JSON Schema (draft 2020-12) of the document.
    pub const SCHEMA: &'static str = include_str!("catalogue.schema.json");

    /// The document as JSON: the same bytes for the same declarations, and a line for each value,
    /// so that a version control system shows what has changed.
    ///
    /// ```
    /// use osapi_metrics::{Catalogue, catalogue::document::CatalogueDocument};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let document = Catalogue::linked()?.document();
    /// assert_eq!(CatalogueDocument::from_json(&document.to_json())?, document);
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// Reads a document. Fields that this version does not know are ignored.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] if the text is not a catalogue, if it has a value that no catalogue has,
    /// or if a newer version has written it.
    pub fn from_json(json: &str) -> Result<Self, DocumentError> {
        /// The part of a document that every version has.
        #[derive(serde::Deserialize)]
        #[serde(expecting = "an object with `schema_version`")]
        struct Versioned {
            schema_version: u32,
        }

        let Versioned { schema_version: found } = serde_json::from_str(json)?;
        if found > SCHEMA_VERSION {
            return Err(DocumentError::Newer { found });
        }
        if found == 0 {
            return Err(DocumentError::Value {
                pointer: "/schema_version".to_owned(),
                problem: format!("0 is no version; they are 1 to {SCHEMA_VERSION}"),
            });
        }
        let document = serde_json::from_str(json)?;
        match check(&document) {
            Ok(()) => Ok(document),
            Err(InvalidValue { pointer, problem }) => {
                Err(DocumentError::Value { pointer, problem })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_document_is_refused_by_its_version() {
        let newer = r#"{"schema_version": 2, "sets": "of another form"}"#;
        let error = CatalogueDocument::from_json(newer).unwrap_err();
        assert!(matches!(error, DocumentError::Newer { found: 2 }), "{error}");
    }

    #[test]
    fn versions_begin_with_one() {
        let error = CatalogueDocument::from_json(r#"{"schema_version": 0, "sets": []}"#);
        assert_eq!(
            error.unwrap_err().to_string(),
            "`/schema_version`: 0 is no version; they are 1 to 1"
        );
    }

    #[test]
    fn fields_of_later_versions_are_ignored() {
        let json = r#"{"schema_version": 1, "colour": "red", "sets": [
            {"name": "Shop", "package": "shop", "taste": 1, "metrics": [
                {"name": "a_total", "prometheus_name": "a_total", "kind": "counter", "size": {}}
            ]}
        ]}"#;
        let document = CatalogueDocument::from_json(json).unwrap();
        assert_eq!(document.sets[0].metrics[0].name, "a_total");
    }

    #[test]
    fn a_mistake_has_its_line() {
        let error = CatalogueDocument::from_json("{\n\"schema_version\": 1,\n\"sets\": [7]}");
        assert!(error.unwrap_err().to_string().contains("line 3"));
        let error = CatalogueDocument::from_json("[]").unwrap_err().to_string();
        assert!(error.starts_with("it is not a catalogue: "), "{error}");
        assert!(error.contains("expected an object with `schema_version`"), "{error}");
        let error = CatalogueDocument::from_json("{\"schema_version\": 1, \"sets\": [7]}");
        let error = error.unwrap_err().to_string();
        assert!(error.contains("expected an object of `sets`"), "{error}");
    }
}
