//! Which histograms have native buckets.

use std::collections::BTreeMap;

use super::error::InvalidValue;

/// Reads a list of `name=true` and `name=false`.
pub(super) fn list(text: &str) -> Result<BTreeMap<String, bool>, InvalidValue> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let read = entries.map(|entry| {
        let (name, value) = entry.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        let is_native = match value.to_ascii_lowercase().as_str() {
            "true" => true,
            "false" => false,
            _ => return None,
        };
        (!name.is_empty()).then(|| (name.to_owned(), is_native))
    });
    let expected = "a comma-separated list of `name=true` or `name=false`, each with the name of a \
                    histogram, such as `osapi_job_duration_seconds=true`";
    read.collect::<Option<_>>().ok_or_else(|| expected.into())
}
