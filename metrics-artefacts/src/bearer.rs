//! The token that endpoints ask for.

use std::{fmt, path::Path, str::FromStr};

use crate::input::{self, FileError};

/// A token that is sent as `Authorization: Bearer …`, and never shown.
///
/// ```
/// use osapi_metrics_artefacts::bearer::BearerToken;
///
/// let token: BearerToken = "6f1c\n".parse().unwrap();
/// assert_eq!(format!("{token:?}"), "<redacted>");
/// assert!("two words".parse::<BearerToken>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken(String);

/// A text that is not a token. It is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a token: one word of printable ASCII characters is expected")]
pub struct BearerTokenError;

/// A file without a token. Names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BearerFileError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file has something else than a token.
    #[error("{file}: {cause}")]
    NoToken {
        /// The file.
        file: String,
        /// What is wrong with it.
        cause: BearerTokenError,
    },
}

impl BearerToken {
    /// Reads the token of a file, without white space around it.
    ///
    /// # Errors
    ///
    /// [`BearerFileError`] if the file cannot be read or has no token.
    pub fn read(path: &Path) -> Result<Self, BearerFileError> {
        let text = input::read(path)?;
        let file = || path.display().to_string();
        text.parse().map_err(|cause| BearerFileError::NoToken { file: file(), cause })
    }

    /// The header `Authorization`.
    pub(crate) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// A text of a server without the token, which the server may repeat.
    pub(crate) fn redacted(&self, text: &str) -> String {
        text.replace(&self.0, "<redacted>")
    }
}

impl FromStr for BearerToken {
    type Err = BearerTokenError;

    fn from_str(text: &str) -> Result<Self, BearerTokenError> {
        let token = text.trim();
        let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        if is_token { Ok(Self(token.to_owned())) } else { Err(BearerTokenError) }
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}
