use crate::config::error::InvalidValue;

/// The latest minor version that the runtime knows.
const KNOWN_MINOR: u32 = 1;

/// The version of a file's format. Files of other minor versions are read too, as the rules of the
/// format's versions say.
#[derive(Debug)]
pub(super) struct FileFormat {
    minor: u32,
}

impl FileFormat {
    /// The version, if it is later than the runtime knows.
    pub(super) fn later(&self) -> Option<String> {
        (self.minor > KNOWN_MINOR).then(|| format!("1.{}", self.minor))
    }
}

pub(super) fn version(text: &str) -> Result<FileFormat, InvalidValue> {
    let minor = text.strip_prefix("1.").filter(|minor| minor.bytes().all(|b| b.is_ascii_digit()));
    let minor = minor.and_then(|minor| minor.parse().ok());
    minor
        .map(|minor| FileFormat { minor })
        .ok_or_else(|| "a text with the version 1 of the format, such as `\"1.1\"`".into())
}
