use axum::http::Uri;
use reqwest::Url;

/// The longest address, in bytes.
const MAX_BYTES: usize = 8_192;

/// An address with `http://` that a request can be sent to.
///
/// # Errors
/// The mistake in the text.
///
/// ```
/// use job_queue::job::http_address;
///
/// assert!(http_address("http://[::1]:8070/models/sunset").is_ok());
/// assert_eq!(http_address("http://[::1").unwrap_err(), "invalid IPv6 address");
/// assert_eq!(http_address("file:///x").unwrap_err(), "its scheme is `file`");
/// ```
pub fn http_address(text: &str) -> Result<Url, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("it has {} bytes", text.len()));
    }
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if url.scheme() != "http" {
        return Err(format!("its scheme is `{}`", url.scheme()));
    }
    // What a URL may be, a request may not.
    url.as_str().parse::<Uri>().map_err(|error| error.to_string())?;
    Ok(url)
}
