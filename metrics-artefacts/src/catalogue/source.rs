use std::{convert::Infallible, fmt, path::PathBuf, str::FromStr};

use osapi_metrics_rules::excerpt::ShownAddress;

/// Where a catalogue is read from: a file, or the address of a running program.
///
/// ```
/// use osapi_metrics_artefacts::catalogue::CatalogueSource;
///
/// let file: CatalogueSource = "catalogue.json".parse().unwrap();
/// assert!(matches!(file, CatalogueSource::File(_)));
/// let running: CatalogueSource = "http://127.0.0.1:9090/metrics/catalogue".parse().unwrap();
/// assert!(matches!(running, CatalogueSource::Url(_)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CatalogueSource {
    /// A file.
    File(PathBuf),
    /// An address that begins with `http://` or `https://`.
    Url(String),
}

impl FromStr for CatalogueSource {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_url = ["http://", "https://"].iter().any(|scheme| text.starts_with(scheme));
        Ok(if is_url { Self::Url(text.to_owned()) } else { Self::File(text.into()) })
    }
}

/// Shows an address without what is secret in it.
impl fmt::Display for CatalogueSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => ShownAddress(url).fmt(f),
        }
    }
}
