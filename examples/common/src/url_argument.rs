//! URLs of the command line and of its variables.

use std::{ffi::OsString, fmt};

/// A URL that may have a password, which no error and no debug output shows. It is not parsed yet,
/// because `clap` would show an invalid value in its error.
///
/// ```
/// use osapi_common::url_argument::UrlArgument;
///
/// let url = UrlArgument::from(std::ffi::OsString::from("redis://user:password@host"));
/// assert_eq!(format!("{url:?}"), "UrlArgument(…)");
/// assert_eq!(url.into_text("--redis or REDIS_URL")?, "redis://user:password@host");
/// # Ok::<(), osapi_common::url_argument::UrlArgumentError>(())
/// ```
#[derive(Clone)]
pub struct UrlArgument(OsString);

/// The most bytes of an argument. What is in the log about a server has its address.
const LONGEST: usize = 8192;

/// The argument cannot be a URL. It begins with the option and the variable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlArgumentError {
    /// It has bytes that are not UTF-8.
    #[error("{0} is not text in UTF-8; percent-encode other bytes of a password")]
    NotText(&'static str),
    /// It is longer than any address.
    #[error("{0} has {1} bytes; at most {LONGEST} are allowed")]
    TooLong(&'static str, usize),
}

impl UrlArgument {
    /// The text. `argument` names the option and the variable, for the error.
    ///
    /// # Errors
    ///
    /// [`UrlArgumentError`] where it has bytes that are not UTF-8, or more than 8,192 bytes.
    pub fn into_text(self, argument: &'static str) -> Result<String, UrlArgumentError> {
        let text = self.0.into_string().map_err(|_| UrlArgumentError::NotText(argument))?;
        if text.len() > LONGEST {
            return Err(UrlArgumentError::TooLong(argument, text.len()));
        }
        Ok(text)
    }
}

impl From<OsString> for UrlArgument {
    fn from(url: OsString) -> Self {
        Self(url)
    }
}

impl fmt::Debug for UrlArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UrlArgument(…)")
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn what_is_no_url_is_refused_without_being_shown() {
        let url = UrlArgument::from(OsString::from_vec(b"nats://hunter2\xff@host".to_vec()));
        let error = url.into_text("--nats or NATS_URL").unwrap_err().to_string();
        assert!(error.starts_with("--nats or NATS_URL is not text in UTF-8"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
        let url = UrlArgument::from(OsString::from(format!("nats://{}", "x".repeat(100_000))));
        let error = url.into_text("--nats or NATS_URL").unwrap_err().to_string();
        assert_eq!(error, "--nats or NATS_URL has 100007 bytes; at most 8192 are allowed");
    }
}
