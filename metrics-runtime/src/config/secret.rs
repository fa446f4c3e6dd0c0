use std::fmt;

/// A text that must not be shown, such as the value of an authorization header.
///
/// `Debug` prints `<redacted>`, and `Display` is not implemented: only [`expose`](Secret::expose)
/// returns the text.
///
/// ```
/// use osapi_metrics::config::Secret;
///
/// let token = Secret::from("Bearer 6f1c");
/// assert_eq!(format!("{token:?}"), "<redacted>");
/// assert_eq!(token.expose(), "Bearer 6f1c");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the code that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}
